// INSERT, UPDATE, DELETE, MERGE.
import type { Condition, Expression } from './expression.ts';
import type { ObjectName, Position } from './position.ts';
import type { CommonTableExpression, Query, SelectItem, TableSource } from './query.ts';

export interface OutputClause {
  /** `inserted.x`, `deleted.x`, `inserted.*`, `$action` (a column named `$action`), any expression over them. */
  readonly items: readonly SelectItem[];
}

export interface Insert {
  readonly kind: 'insert';
  readonly with: readonly CommonTableExpression[];
  readonly table: ObjectName;
  readonly hints: readonly string[];
  readonly columns?: readonly string[];
  readonly output?: OutputClause;
  readonly source:
    | { readonly kind: 'values'; readonly rows: readonly (readonly (Expression | 'default')[])[] }
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'defaultValues' };
}

export interface Assignment extends Position {
  readonly column: string;
  /** Of `+=` and the like. */
  readonly operator?: '+' | '-' | '*' | '/' | '%';
  readonly value: Expression | 'default';
}

/** `target` is a table's name, or an alias of `from`. */
export interface Update {
  readonly kind: 'update';
  readonly with: readonly CommonTableExpression[];
  readonly top?: Expression;
  readonly target: ObjectName;
  readonly hints: readonly string[];
  readonly assignments: readonly Assignment[];
  readonly output?: OutputClause;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
}

export interface Delete {
  readonly kind: 'delete';
  readonly with: readonly CommonTableExpression[];
  readonly top?: Expression;
  readonly target: ObjectName;
  readonly hints: readonly string[];
  readonly output?: OutputClause;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
}

export interface Merge {
  readonly kind: 'merge';
  readonly with: readonly CommonTableExpression[];
  readonly target: ObjectName;
  readonly hints: readonly string[];
  readonly alias?: string;
  readonly source: TableSource;
  readonly on: Condition;
  readonly clauses: readonly {
    readonly when: 'matched' | 'notMatchedByTarget' | 'notMatchedBySource';
    readonly and?: Condition;
    readonly action:
      | { readonly kind: 'update'; readonly assignments: readonly Assignment[] }
      | { readonly kind: 'delete' }
      | {
          readonly kind: 'insert';
          readonly columns?: readonly string[];
          readonly values: readonly (Expression | 'default')[];
        };
  }[];
  readonly output?: OutputClause;
}
