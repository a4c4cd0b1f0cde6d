import { badRequest, type GraphError, parserFailure, unsupportedLanguage } from '../query-error.ts';
import type { Column, Expression, Row } from './expression.ts';
import {
  comparisons,
  entryOf,
  memberships,
  scalarFunctions,
  unsupportedOperators,
} from './language.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokenize.ts';
import { Timespan, toDateTime, toNumber, type Value, type ValueType } from './values.ts';

/** What an expression may name. */
export interface ExpressionScope {
  readonly columns: readonly Column[];
  /** `now()`: the same all through a query. */
  readonly nowMs: number;
}

/** Words that can't be a column without brackets. */
const RESERVED =
  /^(?:where|project|extend|order|sort|top|take|limit|count|summarize|distinct|by|and|or|asc|desc)$/i;

/** Reads an expression and binds it to the columns. Throws GraphError. */
export function parseExpression(tokens: TokenReader, scope: ExpressionScope): Expression {
  return tokens.nested(() => {
    const first = parseAnd(tokens, scope);
    const terms = [first];
    while (tokens.take('or')) terms.push(parseAnd(tokens, scope));
    if (terms.length === 1) return first;
    return condition((row) => terms.some((term) => term.evaluate(row) === true));
  });
}

function parseAnd(tokens: TokenReader, scope: ExpressionScope): Expression {
  const first = parseComparison(tokens, scope);
  const terms = [first];
  while (tokens.take('and')) terms.push(parseComparison(tokens, scope));
  if (terms.length === 1) return first;
  return condition((row) => terms.every((term) => term.evaluate(row) === true));
}

function parseComparison(tokens: TokenReader, scope: ExpressionScope): Expression {
  const left = parseSum(tokens, scope);
  const word = tokens.next.kind === 'string' ? '' : tokens.next.text.toLowerCase();
  const membership = entryOf(memberships, word);
  if (membership) {
    tokens.advance();
    const members = parseList(tokens, scope);
    return condition((row) => {
      const value = left.evaluate(row);
      const isMember = members.some((member) => membership.by(value, member.evaluate(row)));
      return isMember !== membership.negated;
    });
  }
  if (word === 'between') return parseBetween(tokens, scope, left);
  const operator = entryOf(comparisons, word);
  if (!operator) return left;
  const operatorToken = tokens.advance();
  const right = parseSum(tokens, scope);
  if (/^[<>]/.test(word)) requireComparable(left.type, right.type, operatorToken);
  return condition((row) => operator(left.evaluate(row), right.evaluate(row)));
}

/** `between (a .. b)`, both ends included. */
function parseBetween(tokens: TokenReader, scope: ExpressionScope, left: Expression): Expression {
  const token = tokens.advance();
  tokens.expect('(');
  const low = parseSum(tokens, scope);
  tokens.expect('..');
  const high = parseSum(tokens, scope);
  tokens.expect(')');
  for (const end of [low, high]) requireComparable(left.type, end.type, token);
  const [atLeast, atMost] = [comparisons['>='], comparisons['<=']];
  return condition((row) => {
    const value = left.evaluate(row);
    return (
      atLeast?.(value, low.evaluate(row)) === true && atMost?.(value, high.evaluate(row)) === true
    );
  });
}

/** Times and numbers, added and taken away. */
function parseSum(tokens: TokenReader, scope: ExpressionScope): Expression {
  let left = parsePath(tokens, scope);
  for (;;) {
    const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : 0;
    if (sign === 0) return left;
    left = add(left, parsePath(tokens, scope), sign);
  }
}

function add(left: Expression, right: Expression, sign: number): Expression {
  const isDifference = left.type === 'datetime' && right.type === 'datetime';
  return {
    type: isDifference ? 'timespan' : left.type,
    evaluate(row) {
      const [a, b] = [left.evaluate(row), right.evaluate(row)];
      if (a instanceof Date && b instanceof Date) return new Timespan(a.getTime() - b.getTime());
      const size = b instanceof Timespan ? b.milliseconds : toNumber(b);
      if (size === null) return null;
      if (a instanceof Date) return new Date(a.getTime() + sign * size);
      if (a instanceof Timespan) return new Timespan(a.milliseconds + sign * size);
      const number = toNumber(a);
      return number === null ? null : number + sign * size;
    },
  };
}

/** `properties.changeAttributes.timestamp`, `tags['stage']`, `properties.condition.['odata.type']`. */
function parsePath(tokens: TokenReader, scope: ExpressionScope): Expression {
  let value = parseOperand(tokens, scope);
  for (;;) {
    const isDotted = tokens.take('.');
    if (!isDotted && tokens.next.text !== '[') return value;
    const key = tokens.take('[') ? parseKey(tokens) : tokens.takeName();
    value = member(value, key);
  }
}

function parseKey(tokens: TokenReader): string | number {
  const { kind, text } = tokens.next;
  if (kind !== 'string' && kind !== 'number') throw tokens.refusal();
  tokens.advance();
  tokens.expect(']');
  return kind === 'number' ? Number(text) : text;
}

