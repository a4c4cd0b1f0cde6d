// Statements on data: compiled once, checked against the caller's rights, run on the session's connection.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Column, ResultSink } from '../../tds/sql-session.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { objectKey } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import {
  compileStatement,
  compileTest,
  compileValue,
  type DataStatement,
} from '../compile/compile-statement.ts';
import type { CompiledStatement, CompiledStep, CompileScope } from '../compile/compiled.ts';
import type { StatementAuthorizer } from '../security/statement-authorizer.ts';
import type { Condition, Expression } from '../tsql/ast/expression.ts';
import { fromStored } from '../values/stored-value.ts';
import { bindValues } from './bind-values.ts';
import { BoundedCache } from './bounded-cache.ts';
import { refuseReferenced, runChange, toSqlError } from './change-errors.ts';
import { compileOnce } from './compiled-cache.ts';
import type { Frame } from './frame.ts';
import { noSuchTable, noteIdentities } from './identity-insert.ts';
import { runListed } from './listed-changes.ts';
import { asksForLocks } from './lock-hints.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionOptions } from './session-options.ts';
import type { Transaction } from './transaction.ts';
import { TurnTimer } from './turn.ts';

export interface RunnerParts {
  readonly database: DatabaseSync;
  readonly catalogue: SessionCatalogue;
  readonly context: SessionContext;
  readonly options: SessionOptions;
  readonly transaction: Transaction;
  readonly authorizer: StatementAuthorizer;
}

type Row = readonly unknown[];

/** Whose rights a statement was found in last, and at which state of the database. */
interface Checked {
  readonly generation: number;
  readonly principalId: number;
  readonly chainOwnerId: number | undefined;
}

const ROWS_AT_ONCE = 64;
const MOST_PREPARED = 200;

export class StatementRunner {
  readonly #parts: RunnerParts;
  readonly #prepared = new BoundedCache<StatementSync>(MOST_PREPARED);
  /** Those that give whole numbers as bigints: the same SQL may be that of a statement of other types. */
  readonly #preparedForBigInts = new BoundedCache<StatementSync>(MOST_PREPARED);
  readonly #checked = new WeakMap<CompiledStatement, Checked>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Throws SqlError, and the signal's reason. */
  async run(
    node: DataStatement,
    frame: Frame,
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    const compiled = this.compile(node, frame);
    this.#authorize(compiled, frame);
    const { options, transaction, context } = this.#parts;
    const isHeld = transaction.count > 0 && (options.isSerializable || asksForLocks(node));
    if (compiled.writes || isHeld) await transaction.beginWrite(options.lockTimeoutMs, signal);
    context.beginStatement();
    if (compiled.writes) await this.#change(node, compiled, frame, sink);
    else if (compiled.assigns) this.#assign(compiled, frame);
    else await this.#select(compiled, frame, sink, signal);
  }

  /** The value of an expression, converted to `type` if it is given. Throws SqlError. */
  evaluate(
    node: Expression,
    frame: Frame,
    type?: SqlType,
  ): { readonly value: SqlValue; readonly type: SqlType } {
    const compiled = this.compileExpression(node, frame, type);
    const [row] = this.#read(compiled, frame);
    const column = compiled.columns?.[0] as Column;
    return { value: fromStored(row?.[0], column.type), type: column.type };
  }

  /** Whether the condition is true. Throws SqlError. */
  test(node: Condition, frame: Frame): boolean {
    const [row] = this.#read(this.compileCondition(node, frame), frame);
    return Number(row?.[0] ?? 0) === 1;
  }

  /** Throws SqlError, as these all. */
  compile(node: DataStatement, frame: Frame): CompiledStatement {
    return this.#compile(node, frame, (scope) => compileStatement(node, scope));
  }

  compileExpression(node: Expression, frame: Frame, type?: SqlType): CompiledStatement {
    return this.#compile(node, frame, (scope) => compileValue(node, scope, type));
  }

  compileCondition(node: Condition, frame: Frame): CompiledStatement {
    return this.#compile(node, frame, (scope) => compileTest(node, scope));
  }

