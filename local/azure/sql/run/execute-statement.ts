// Statements that do not steer the flow.

import { SqlError } from '../../tds/sql-error.ts';
import { sameName } from '../catalogue/names.ts';
import { executeAs } from '../security/principals/execute-as.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { applyChange, isChange } from './definitions.ts';
import { callText } from './execute-text.ts';
import { type Of, raised, wait } from './flow.ts';
import { noOtherDatabase } from './flow-errors.ts';
import type { Frame } from './frame.ts';
import { alreadyOn, identityTable } from './identity-insert.ts';
import type { Interpreter } from './interpreter.ts';
import { requireOwnDatabase } from './other-database.ts';
import { callProcedure } from './procedures.ts';

/** Throws SqlError, BatchEnded, and the signal's reason. */
export async function executeStatement(
  statement: Statement,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  const { runner } = interpreter.parts;
  const { sink, signal } = interpreter.call;
  switch (statement.kind) {
    case 'query':
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
      return runner.run(statement, frame, sink, signal);
    case 'execute':
      return callProcedure(statement, frame, interpreter);
    case 'executeText':
      return callText(statement, frame, interpreter);
    case 'print':
      return print(statement, frame, interpreter);
    case 'raiseError':
      return raiseError(statement, frame, interpreter);
    case 'waitFor':
      return wait(statement, frame, runner, signal);
    default:
      if (isChange(statement)) return change(statement, frame, interpreter);
      await executeForSession(statement, frame, interpreter);
      interpreter.parts.context.rowCount = 0;
  }
}

/** Transactions, options, who one is. */
async function executeForSession(
  statement: Statement,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  const { transaction, options, catalogue } = interpreter.parts;
  const { sink, signal } = interpreter.call;
  switch (statement.kind) {
    case 'beginTransaction':
      return transaction.begin(statement.name ?? '', sink);
    case 'commit':
      return transaction.commit(sink);
    case 'rollback':
      return transaction.rollback(statement.name ?? '', sink);
    case 'saveTransaction':
      return transaction.save(statement.name ?? '', options.lockTimeoutMs, signal);
    case 'setOption':
      return setOption(statement, frame, interpreter);
    case 'use':
      return use(statement, interpreter);
    case 'executeAs': {
      const security = executeAs(statement.user, catalogue, frame.security);
      frame.impersonators.push(frame.security);
      frame.security = security;
      return;
    }
    case 'revert':
      frame.security = frame.impersonators.pop() ?? frame.security;
      return;
    default:
      throw new Error(`there is no way to run a statement ${statement.kind}`);
  }
}

async function change(
  statement: Extract<Statement, Parameters<typeof applyChange>[0]>,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  await applyChange(statement, frame, interpreter);
  await interpreter.call.sink.done('other', undefined);
}

async function print(
  statement: Of<'print'>,
  frame: Frame,
  { parts, call }: Interpreter,
): Promise<void> {
  const type = { name: 'nvarchar', length: 4_000 } as const;
  const { value } = parts.runner.evaluate(statement.value, frame, type);
  await call.sink.message({
    number: 0,
    state: 1,
    class: 0,
    message: String(value ?? ''),
    line: statement.line,
    ...procedureOf(frame),
  });
  parts.context.rowCount = 0;
}

async function raiseError(
  statement: Of<'raiseError'>,
  frame: Frame,
  { parts, call }: Interpreter,
): Promise<void> {
  const message = raised(statement, frame, parts.runner);
  if (message instanceof SqlError) throw message;
  await call.sink.message({ ...message, line: statement.line, ...procedureOf(frame) });
  parts.context.rowCount = 0;
}

const procedureOf = ({ procedure }: Frame) => (procedure ? { procedure: procedure.name } : {});

/** Throws SqlError 40508. */
async function use({ database }: Of<'use'>, { parts, call }: Interpreter): Promise<void> {
  const { databaseName } = parts.catalogue;
  if (!sameName(database, databaseName)) throw noOtherDatabase();
  await call.sink.environment({ kind: 'database', from: databaseName, to: databaseName });
  await call.sink.message({
    number: 5701,
    state: 1,
    class: 0,
    message: `Changed database context to '${databaseName}'.`,
    line: 1,
  });
}

/** Throws SqlError 1088, 8106, 8107, 40515, 40517. */
function setOption(statement: Of<'setOption'>, frame: Frame, { parts }: Interpreter): void {
  const { options, catalogue } = parts;
  const { option, value, table } = statement;
  if (option !== 'IDENTITY_INSERT' || !table) {
    options.set(statement);
    return;
  }
  requireOwnDatabase(table, catalogue.databaseName);
  const named = identityTable(table, catalogue, frame.security);
  const on = options.identityInsert;
  const isSame = on && sameName(on.schema, named.schema) && sameName(on.name, named.name);
  if (value === 'ON') {
    if (on && !isSame) throw alreadyOn(on, catalogue.databaseName, table.name);
    options.identityInsert = on ?? named;
  } else if (isSame) options.identityInsert = undefined;
}
