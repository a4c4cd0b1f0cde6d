// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter.
import { randomUUID } from 'node:crypto';
import { FilterError } from './filter-error.ts';
import { compareValues, type FilterValue, isNumeric } from './filter-value.ts';
import { matchLike } from './like-pattern.ts';
import type { MessageProperties } from './message-properties.ts';

// A parsed expression is a tree of functions. Source: service-bus-messaging-sql-filter.

/** What an expression is for a message. */
export type Expression = (message: MessageProperties) => FilterValue;
/** True, false or unknown (undefined). */
export type Predicate = (message: MessageProperties) => boolean | undefined;

export const constant =
  (value: FilterValue): Expression =>
  () =>
    value;
export const userProperty =
  (name: string): Expression =>
  (message) =>
    message.user(name);
export const systemProperty =
  (name: string): Expression =>
  (message) =>
    message.system(name);
export const newId = (): Expression => () => randomUUID();

/** `property(name)`: the property that an expression names. */
export const namedProperty =
  (name: Expression): Expression =>
  (message) => {
    const text = name(message);
    if (text === undefined) return undefined;
    if (typeof text !== 'string') throw new FilterError('property() needs a string.');
    const [scope = '', rest] = text.split(/\.(.*)/s, 2);
    if (rest !== undefined && /^sys$/i.test(scope)) return message.system(rest);
    return message.user(rest !== undefined && /^user$/i.test(scope) ? rest : text);
  };

export const negate =
  (operand: Expression): Expression =>
  (message) => {
    const value = operand(message);
    if (value === undefined) return undefined;
    if (!isNumeric(value)) throw new FilterError("'-' needs a number.");
    return -value;
  };

/** Two whole numbers stay whole, as in C#. */
export function arithmetic(operator: string, left: Expression, right: Expression): Expression {
  return (message) => {
    const a = left(message);
    const b = right(message);
    if (a === undefined || b === undefined) return undefined;
    if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
    if (!isNumeric(a) || !isNumeric(b)) {
      throw new FilterError(`'${operator}' cannot be applied to ${kindOf(a)} and ${kindOf(b)}.`);
    }
    if (typeof a !== 'bigint' || typeof b !== 'bigint') {
      return calculate(operator, Number(a), Number(b));
    }
    if (b === 0n && /[/%]/.test(operator)) throw new FilterError('Attempted to divide by zero.');
    return BigInt.asIntN(64, calculate(operator, a, b));
  };
}

function calculate<Value extends bigint | number>(operator: string, a: Value, b: Value): Value;
function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

const tests: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

export function comparison(operator: string, left: Expression, right: Expression): Predicate {
  const test = tests[operator];
  return (message) => {
    const a = left(message);
    const b = right(message);
    if (a === undefined || b === undefined) return undefined;
    const order = compareValues(a, b);
    if (order !== undefined) return test?.(order);
    // Pretend: values of two kinds are unequal to each other; only an order between them is an error.
    if (operator === '=') return false;
    if (operator === '<>' || operator === '!=') return true;
    throw new FilterError(`'${operator}' cannot be applied to ${kindOf(a)} and ${kindOf(b)}.`);
  };
}

export const isNull =
  (operand: Expression): Predicate =>
  (message) =>
    operand(message) === undefined;

/** Azure: a property that is null exists not, as far as filters see. */
export const exists =
  (operand: Expression): Predicate =>
  (message) =>
    operand(message) !== undefined;

export const isIn =
  (operand: Expression, list: readonly Expression[]): Predicate =>
  (message) => {
    const value = operand(message);
    if (value === undefined) return undefined;
    return list.some((item) => compareValues(value, item(message)) === 0);
  };

export const like =
  (operand: Expression, pattern: Expression, escaping: Expression | undefined): Predicate =>
  (message) => {
    const [value, form, escapeCharacter] = [operand, pattern, escaping].map((part) =>
      part?.(message),
    );
    if (value === undefined || form === undefined) return undefined;
    if (escaping && escapeCharacter === undefined) return undefined;
    if (typeof value !== 'string' || typeof form !== 'string') {
      throw new FilterError('LIKE needs strings.');
    }
    if (escapeCharacter !== undefined && typeof escapeCharacter !== 'string') {
      throw new FilterError('ESCAPE needs a string of one character.');
    }
    return matchLike(value, form, escapeCharacter);
  };

export const not =
  (operand: Predicate): Predicate =>
  (message) => {
    const value = operand(message);
    return value === undefined ? undefined : !value;
  };

export const and =
  (left: Predicate, right: Predicate): Predicate =>
  (message) => {
    const a = left(message);
    if (a === false) return false;
    const b = right(message);
    return b === false ? false : a && b;
  };

export const or =
  (left: Predicate, right: Predicate): Predicate =>
  (message) => {
    const a = left(message);
    if (a === true) return true;
    const b = right(message);
    if (b === true) return true;
    return a === undefined || b === undefined ? undefined : false;
  };

function kindOf(value: FilterValue): string {
  if (value instanceof Date) return 'a date';
  return typeof value === 'bigint' ? 'an integer' : `a ${typeof value}`;
}
