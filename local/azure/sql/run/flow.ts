// Statements that steer the flow: what they mean beside the statements inside of them.
import { SqlError } from '../../tds/sql-error.ts';
import type { Expression } from '../tsql/ast/expression.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { nothingToRethrow, throwTooLow } from './flow-errors.ts';
import { type Frame, variableOf } from './frame.ts';
import { formatMessage, noSuchMessage, raise } from './raise.ts';
import type { StatementRunner } from './statement-runner.ts';

export type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** One tree for a statement, so that it is compiled once. */
const sums = new WeakMap<object, Expression>();

/** What SET gives the variable: of `SET @a += 1` it is `@a + 1`. */
export function valueToSet(statement: Of<'setVariable'>): Expression {
  const { variable, operator, value, line, start } = statement;
  if (!operator) return value;
  let sum = sums.get(statement);
  if (!sum) {
    const left = { kind: 'variable', name: variable, line, start } as const;
    sum = { kind: 'binaryOperation', operator, left, right: value, line, start };
    sums.set(statement, sum);
  }
  return sum;
}

export function setVariable(
  statement: Of<'setVariable'>,
  frame: Frame,
  runner: StatementRunner,
): void {
  const variable = variableOf(frame, statement.variable);
  variable.value = runner.evaluate(valueToSet(statement), frame, variable.type).value;
}

/** Whether a value was given. */
export function initialise(
  { variables }: Of<'declare'>,
  frame: Frame,
  runner: StatementRunner,
): boolean {
  let isGiven = false;
  for (const { name, type, value } of variables) {
    if (!value) continue;
    variableOf(frame, name).value = runner.evaluate(value, frame, type).value;
    isGiven = true;
  }
  return isGiven;
}

/** The error that THROW means. Throws SqlError 10704, 35100. */
export function thrown(
  { number, message, state }: Of<'throw'>,
  frame: Frame,
  runner: StatementRunner,
): SqlError {
  if (!number || !message || !state) {
    const { caught } = frame;
    if (!caught) throw nothingToRethrow();
    return Object.assign(copyOf(caught), {
      ...(caught.line !== undefined && { line: caught.line }),
      ...(caught.procedure !== undefined && { procedure: caught.procedure }),
    });
  }
  const numberOf = (node: Expression) =>
    Number(runner.evaluate(node, frame, { name: 'int' }).value ?? 0);
  const type = { name: 'nvarchar', length: 2_048 } as const;
  const text = runner.evaluate(message, frame, type).value;
  const given = numberOf(number);
  if (given < 50_000) throw throwTooLow(given);
  return new SqlError(given, String(text ?? ''), 16, byteOf(numberOf(state)));
}

const copyOf = ({ number, message, class: severity, state }: SqlError) =>
  new SqlError(number, message, severity, state);

const byteOf = (value: number) => Math.min(255, Math.max(0, value));

/** What RAISERROR says: an error from severity 11 on. Throws SqlError 2754, 18054. */
export function raised(
  { message, severity, state, arguments: args }: Of<'raiseError'>,
  frame: Frame,
  runner: StatementRunner,
): ReturnType<typeof raise> {
  const numberOf = (node: Expression) =>
    Number(runner.evaluate(node, frame, { name: 'int' }).value ?? 0);
  const text = runner.evaluate(message, frame).value;
  const values = args.map((each) => runner.evaluate(each, frame).value);
  if (typeof text === 'number') throw noSuchMessage(text, numberOf(severity), numberOf(state));
  const shown = formatMessage(String(text ?? ''), values);
  return raise(shown, numberOf(severity), byteOf(numberOf(state)));
}

/** WAITFOR DELAY. Throws the signal's reason. */
export async function wait(
  { delay }: Of<'waitFor'>,
  frame: Frame,
  runner: StatementRunner,
  signal: AbortSignal,
): Promise<void> {
  const { value } = runner.evaluate(delay, frame, { name: 'time', scale: 3 });
  const [hours = 0, minutes = 0, seconds = 0] = String(value ?? '')
    .split(':')
    .map(Number);
  const milliseconds = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
