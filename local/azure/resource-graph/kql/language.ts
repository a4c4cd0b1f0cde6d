// The part of KQL that this Resource Graph speaks, all of it in the tables of this file; `tabularOperators` of
// parse-query.ts is the one other. Anything else is refused, never skipped.
// Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language

import type { Value, ValueType } from './values.ts';
import { compare, isEqual, isNull, Timespan, toDateTime, toNumber, toText } from './values.ts';

type Operator = (left: Value, right: Value) => boolean;

const fold = (value: Value) => toText(value).toLowerCase();
const not =
  (operator: Operator): Operator =>
  (left, right) =>
    !operator(left, right);
const order =
  (fits: (difference: number) => boolean): Operator =>
  (left, right) => {
    const difference = isNull(left) || isNull(right) ? undefined : compare(left, right);
    return difference !== undefined && fits(difference);
  };

/**
 * Azure: null equals nothing, itself included.
 * Source: https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
 */
const equals: Operator = (left, right) => !isNull(left) && !isNull(right) && isEqual(left, right);
const differs: Operator = (left, right) =>
  isNull(left) || isNull(right) ? isNull(left) !== isNull(right) : !isEqual(left, right);
const foldedEquals: Operator = (left, right) => fold(left) === fold(right);
const contains: Operator = (left, right) => fold(left).includes(fold(right));
const containsCased: Operator = (left, right) => toText(left).includes(toText(right));
const startsWith: Operator = (left, right) => fold(left).startsWith(fold(right));
const startsWithCased: Operator = (left, right) => toText(left).startsWith(toText(right));
const endsWith: Operator = (left, right) => fold(left).endsWith(fold(right));
const endsWithCased: Operator = (left, right) => toText(left).endsWith(toText(right));
/** A whole term, bounded by what is neither letter nor digit. */
const hasTerm: Operator = (left, right) => hasWord(fold(left), fold(right));
const hasTermCased: Operator = (left, right) => hasWord(toText(left), toText(right));

/**
 * Between two values. Azure: `contains`, `startswith`, `has` and `=~` do not look at case.
 * Source: https://learn.microsoft.com/kusto/query/datatypes-string-operators
 */
export const comparisons: Readonly<Record<string, Operator>> = {
  '==': equals,
  '!=': differs,
  '=~': foldedEquals,
  '!~': not(foldedEquals),
  '<': order((difference) => difference < 0),
  '<=': order((difference) => difference <= 0),
  '>': order((difference) => difference > 0),
  '>=': order((difference) => difference >= 0),
  contains,
  '!contains': not(contains),
  contains_cs: containsCased,
  '!contains_cs': not(containsCased),
  startswith: startsWith,
  '!startswith': not(startsWith),
  startswith_cs: startsWithCased,
  '!startswith_cs': not(startsWithCased),
  endswith: endsWith,
  '!endswith': not(endsWith),
  endswith_cs: endsWithCased,
  '!endswith_cs': not(endsWithCased),
  has: hasTerm,
  '!has': not(hasTerm),
  has_cs: hasTermCased,
  '!has_cs': not(hasTermCased),
};

/** Between a value and a list in parentheses; also `between (a .. b)`. */
export const memberships: Readonly<Record<string, { by: Operator; negated: boolean }>> = {
  in: { by: equals, negated: false },
  '!in': { by: equals, negated: true },
  'in~': { by: foldedEquals, negated: false },
  '!in~': { by: foldedEquals, negated: true },
};

interface ScalarFunction {
  readonly arity: readonly [least: number, most: number];
  readonly type: ValueType;
  readonly apply: (values: readonly Value[], nowMs: number) => Value;
}

const text = (apply: (value: string) => Value): ScalarFunction => ({
  arity: [1, 1],
  type: 'string',
  apply: ([value]) => apply(toText(value)),
});
const test = (apply: (value: Value) => boolean): ScalarFunction => ({
  arity: [1, 1],
  type: 'boolean',
  apply: ([value]) => apply(value),
});
const numeric = (type: ValueType, round: (value: number) => number): ScalarFunction => ({
  arity: [1, 1],
  type,
  apply: ([value]) => {
    const number = toNumber(value);
    return number === null ? null : round(number);
  },
});
const span = (value: Value) => (value instanceof Timespan ? value.milliseconds : 0);

