// What one database holds besides rows. Kept in the database's own file, read into memory, changed in transactions.
import type { Column } from '../../tds/sql-session.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import type { SecurityContext } from '../security/security-context.ts';
import type { IndexColumn } from '../tsql/ast/definition.ts';

/** Names are compared without case, kept with it. */
export interface Catalogue {
  readonly databaseName: string;
  /** Moves with every change, its rollback included: what was compiled before is compiled again. */
  readonly generation: number;
  /** Table, view, procedure, or a view of `sys` and `INFORMATION_SCHEMA`. */
  findObject(schema: string, name: string): CatalogueObject | undefined;
  findSchema(name: string): { readonly schemaId: number; readonly name: string } | undefined;
  findType?(name: string): SqlType | undefined;
  listTables(): readonly Table[];
}

export type CatalogueObject = Table | View | Procedure | SystemView;

interface SchemaObject {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
}

export interface Table extends SchemaObject {
  readonly kind: 'table';
  /** Of the SQLite table. */
  readonly storageName: string;
  readonly columns: readonly TableColumn[];
  readonly keys: readonly KeyConstraint[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly CheckConstraint[];
  readonly indexes: readonly TableIndex[];
}

export interface TableColumn extends Column {
  readonly columnId: number;
  readonly collation?: string;
  readonly identitySeed?: { readonly seed: number; readonly increment: number };
  /** T-SQL text, parsed again by who needs it. */
  readonly default?: { readonly name: string; readonly text: string };
}

export interface KeyConstraint {
  readonly name: string;
  readonly kind: 'primaryKey' | 'unique';
  readonly columns: readonly IndexColumn[];
  readonly clustered: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
  readonly onUpdate: 'noAction' | 'cascade' | 'setNull' | 'setDefault';
}

export interface CheckConstraint {
  readonly name: string;
  /** T-SQL text of the condition. */
  readonly text: string;
}

export interface TableIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  /** T-SQL text of a filter. */
  readonly where?: string;
}

export interface View extends SchemaObject {
  readonly kind: 'view';
  readonly columns: readonly Column[];
  /** The whole CREATE VIEW. */
  readonly text: string;
}

export interface Procedure extends SchemaObject {
  readonly kind: 'procedure';
  /** The whole CREATE PROCEDURE. */
  readonly text: string;
}

/** Its rows are what this principal may see: SQL Server's metadata visibility. */
export interface SystemView {
  readonly kind: 'systemView';
  readonly schema: 'sys' | 'INFORMATION_SCHEMA';
  readonly name: string;
  readonly columns: readonly Column[];
  rows(security: SecurityContext): readonly (readonly SqlValue[])[];
}
