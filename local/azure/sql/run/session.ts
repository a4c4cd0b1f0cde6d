// One login's session on one database.
import type { DatabaseSync } from 'node:sqlite';
import type { Directory } from '../../directory.ts';
import { SqlError, type SqlMessage } from '../../tds/sql-error.ts';
import type { Parameter, ResultSink, SqlSession } from '../../tds/sql-session.ts';
import { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import {
  DatabaseSecurityContext,
  type SecurityIdentity,
} from '../security/database-security-context.ts';
import { nameParts } from '../values/name-parts.ts';
import { registerFunctions } from '../values/register-functions.ts';
import type { Argument, Output } from './arguments.ts';
import type { BatchParser } from './batch-parser.ts';
import { BatchEnded } from './control.ts';
import type { DatabaseFile } from './database-file.ts';
import { declareAll } from './declarations.ts';
import { runText } from './execute-text.ts';
import { killed, uncommittable, unknownHandle } from './flow-errors.ts';
import { createFrame, type Frame } from './frame.ts';
import { Interpreter } from './interpreter.ts';
import { loginMessages } from './login-messages.ts';
import { precheck } from './precheck.ts';
import { runProcedure } from './procedures.ts';
import { SessionContext, type SessionFacts } from './session-context.ts';
import { isSerializableLevel, SessionOptions } from './session-options.ts';
import { StatementRunner } from './statement-runner.ts';
import { Transaction } from './transaction.ts';

export interface SessionParts extends SessionFacts {
  readonly file: DatabaseFile;
  readonly identity: SecurityIdentity;
  readonly directory: Directory;
  readonly parser: BatchParser;
  readonly onClose: () => void;
}

type Run = (interpreter: Interpreter, frame: Frame) => Promise<void>;

export class Session implements SqlSession {
  readonly database: string;
  readonly processId: number;
  readonly loginMessages: readonly SqlMessage[];
  readonly #parts: SessionParts;
  readonly #connection: DatabaseSync;
  readonly #catalogue: SessionCatalogue;
  readonly #login: DatabaseSecurityContext;
  readonly #context: SessionContext;
  readonly #transaction: Transaction;
  readonly #prepared = new Map<number, { readonly declarations: string; readonly text: string }>();
  #options = new SessionOptions();
  #runner: StatementRunner;
  /** Who the session acts as by EXECUTE AS, and who it was before. */
  #actsAs: DatabaseSecurityContext;
  #impersonators: readonly DatabaseSecurityContext[] = [];
  #lastHandle = 0;
  isRunning = false;

  /** Throws what SQLite throws where the file cannot be opened. */
  constructor(parts: SessionParts) {
    const { file } = parts;
    this.#parts = parts;
    this.database = file.name;
    this.processId = parts.processId;
    this.loginMessages = loginMessages(file.name);
    this.#connection = file.connect();
    this.#catalogue = new SessionCatalogue(file.store, this.#connection);
    this.#login = new DatabaseSecurityContext(this.#catalogue, parts.identity);
    this.#actsAs = this.#login;
    this.#context = new SessionContext(parts, this.#catalogue, this.#login, this.#connection);
    registerFunctions(this.#connection, this.#context);
    this.#transaction = new Transaction(this.#connection, this.#catalogue, file.lock);
    this.#runner = new StatementRunner(this.#runnerParts());
  }

  get openTransactions(): number {
    return this.#transaction.count;
  }

  executeBatch(text: string, sink: ResultSink, signal: AbortSignal): Promise<void> {
    return this.#run(sink, signal, async (interpreter, frame) => {
      const statements = this.#parts.parser.batch(text, this.#options.quotedIdentifiers);
      declareAll(statements, frame);
      precheck(statements, frame, this.#runner);
      await interpreter.runScope(statements, frame);
    });
  }

  executeSql(
    text: string,
    declarations: string,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#run(sink, signal, async (interpreter, frame) => {
      const args = parameters.map(toArgument);
      const outputs = await runText(text, declarations, args, frame, interpreter);
      await sink.returnStatus(0);
      await sendOutputs(outputs, sink);
    });
  }

  executeProcedure(
    name: string,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#run(sink, signal, async (interpreter, frame) => {
      const parts = nameParts(name);
      const [database, schema] = [parts.at(-3), parts.at(-2)];
      const place = { ...(database && { database }), ...(schema && { schema }) };
      const procedure = { ...place, name: parts.at(-1) ?? '' };
      const args = parameters.map(toArgument);
      const { status, outputs } = await runProcedure(procedure, args, frame, interpreter);
      await sink.returnStatus(status);
      await sendOutputs(outputs, sink);
    });
  }

  prepare(declarations: string, text: string): number {
    const { parser } = this.#parts;
    parser.batch(text, this.#options.quotedIdentifiers, declarations);
    parser.declarations(declarations);
    this.#prepared.set(++this.#lastHandle, { declarations, text });
    return this.#lastHandle;
  }

  async executePrepared(
    handle: number,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    const prepared = this.#prepared.get(handle);
    if (!prepared) throw unknownHandle(handle);
    await this.executeSql(prepared.text, prepared.declarations, parameters, sink, signal);
  }

  unprepare(handle: number): void {
    if (!this.#prepared.delete(handle)) throw unknownHandle(handle);
  }

  async beginTransaction(isolationLevel: number, name: string, sink: ResultSink): Promise<void> {
    this.#requireOpen();
    // [MS-TDS 2.2.6.9]: 0 leaves it as it is.
    if (isolationLevel !== 0) this.#options.isSerializable = isSerializableLevel(isolationLevel);
    await this.#transaction.begin(name, sink);
  }

  async commitTransaction(_name: string, sink: ResultSink): Promise<void> {
    this.#requireOpen();
    await this.#transaction.commit(sink);
  }

  async rollbackTransaction(name: string, sink: ResultSink): Promise<void> {
    this.#requireOpen();
    await this.#transaction.rollback(name, sink);
  }

  async saveTransaction(name: string): Promise<void> {
    this.#requireOpen();
    const { signal } = new AbortController();
    await this.#transaction.save(name, this.#options.lockTimeoutMs, signal);
  }

  reset(keepTransaction: boolean): void {
    this.#requireOpen();
    if (!keepTransaction) this.#transaction.abandon();
    this.#options = new SessionOptions();
    this.#runner = new StatementRunner(this.#runnerParts());
    this.#context.reset();
    this.#prepared.clear();
    this.#actsAs = this.#login;
    this.#impersonators = [];
  }

  close(): void {
    if (!this.#connection.isOpen) return;
    this.#transaction.abandon();
    this.#connection.close();
    this.#parts.onClose();
  }

  async #run(sink: ResultSink, signal: AbortSignal, run: Run): Promise<void> {
    this.#requireOpen();
    const { parser, directory } = this.#parts;
    const parts = { ...this.#runnerParts(), runner: this.#runner, parser, directory };
    const interpreter = new Interpreter(parts, { sink, signal });
    const frame = createFrame({ security: this.#actsAs, level: 0 });
    frame.impersonators.push(...this.#impersonators);
    this.isRunning = true;
    try {
      await run(interpreter, frame);
    } catch (error) {
      this.#requireOpen();
      await this.#onError(error, interpreter);
    } finally {
      this.isRunning = false;
    }
    this.#actsAs = frame.security;
    this.#impersonators = frame.impersonators;
    if (!this.#transaction.isDoomed) return;
    await interpreter.tell(uncommittable());
    await this.#transaction.rollback('', sink);
  }

  /** Throws what is no error of the client's. */
  async #onError(error: unknown, interpreter: Interpreter): Promise<void> {
    const { sink, signal } = interpreter.call;
    // Told already.
    if (error instanceof BatchEnded) return;
    if (error instanceof SqlError) {
      error.line ??= 1;
      this.#context.lastError = error.number;
      await interpreter.tell(error);
    } else if (signal.aborted) {
      // SQL Server: what was cancelled keeps its transaction, unless XACT_ABORT is on.
      const isOpen = this.#transaction.count > 0;
      if (isOpen && this.#options.xactAbort) await this.#transaction.rollback('', sink);
    } else throw error;
  }

  /** Throws SqlError 596 where the database, or its server, was removed under the session. */
  #requireOpen(): void {
    if (!this.#connection.isOpen) throw killed();
  }

  #runnerParts() {
    return {
      database: this.#connection,
      catalogue: this.#catalogue,
      context: this.#context,
      options: this.#options,
      transaction: this.#transaction,
      authorizer: this.#parts.file.authorizer,
    };
  }
}

function toArgument({ name, type, value, isOutput, isDefault }: Parameter): Argument {
  return { type, value, isOutput, ...(name !== '' && { name }), ...(isDefault && { isDefault }) };
}

async function sendOutputs(outputs: readonly Output[], sink: ResultSink): Promise<void> {
  for (const { index, name, type, value } of outputs) {
    await sink.returnValue(index, name, type, value);
  }
}
