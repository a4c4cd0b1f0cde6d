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
  /** The table that IDENTITY_INSERT is on for. */
  readonly identityInsert?: { readonly schema: string; readonly name: string };
}

/**
 * A value that the session supplies for each execution, as stored: of a variable (`@name`, lower case), of a global
 * (`@@rowcount`), or of the call (`#datetime`, `#login` …: see `CallContext`).
 */
export interface StatementParameter {
  readonly name: string;
  readonly type: SqlType;
}

/** One of several statements of SQLite. */
export interface CompiledStep {
  readonly sql: string;
  readonly parameters: readonly StatementParameter[];
}

export interface CompiledStatement {
  readonly kind: StatementKind;
  /**
   * What comes before `sql`, in one savepoint with it; the first fills the temporary table that `create` makes, and
   * its changes are the count of the whole. `sql` then is the query of the result, if `columns` are there.
   */
  readonly listed?: {
    readonly create: string;
    readonly list: string;
    readonly steps: readonly CompiledStep[];
  };
  /** One SQLite statement, with `?1`, `?2` … for its parameters. */
  readonly sql: string;
  readonly parameters: readonly StatementParameter[];
  /** Of the result set; absent if it gives none. SQLite's rows hold the values in this order, as stored. */
  readonly columns?: readonly Column[];
  /** `SELECT @a = …`: the variables that the columns go to, the last row's; no result set. */
  readonly assigns?: readonly { readonly variable: string; readonly type: SqlType }[];
  /** Whether it needs the database's write lock. */
  readonly writes: boolean;
  /** The table that it writes, for the words of a violation. */
  readonly target?: { readonly schema: string; readonly name: string };
  /** A right that the authorizer does not see: TRUNCATE needs ALTER. */
  readonly needs?: { readonly permission: string; readonly schema: string; readonly name: string };
}

/** Before its parameters are known. */
export interface UnboundStatement extends Omit<CompiledStatement, 'parameters' | 'listed'> {
  readonly listed?: {
    readonly create: string;
    readonly list: string;
    readonly steps: readonly string[];
  };
}
