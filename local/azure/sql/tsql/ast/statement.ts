// One statement, and those that steer the flow.
import type { SqlType } from '../../../tds/sql-type.ts';
import type { Delete, Insert, Merge, Update } from './data-statement.ts';
import type { AlterTable, CreateIndex, CreateModule, CreateTable } from './definition.ts';
import type { Condition, Expression } from './expression.ts';
import type { ObjectName, Position } from './position.ts';
import type { Query } from './query.ts';
import type { SecurityStatement } from './security.ts';

export type Statement = Position & StatementBody & { readonly end: number };

type StatementBody =
  | { readonly kind: 'query'; readonly query: Query }
  | Insert
  | Update
  | Delete
  | Merge
  | { readonly kind: 'truncate'; readonly table: ObjectName }
  | CreateTable
  | AlterTable
  | CreateIndex
  | {
      readonly kind: 'dropIndex';
      readonly index: string;
      readonly table: ObjectName;
      readonly ifExists: boolean;
    }
  | {
      readonly kind: 'drop';
      readonly objectKind: 'table' | 'procedure' | 'view';
      readonly names: readonly ObjectName[];
      readonly ifExists: boolean;
    }
  | { readonly kind: 'createSchema'; readonly name: string; readonly owner?: string }
  | { readonly kind: 'dropSchema'; readonly name: string; readonly ifExists: boolean }
  | CreateModule
  | SecurityStatement
  | ProceduralStatement;

export type ProceduralStatement =
  | {
      readonly kind: 'declare';
      readonly variables: readonly {
        readonly name: string;
        readonly type: SqlType;
        readonly value?: Expression;
      }[];
    }
  | {
      readonly kind: 'setVariable';
      readonly variable: string;
      readonly operator?: '+' | '-' | '*' | '/' | '%';
      readonly value: Expression;
    }
  /** Known options only; upper case: `NOCOUNT`, `XACT_ABORT`, `ANSI_NULLS`, `TRANSACTION ISOLATION LEVEL`, `LOCK_TIMEOUT`, `IDENTITY_INSERT` …; value upper case: `ON`, `READ COMMITTED`, `-1`. */
  | {
      readonly kind: 'setOption';
      readonly option: string;
      readonly value: string;
      readonly table?: ObjectName;
    }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly then: Statement;
      readonly otherwise?: Statement;
    }
  | { readonly kind: 'while'; readonly condition: Condition; readonly body: Statement }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'block'; readonly statements: readonly Statement[] }
  | {
      readonly kind: 'try';
      readonly body: readonly Statement[];
      readonly handler: readonly Statement[];
    }
  /** All three, or none inside CATCH: throws again. */
  | {
      readonly kind: 'throw';
      readonly number?: Expression;
      readonly message?: Expression;
      readonly state?: Expression;
    }
  | {
      readonly kind: 'raiseError';
      readonly message: Expression;
      readonly severity: Expression;
      readonly state: Expression;
      readonly arguments: readonly Expression[];
      readonly nowait: boolean;
      readonly log: boolean;
    }
  | { readonly kind: 'print'; readonly value: Expression }
  | { readonly kind: 'return'; readonly value?: Expression }
  | {
      readonly kind: 'execute';
      readonly procedure: ObjectName;
      readonly arguments: readonly {
        readonly name?: string;
        readonly value: Expression | 'default';
        readonly isOutput: boolean;
      }[];
      /** `EXEC @status = p`. */
      readonly statusVariable?: string;
    }
  /** `EXEC (@text)`. */
  | { readonly kind: 'executeText'; readonly text: Expression }
  | {
      readonly kind: 'beginTransaction' | 'commit' | 'rollback' | 'saveTransaction';
      readonly name?: string;
    }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'waitFor'; readonly delay: Expression };
