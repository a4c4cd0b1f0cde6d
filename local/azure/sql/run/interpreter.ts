// The flow of a batch: statement after statement, and what an error does to it.
import type { Directory } from '../../directory.ts';
import { SqlError, type SqlMessage } from '../../tds/sql-error.ts';
import type { ResultSink } from '../../tds/sql-session.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import type { BatchParser } from './batch-parser.ts';
import { isCompileError } from './compiled-cache.ts';
import { BatchEnded, type Outcome, ScopeEnded } from './control.ts';
import { executeStatement } from './execute-statement.ts';
import { initialise, type Of, setVariable, thrown } from './flow.ts';
import { abortsBatch } from './flow-errors.ts';
import type { Frame } from './frame.ts';
import type { RunnerParts, StatementRunner } from './statement-runner.ts';
import { TurnTimer } from './turn.ts';

export interface InterpreterParts extends RunnerParts {
  readonly runner: StatementRunner;
  readonly parser: BatchParser;
  readonly directory: Directory;
}

/** One call of the client's: its sink and its signal. */
export interface Call {
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
}

const STATEMENTS_AT_ONCE = 16;

export class Interpreter {
  readonly parts: InterpreterParts;
  readonly call: Call;
  readonly #timer = new TurnTimer();
  #statements = 0;
  /** TRY blocks of all frames that statements are in. */
  #tries = 0;
  /** Errors on their way to CATCH. */
  readonly #travelling = new WeakSet<SqlError>();
  /** What could not be compiled is not caught in the frame that it is in. */
  readonly #notCaughtIn = new WeakMap<SqlError, Frame>();

  constructor(parts: InterpreterParts, call: Call) {
    this.parts = parts;
    this.call = call;
  }

  /** Whether an error of a statement goes to a CATCH block, and not to the client. */
  get isTrying(): boolean {
    return this.#tries > 0;
  }

  /**
   * All statements of a batch, a procedure or a text, in a frame with their variables. Throws BatchEnded, and SqlError
   * inside of a TRY block.
   */
  async runScope(statements: readonly Statement[], frame: Frame): Promise<void> {
    try {
      await this.#runAll(statements, frame);
    } catch (error) {
      if (!(error instanceof ScopeEnded)) throw error;
    }
  }

  /** An error and what is said behind it. */
  async tell(error: SqlError): Promise<void> {
    const { sink } = this.call;
    await sink.error(error);
    for (const message of error.followedBy) {
      const isError = message.class > 10;
      await (isError ? sink.error(message) : sink.message(placed(message, error)));
    }
  }