/**
 * What is not there is null. Its name joins the parts with `_`.
 * Source: https://learn.microsoft.com/kusto/query/project-operator
 */
function member(owner: Expression, key: string | number): Expression {
  const { impliedName } = owner;
  return {
    type: 'object',
    ...(impliedName !== undefined && {
      impliedName: `${impliedName}_${String(key).replace(/\W/g, '_')}`,
    }),
    evaluate(row) {
      const value = owner.evaluate(row);
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
      return (value as Record<string | number, unknown>)[key] ?? null;
    },
  };
}

function parseOperand(tokens: TokenReader, scope: ExpressionScope): Expression {
  const token = tokens.next;
  switch (token.kind) {
    case 'string':
      return constant('string', tokens.advance().text);
    case 'number':
      return constant(
        token.text.includes('.') ? 'number' : 'integer',
        Number(tokens.advance().text),
      );
    case 'timespan':
      return constant('timespan', parseTimespan(tokens.advance().text));
    case 'datetime':
      return constant('datetime', parseDateTime(tokens.advance(), scope));
    case 'name':
      return parseName(tokens, scope);
    default:
      break;
  }
  if (tokens.take('-')) {
    const negated = tokens.nested(() => parsePath(tokens, scope));
    return add(constant(negated.type, zeroOf(negated.type)), negated, -1);
  }
  tokens.expect('(');
  const inner = parseExpression(tokens, scope);
  tokens.expect(')');
  return inner;
}

function parseName(tokens: TokenReader, scope: ExpressionScope): Expression {
  const token = tokens.advance();
  if (RESERVED.test(token.text) || tokens.next.text === '*') throw tokens.refusal();
  if (tokens.next.text === '(') return parseCall(tokens, scope, token);
  if (/^(?:true|false)$/i.test(token.text)) {
    return constant('boolean', token.text.toLowerCase() === 'true');
  }
  const column = scope.columns.find(({ name }) => name === token.text);
  if (!column) throw unresolved(token);
  const { name, type } = column;
  return { type, impliedName: name, evaluate: (row: Row) => row[name] ?? null };
}

/**
 * Pretend: a name that is no column is a parser failure that names it. Azure's own words for it were not seen.
 */
function unresolved(token: Token): GraphError {
  if (unsupportedOperators.has(token.text.toLowerCase())) return unsupportedLanguage(token.text);
  return parserFailure(token);
}

function parseCall(tokens: TokenReader, scope: ExpressionScope, name: Token): Expression {
  const called = entryOf(scalarFunctions, name.text.toLowerCase());
  if (!called) throw unsupportedLanguage(name.text);
  const values = parseList(tokens, scope);
  const [least, most] = called.arity;
  if (values.length < least || values.length > most) throw parserFailure(name);
  return {
    type: called.type,
    evaluate: (row) =>
      called.apply(
        values.map((value) => value.evaluate(row)),
        scope.nowMs,
      ),
  };
}

/** `(a, b)`; `()` is empty. */
export function parseList(tokens: TokenReader, scope: ExpressionScope): readonly Expression[] {
  tokens.expect('(');
  if (tokens.take(')')) return [];
  const values = [parseExpression(tokens, scope)];
  while (tokens.take(',')) values.push(parseExpression(tokens, scope));
  tokens.expect(')');
  return values;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  microsecond: 0.001,
  microseconds: 0.001,
};

function parseTimespan(text: string): Timespan {
  const [, amount = '', unit = ''] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
  return new Timespan(Number(amount) * (UNITS_MS[unit] ?? 0));
}

function zeroOf(type: ValueType): Value {
  return type === 'timespan' ? new Timespan(0) : 0;
}

function parseDateTime(token: Token, { nowMs }: ExpressionScope): Date | null {
  const text = token.text.trim().replace(/^(['"])(.*)\1$/, '$2');
  if (/^(now|null)?$/i.test(text)) return text.toLowerCase() === 'null' ? null : new Date(nowMs);
  const time = toDateTime(text);
  if (!time) throw parserFailure(token);
  return time;
}

/** Pretend: the words. A time is compared with a time only; `dynamic` needs `todatetime()` first. */
function requireComparable(left: ValueType, right: ValueType, token: Token): void {
  const isOf = (type: ValueType) => [left, right].includes(type);
  if (left === right || !(isOf('datetime') || isOf('timespan'))) return;
  throw badRequest(...parserFailure(token).details.slice(0, 1), {
    code: 'ParserFailure',
    message: `Cannot compare values of types ${left} and ${right}. Try adding explicit casts.`,
    line: token.line,
    ...(token.column > 0 && { characterPositionInLine: token.column }),
    token: token.text,
  });
}

function constant(type: ValueType, value: Value): Expression {
  return { type, evaluate: () => value };
}

function condition(evaluate: (row: Row) => boolean): Expression {
  return { type: 'boolean', evaluate };
}
