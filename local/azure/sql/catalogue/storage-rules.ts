// What the catalogue asks of the compiler, to make tables of SQLite.

import type { Column } from '../../tds/sql-session.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { CreateModule } from '../tsql/ast/definition.ts';
import type { Condition, Expression } from '../tsql/ast/expression.ts';
import type { TableColumn } from './catalogue.ts';

export interface StorageRules {
  /** The type that a column is declared with in SQLite: `INTEGER`, `TEXT`, `BLOB`, `REAL`. */
  storedType(type: SqlType): string;
  /** Throws SqlError 40514 for a collation that compares in another way than any of here. */
  requireCollation(name: string): void;
  /**
   * A SQLite expression over `column` (a quoted name) that is equal exactly where SQL Server says that the values
   * are: the column itself for numbers, a folded text for character types.
   */
  indexKey(column: string, type: SqlType, collation?: string): string;
  /**
   * The same where the column is not the first of an index and so serves to sort: by what ORDER BY sorts by. Absent:
   * as `indexKey`.
   */
  orderKey?(column: string, type: SqlType, collation?: string): string;
  /** A default as a SQLite expression, converted to the column's type. Throws SqlError. */
  compileDefault(expression: Expression, type: SqlType): string;
  /** A condition over columns of one row as a SQLite expression: true, false or NULL. Throws SqlError. */
  compileCheck(condition: Condition, columns: readonly TableColumn[]): string;
  /** A SQLite expression that converts a stored value as ALTER COLUMN does; SqlError out of it where it does not fit. */
  convert(expression: string, from: SqlType, to: SqlType): string;
  /**
   * The query of a view as SQLite's SELECT without parameters, its columns named as the view's, over the tables' and
   * views' storage names. Throws SqlError, also for what cannot stand in a view (40517).
   */
  compileView(view: Extract<CreateModule, { kind: 'createView' }>): {
    readonly sql: string;
    readonly columns: readonly Column[];
  };
}
