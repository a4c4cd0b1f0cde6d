// What a procedure or a text that is called has of its own, and gives back at its end.
import type { Statement } from '../tsql/ast/statement.ts';
import { countMismatch } from './flow-errors.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';

/** Procedures, texts, views and triggers inside of each other. */
export const MAX_LEVEL = 32;

/**
 * Runs the statements. SET options end with them, SCOPE_IDENTITY() is theirs, and the count of transactions should be
 * at the end what it was (error 266). Throws SqlError, BatchEnded.
 */
export async function runCalled(
  statements: readonly Statement[],
  frame: Frame,
  caller: Frame,
  interpreter: Interpreter,
): Promise<void> {
  const { options, context, transaction } = interpreter.parts;
  const { noCount, xactAbort, lockTimeoutMs, isSerializable, quotedIdentifiers } = options;
  const { scopeIdentity } = context;
  const { count } = transaction;
  if (caller.caught) frame.caught = caller.caught;
  context.scopeIdentity = null;
  let isMismatch = false;
  try {
    await interpreter.runScope(statements, frame);
    // SQL Server: XACT_ABORT silences it.
    isMismatch = transaction.count !== count && !options.xactAbort;
  } finally {
    const before = { noCount, xactAbort, lockTimeoutMs, isSerializable, quotedIdentifiers };
    Object.assign(options, before);
    context.scopeIdentity = scopeIdentity;
  }
  if (!isMismatch) return;
  const error = countMismatch(count, transaction.count);
  if (frame.procedure) error.procedure = frame.procedure.name;
  if (interpreter.isTrying) throw error;
  error.line = 1;
  context.lastError = error.number;
  await interpreter.tell(error);
}