/** Without regard to an argument's declared type, as `dynamic` is. `iff` and `case` evaluate every argument. */
export const scalarFunctions: Readonly<Record<string, ScalarFunction>> = {
  tostring: text((value) => value),
  tolower: text((value) => value.toLowerCase()),
  toupper: text((value) => value.toUpperCase()),
  strlen: { ...text((value) => value.length), type: 'integer' },
  strcat: {
    arity: [1, 64],
    type: 'string',
    apply: (values) => values.map(toText).join(''),
  },
  split: {
    arity: [2, 2],
    type: 'object',
    apply: ([value, separator]) => toText(value).split(toText(separator)),
  },
  toint: numeric('integer', Math.trunc),
  tolong: numeric('integer', Math.trunc),
  todouble: numeric('number', (value) => value),
  tobool: {
    arity: [1, 1],
    type: 'boolean',
    apply: ([value]) => (isNull(value) ? null : /^(true|1)$/i.test(toText(value))),
  },
  todatetime: { arity: [1, 1], type: 'datetime', apply: ([value]) => toDateTime(value) },
  ago: {
    arity: [1, 1],
    type: 'datetime',
    apply: ([value], nowMs) => new Date(nowMs - span(value)),
  },
  now: {
    arity: [0, 1],
    type: 'datetime',
    apply: ([value], nowMs) => new Date(nowMs + span(value)),
  },
  not: test((value) => value !== true),
  isnull: test(isNull),
  isnotnull: test((value) => !isNull(value)),
  isempty: test((value) => toText(value) === ''),
  isnotempty: test((value) => toText(value) !== ''),
  array_length: {
    arity: [1, 1],
    type: 'integer',
    apply: ([value]) => (Array.isArray(value) ? value.length : null),
  },
  coalesce: {
    arity: [2, 64],
    type: 'object',
    apply: (values) => values.find((value) => !isNull(value)) ?? null,
  },
  iff: {
    arity: [3, 3],
    type: 'object',
    apply: ([condition, then, otherwise]) => (condition === true ? then : otherwise),
  },
};

interface Aggregate {
  readonly arity: readonly [least: number, most: number];
  readonly type: ValueType;
  /** `values`: the argument's, one a row; as many undefined if there is none. */
  readonly apply: (values: readonly Value[]) => Value;
}

const present = (values: readonly Value[]) => values.filter((value) => !isNull(value));
const extreme =
  (sign: number) =>
  (values: readonly Value[]): Value =>
    present(values).reduce<Value>(
      (best, value) => (isNull(best) || (compare(value, best) ?? 0) * sign > 0 ? value : best),
      null,
    );

/** What `summarize` computes. */
export const aggregates: Readonly<Record<string, Aggregate>> = {
  count: { arity: [0, 0], type: 'integer', apply: (values) => values.length },
  countif: {
    arity: [1, 1],
    type: 'integer',
    apply: (values) => values.filter((value) => value === true).length,
  },
  dcount: {
    arity: [1, 1],
    type: 'integer',
    apply: (values) => new Set(present(values).map(toText)).size,
  },
  min: { arity: [1, 1], type: 'object', apply: extreme(-1) },
  max: { arity: [1, 1], type: 'object', apply: extreme(1) },
};

/** Operators that KQL has and this Resource Graph has not: refused by name. */
export const unsupportedOperators: ReadonlySet<string> = new Set(
  (
    'as consume evaluate externaldata facet find fork getschema invoke join let lookup make-graph make-series ' +
    'mv-apply mv-expand mvexpand parse parse-kv parse-where partition print project-keep project-rename ' +
    'project-reorder range reduce render sample sample-distinct scan search serialize top-hitters top-nested union'
  ).split(' '),
);

/** The entry of a table; a name such as `constructor` has none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function hasWord(textToSearch: string, term: string): boolean {
  const boundary = '[^\\p{L}\\p{N}]';
  const escaped = term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|${boundary})${escaped}(?:$|${boundary})`, 'u').test(textToSearch);
}
