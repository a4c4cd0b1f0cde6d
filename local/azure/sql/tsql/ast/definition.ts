// CREATE, ALTER, DROP of tables, indexes and modules.
import type { SqlType } from '../../../tds/sql-type.ts';
import type { Condition, Expression } from './expression.ts';
import type { ObjectName, Position } from './position.ts';
import type { Query } from './query.ts';
import type { Statement } from './statement.ts';

export interface ColumnDefinition extends Position {
  readonly name: string;
  readonly type: SqlType;
  /** Absent: not said (nullable, unless it is of the primary key). */
  readonly nullable?: boolean;
  readonly collation?: string;
  readonly identity?: { readonly seed: number; readonly increment: number };
  readonly default?: DefaultDefinition;
  readonly constraints: readonly TableConstraint[];
}

export interface DefaultDefinition {
  readonly name?: string;
  readonly expression: Expression;
  /** As written, for `sys.default_constraints`. */
  readonly text: string;
  /** ADD … DEFAULT … WITH VALUES: rows that are there get the default even where NULL is allowed. */
  readonly withValues?: boolean;
}

/** A constraint of one column lists that column. */
export type TableConstraint = Position & { readonly name?: string } & (
    | {
        readonly kind: 'primaryKey' | 'unique';
        readonly columns: readonly IndexColumn[];
        readonly clustered?: boolean;
      }
    | {
        readonly kind: 'foreignKey';
        readonly columns: readonly string[];
        readonly references: ObjectName;
        /** Empty: the primary key of the table referred to. */
        readonly referencedColumns: readonly string[];
        readonly onDelete: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
        readonly onUpdate: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
      }
    | { readonly kind: 'check'; readonly condition: Condition; readonly text: string }
  );

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export interface CreateTable {
  readonly kind: 'createTable';
  readonly table: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  /** `INDEX name (…)` inside the table. */
  readonly indexes: readonly CreateIndex[];
}

export interface AlterTable {
  readonly kind: 'alterTable';
  readonly table: ObjectName;
  readonly change:
    | {
        readonly kind: 'add';
        readonly columns: readonly ColumnDefinition[];
        readonly constraints: readonly TableConstraint[];
      }
    | { readonly kind: 'addDefault'; readonly column: string; readonly default: DefaultDefinition }
    | { readonly kind: 'dropColumn'; readonly names: readonly string[]; readonly ifExists: boolean }
    | {
        readonly kind: 'dropConstraint';
        readonly names: readonly string[];
        readonly ifExists: boolean;
      }
    | {
        readonly kind: 'alterColumn';
        readonly name: string;
        readonly type: SqlType;
        readonly nullable?: boolean;
      };
}

export interface CreateIndex {
  readonly kind: 'createIndex';
  readonly name: string;
  readonly table: ObjectName;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly where?: Condition;
  /** As written, for `sys.indexes`. */
  readonly whereText?: string;
}

/** A procedure or view; always the only statement of its batch. */
export type CreateModule = {
  readonly mode: 'create' | 'alter' | 'createOrAlter';
  readonly name: ObjectName /** The whole statement, for `sys.sql_modules`. */;
  readonly text: string;
} & (
  | {
      readonly kind: 'createProcedure';
      readonly parameters: readonly ProcedureParameter[];
      readonly body: readonly Statement[];
      /** WITH EXECUTE AS; absent: CALLER. */
      readonly executeAs?: 'caller' | 'owner' | 'self';
    }
  | { readonly kind: 'createView'; readonly columns?: readonly string[]; readonly query: Query }
);

export interface ProcedureParameter extends Position {
  /** With `@`. */
  readonly name: string;
  readonly type: SqlType;
  readonly default?: Expression;
  readonly isOutput: boolean;
}