  async #runAll(statements: readonly Statement[], frame: Frame): Promise<Outcome> {
    for (const statement of statements) {
      const outcome = await this.#run(statement, frame);
      if (outcome !== 'next') return outcome;
    }
    return 'next';
  }

  async #run(statement: Statement, frame: Frame): Promise<Outcome> {
    const { signal } = this.call;
    signal.throwIfAborted();
    if (++this.#statements % STATEMENTS_AT_ONCE === 0 && this.#timer.isOver) {
      await this.#timer.end(signal);
    }
    const { context } = this.parts;
    try {
      this.#showState(frame);
      const outcome = await this.#execute(statement, frame);
      if (!containers.has(statement.kind)) context.lastError = 0;
      return outcome;
    } catch (error) {
      if (error instanceof SqlError) return this.#onError(error, statement, frame);
      throw error;
    }
  }

  /** What functions see of the frame. */
  #showState(frame: Frame): void {
    const { context, transaction, options } = this.parts;
    context.security = frame.security;
    context.transactionCount = transaction.count;
    context.transactionState = transaction.state;
    context.nestLevel = frame.level;
    context.procedureId = frame.procedure?.objectId ?? 0;
    context.caught = frame.caught;
    context.lockTimeoutMs = options.lockTimeoutMs;
  }

  async #onError(error: SqlError, statement: Statement, frame: Frame): Promise<Outcome> {
    if (this.#travelling.has(error)) throw error;
    const { options, transaction, context } = this.parts;
    error.line ??= statement.line;
    if (frame.procedure) error.procedure ??= frame.procedure.name;
    context.lastError = error.number;
    context.rowCount = 0;
    const isRaised = statement.kind === 'raiseError';
    const isCompile = isCompileError(error);
    const aborts = abortsBatch(error) || (options.xactAbort && !isRaised) || transaction.isLost;
    const tries = isCompile ? this.#tries - frame.tries : this.#tries;
    if (tries > 0) {
      if (aborts && transaction.count > 0) transaction.isDoomed = true;
      if (isCompile) this.#notCaughtIn.set(error, frame);
      this.#travelling.add(error);
      throw error;
    }
    await this.tell(error);
    if (aborts && transaction.count > 0) await transaction.rollback('', this.call.sink);
    if (aborts || statement.kind === 'throw') throw new BatchEnded(error.message);
    if (isCompile) throw new ScopeEnded(error.message);
    return 'next';
  }

  async #execute(statement: Statement, frame: Frame): Promise<Outcome> {
    const { runner, context } = this.parts;
    switch (statement.kind) {
      case 'declare':
        if (initialise(statement, frame, runner)) context.rowCount = 1;
        return 'next';
      case 'setVariable':
        setVariable(statement, frame, runner);
        context.rowCount = 1;
        return 'next';
      case 'block':
        return this.#runAll(statement.statements, frame);
      case 'if':
        if (this.#test(statement, frame)) return this.#run(statement.then, frame);
        return statement.otherwise ? this.#run(statement.otherwise, frame) : 'next';
      case 'while':
        return this.#loop(statement, frame);
      case 'break':
      case 'continue':
        return statement.kind;
      case 'return':
        if (statement.value) {
          const { value } = runner.evaluate(statement.value, frame, { name: 'int' });
          frame.returnStatus = Number(value ?? 0);
        }
        return 'return';
      case 'try':
        return this.#try(statement, frame);
      case 'throw':
        throw thrown(statement, frame, runner);
      default:
        await executeStatement(statement, frame, this);
        return 'next';
    }
  }

  #test({ condition }: Of<'if'> | Of<'while'>, frame: Frame): boolean {
    const { runner, context } = this.parts;
    const isTrue = runner.test(condition, frame);
    context.lastError = 0;
    context.rowCount = 0;
    return isTrue;
  }

  async #loop(statement: Of<'while'>, frame: Frame): Promise<Outcome> {
    while (this.#test(statement, frame)) {
      const outcome = await this.#run(statement.body, frame);
      if (outcome === 'break') break;
      if (outcome === 'return') return outcome;
      this.#showState(frame);
    }
    return 'next';
  }

  async #try(statement: Of<'try'>, frame: Frame): Promise<Outcome> {
    this.#tries++;
    frame.tries++;
    try {
      return await this.#runAll(statement.body, frame);
    } catch (error) {
      if (!(error instanceof SqlError) || this.#notCaughtIn.get(error) === frame) throw error;
      if (error.class >= 20) throw error;
      this.#travelling.delete(error);
      return await this.#handle(statement, error, frame);
    } finally {
      this.#tries--;
      frame.tries--;
    }
  }

  async #handle({ handler }: Of<'try'>, error: SqlError, frame: Frame): Promise<Outcome> {
    const { caught } = frame;
    this.#tries--;
    frame.tries--;
    frame.caught = error;
    try {
      return await this.#runAll(handler, frame);
    } finally {
      if (caught) frame.caught = caught;
      else delete frame.caught;
      this.#tries++;
      frame.tries++;
    }
  }
}

/** Their own end says nothing of the statements in them. */
const containers: ReadonlySet<Statement['kind']> = new Set([
  'block',
  'if',
  'while',
  'try',
  'return',
  'execute',
  'executeText',
]);

function placed(message: SqlMessage, { line, procedure }: SqlError): SqlMessage {
  return {
    ...message,
    ...(line !== undefined && { line }),
    ...(procedure !== undefined && { procedure }),
  };
}
