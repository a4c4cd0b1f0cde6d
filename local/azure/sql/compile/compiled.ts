// What the compiler makes of one T-SQL statement, for SQLite.
import type { Column, StatementKind } from '../../tds/sql-session.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';

/** Everything that the meaning of a statement depends on besides its text. */
export interface CompileScope {
  readonly catalogue: Catalogue;
  readonly defaultSchema: string;
  /** Declared variables and parameters, by lower-case name with `@`. */
  readonly variables: ReadonlyMap<string, SqlType>;
}

export interface CompiledStatement {
  readonly kind: StatementKind;
  /** One SQLite statement. */
  readonly sql: string;
  /**
   * What stands at each `?`, in order: a variable's value as stored, or of this call (`@@ROWCOUNT`, `GETDATE()` is one
   * time for the whole statement).
   */
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[];
  /** Of the result set; absent if it gives none. SQLite's rows hold the values in this order, as stored. */
  readonly columns?: readonly Column[];
  /** `SELECT @a = …`: the variables that the columns go to; no result set. */
  readonly assigns?: readonly { readonly variable: string; readonly type: SqlType }[];
  /** Whether it needs the database's write lock. */
  readonly writes: boolean;
}
