// What the protocol asks of a database server: `tds/` speaks to clients, `sql/` answers.
import type { SqlMessage } from './sql-error.ts';
import type { SqlType, SqlValue } from './sql-type.ts';

export interface SqlBackend {
  /** What FEDAUTHINFO tells the client [MS-TDS 2.2.7.12]: where tokens are made, and for which audience. */
  readonly federatedAuthentication: { readonly stsUrl: string; readonly spn: string };
  /** Throws SqlLoginError. Ends with the client's connection if `signal` aborts. */
  login(request: LoginRequest, signal: AbortSignal): Promise<SqlSession>;
}

export interface LoginRequest {
  /** Host that the client asked for: SNI, else LOGIN7's ServerName; `sql-x.database.windows.net`. */
  readonly serverName: string;
  /** Empty: the login's default, `master`. */
  readonly database: string;
  readonly credential:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'password'; readonly userName: string }
    /** Neither a token nor a name. */
    | { readonly kind: 'none' };
  readonly applicationName: string;
  readonly hostName: string;
  /** Where the connection comes from, `127.0.0.1`. */
  readonly clientAddress: string;
}

/** A login's refusal: one or more messages in order (4060, then 18456). The connection ends after them. */
export class SqlLoginError extends Error {
  override readonly name = 'SqlLoginError';
  readonly messages: readonly [SqlMessage, ...SqlMessage[]];

  constructor(messages: readonly [SqlMessage, ...SqlMessage[]]) {
    super(messages[0].message);
    this.messages = messages;
  }
}

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

export interface Parameter {
  /** `@name`; empty where the client gave only a position. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  readonly isOutput: boolean;
  /** The client leaves it to the procedure's default. */
  readonly isDefault?: boolean;
}

/** One call of the client at a time; the protocol never overlaps them on a session. */
export interface SqlSession {
  readonly database: string;
  /** Of the stand-in, for `@@SPID` and DONE tokens. */
  readonly processId: number;
  /** Messages that belong to the login answer: 5701 changed database, 5703 language. */
  readonly loginMessages: readonly SqlMessage[];

  /** Runs a batch of text. Errors of statements go to the sink; only a broken server throws. */
  executeBatch(text: string, sink: ResultSink, signal: AbortSignal): Promise<void>;
  /** `sp_executesql`: `declarations` is `@a int, @b nvarchar(10) OUTPUT`, empty for none. */
  executeSql(
    text: string,
    declarations: string,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void>;
  /** A named procedure, `inventory.RecordResource`, `sp_help…`. */
  executeProcedure(
    name: string,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void>;
  /** `sp_prepare`; handles are the session's. Throws SqlError for text that cannot be compiled. */
  prepare(declarations: string, text: string): number;
  /** `sp_execute`. Error 8179 for an unknown handle. */
  executePrepared(
    handle: number,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void>;
  unprepare(handle: number): void;

  /** Transaction manager requests [MS-TDS 2.2.6.9]; what changes is told through the sink. */
  beginTransaction(isolationLevel: number, name: string, sink: ResultSink): Promise<void>;
  commitTransaction(name: string, sink: ResultSink): Promise<void>;
  rollbackTransaction(name: string, sink: ResultSink): Promise<void>;
  saveTransaction(name: string, sink: ResultSink): Promise<void>;

  /** RESETCONNECTION: rolls back, forgets SET options and variables, keeps the login. */
  reset(keepTransaction: boolean): void;
  /** Rolls back what is open. */
  close(): void;
}

/** Where results go, in order. An awaited promise is backpressure: the client reads slowly. */
export interface ResultSink {
  columns(columns: readonly Column[]): void | Promise<void>;
  row(values: readonly SqlValue[]): void | Promise<void>;
  /** End of one statement: how many rows it touched; undefined under NOCOUNT and where SQL Server counts none. */
  done(command: StatementKind, rowCount: number | undefined): void | Promise<void>;
  message(message: SqlMessage): void | Promise<void>;
  /** A statement failed. Others of the batch may follow. */
  error(error: SqlMessage): void | Promise<void>;
  /** An output parameter, by its place among the parameters sent, from 0. */
  returnValue(ordinal: number, name: string, type: SqlType, value: SqlValue): void | Promise<void>;
  returnStatus(status: number): void | Promise<void>;
  environment(change: EnvironmentChange): void | Promise<void>;
}

/** DONE's CurCmd [MS-TDS 2.2.7.6]; `other` where SQL Server has no number that clients look at. */
export type StatementKind = 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'other';

/** [MS-TDS 2.2.7.9] */
export type EnvironmentChange =
  | { readonly kind: 'database'; readonly from: string; readonly to: string }
  | { readonly kind: 'beginTransaction'; readonly id: bigint }
  | { readonly kind: 'commitTransaction'; readonly id: bigint }
  | { readonly kind: 'rollbackTransaction'; readonly id: bigint };