  #compile(
    node: object,
    frame: Frame,
    compile: (scope: CompileScope) => CompiledStatement,
  ): CompiledStatement {
    const { catalogue, options } = this.#parts;
    const { defaultSchema } = frame.security;
    const { identityInsert } = options;
    const scope = {
      catalogue,
      defaultSchema,
      variables: frame.types,
      ...(identityInsert && { identityInsert }),
    };
    return compileOnce(node, catalogue.store, scope, compile);
  }

  /** Throws SqlError 229, 230, 1088. */
  #authorize(compiled: CompiledStatement, { security, chainOwnerId }: Frame): void {
    const { catalogue, authorizer } = this.#parts;
    const { sql, columns, needs, listed } = compiled;
    const { generation } = catalogue;
    const { principalId } = security;
    const before = this.#checked.get(compiled);
    if (
      before?.generation === generation &&
      before.principalId === principalId &&
      before.chainOwnerId === chainOwnerId
    ) {
      return;
    }
    if (needs) {
      const { permission, schema, name } = needs;
      if (!security.has(permission, { kind: 'object', schema, name })) throw noSuchTable(name);
    } else {
      const chained = chainOwnerId === undefined ? {} : { chainOwnerId };
      // The table that is written is known by its writes: they come last, and are checked first.
      const steps = (listed?.steps ?? []).map((each) => each.sql);
      const all = columns ? [...steps.reverse(), sql] : [sql, ...steps.reverse()];
      authorizer.authorize(all, catalogue, { security, ...chained }, listed?.create);
    }
    this.#checked.set(compiled, { generation, principalId, chainOwnerId });
  }

  #prepare({
    sql,
    columns,
    assigns,
  }: CompiledStep & Pick<CompiledStatement, 'columns' | 'assigns'>): StatementSync {
    const types = columns ?? assigns ?? [];
    const hasBigInts = types.some(({ type }) => type.name === 'bigint');
    const prepared = hasBigInts ? this.#preparedForBigInts : this.#prepared;
    let statement = prepared.get(sql);
    if (!statement) {
      statement = this.#parts.database.prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(hasBigInts);
      prepared.set(sql, statement);
    }
    return statement;
  }

  #read(compiled: CompiledStatement, frame: Frame): readonly Row[] {
    this.#authorize(compiled, frame);
    this.#parts.context.beginStatement();
    return guarded(() => this.#all(compiled, frame));
  }

  #all(compiled: CompiledStatement, frame: Frame): readonly Row[] {
    const values = bindValues(compiled, frame, this.#parts.context);
    return this.#prepare(compiled).all(...values) as unknown as readonly Row[];
  }

  async #change(
    node: DataStatement,
    compiled: CompiledStatement,
    frame: Frame,
    sink: ResultSink,
  ): Promise<void> {
    const { transaction, context, options, catalogue, database } = this.#parts;
    const { target, columns = [] } = compiled;
    let rows: readonly Row[] | undefined;
    let count: number;
    try {
      if (node.kind === 'truncate' && target) refuseReferenced(target, catalogue);
      count = runChange(compiled, { catalogue, database }, () => {
        if (compiled.listed) {
          const { result, count: listed } = runListed(
            { ...compiled, listed: compiled.listed },
            database,
            {
              step: (each) => this.#write(each, frame),
              last: () =>
                compiled.columns ? this.#all(compiled, frame) : void this.#write(compiled, frame),
            },
          );
          rows = result ?? undefined;
          return listed;
        }
        if (!compiled.columns) return this.#write(compiled, frame);
        rows = this.#all(compiled, frame);
        return rows.length;
      });
      if ((node.kind === 'insert' || node.kind === 'merge') && options.identityInsert && target) {
        noteIdentities(target, catalogue, database);
      }
      if (node.kind === 'truncate') this.#forgetIdentity(target);
    } catch (error) {
      transaction.endStatement(false);
      throw error;
    }
    transaction.endStatement(true);
    context.rowCount = count;
    if (rows) {
      await sink.columns(columns);
      for (const row of rows) await sink.row(toValues(row, columns));
    }
    const isCounted = !options.noCount && compiled.kind !== 'other';
    await sink.done(compiled.kind, isCounted ? count : undefined);
  }

  #write(step: CompiledStep, frame: Frame): number {
    const values = bindValues(step, frame, this.#parts.context);
    return Number(this.#prepare(step).run(...values).changes);
  }

  #forgetIdentity(target: CompiledStatement['target']): void {
    const { state, store } = this.#parts.catalogue;
    const table = target && state.objects.get(objectKey(target.schema, target.name));
    if (table?.kind === 'table') store.identityValues.forget(table);
  }

  /** The last row's values; without rows the variables stay. */
  #assign(compiled: CompiledStatement, frame: Frame): void {
    const rows = guarded(() => this.#all(compiled, frame));
    const last = rows.at(-1);
    this.#parts.context.rowCount = rows.length;
    if (!last) return;
    compiled.assigns?.forEach(({ variable, type }, index) => {
      const known = frame.variables.get(variable);
      if (known) known.value = fromStored(last[index], type);
    });
  }

  async #select(
    compiled: CompiledStatement,
    frame: Frame,
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { columns = [] } = compiled;
    const { context, options } = this.#parts;
    const values = bindValues(compiled, frame, context);
    const rows = guarded(() => this.#prepare(compiled).iterate(...values));
    const timer = new TurnTimer();
    let count = 0;
    try {
      // The first row may be what fails: no columns before it.
      let next = guarded(() => rows.next());
      await sink.columns(columns);
      while (!next.done) {
        const sent = sink.row(toValues(next.value as unknown as Row, columns));
        if (sent !== undefined) await sent;
        if (++count % ROWS_AT_ONCE === 0 && timer.isOver) await timer.end(signal);
        next = guarded(() => rows.next());
      }
    } finally {
      rows.return?.();
    }
    context.rowCount = count;
    await sink.done('select', options.noCount ? undefined : count);
  }
}

function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw toSqlError(error);
  }
}

function toValues(row: Row, columns: readonly Column[]): readonly SqlValue[] {
  const values = new Array<SqlValue>(columns.length);
  for (let index = 0; index < columns.length; index++) {
    values[index] = fromStored(row[index], (columns[index] as Column).type);
  }
  return values;
}
