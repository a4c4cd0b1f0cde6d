import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType } from '../../../tds/sql-type.ts';
import { DAYS_TO_1900 } from '../../../tds/types/calendar.ts';
import { fromUnits } from '../../../tds/types/decimal.ts';
import { overflow } from '../conversion-errors.ts';
import { rescale, unitsOf } from '../exact-number.ts';
import { carry, momentOfStored } from '../moments.ts';
import { storedMoment } from '../to-time.ts';
import { type SqliteFunction, type SqliteValue, strict } from './sqlite-function.ts';

type Present = Exclude<SqliteValue, null>;

function divideByZero(): SqlError {
  return new SqlError(8134, 'Divide by zero error encountered.');
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

function inRange(value: bigint, type: string): bigint {
  const [low, high] = ranges[type] ?? [0n, 0n];
  if (value < low || value > high) throw overflow({ name: type } as SqlType);
  return value;
}

function integer(operator: Present, left: Present, right: Present, type: Present): bigint {
  const [a, b] = [BigInt(left as bigint), BigInt(right as bigint)];
  switch (operator) {
    case '+':
      return inRange(a + b, String(type));
    case '-':
      return inRange(a - b, String(type));
    case '*':
      return inRange(a * b, String(type));
    default:
      if (b === 0n) throw divideByZero();
      return inRange(operator === '/' ? a / b : a % b, String(type));
  }
}

function float(operator: Present, left: Present, right: Present, type: Present): number {
  const result = floatResult(String(operator), Number(left), Number(right));
  const rounded = type === 'real' ? Math.fround(result) : result;
  if (!Number.isFinite(rounded)) throw overflow({ name: 'float' });
  return rounded;
}

function floatResult(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0) throw divideByZero();
      if (operator === '/') return a / b;
      throw new SqlError(
        402,
        'The data types float and float are incompatible in the modulo operator.',
      );
  }
}

const limits: Readonly<Record<string, bigint>> = { money: 2n ** 63n, smallmoney: 2n ** 31n };

/** `spec`: operator, scales of both sides, precision, scale and type of the result. */
function exact(spec: Present, left: Present, right: Present): string {
  const [operator = '', leftScale, rightScale, precision, resultScale, type = 'decimal'] =
    String(spec).split(' ');
  const [x, y, scale] = [Number(leftScale), Number(rightScale), Number(resultScale)];
  const [a, b] = [unitsOf(String(left), x), unitsOf(String(right), y)];
  const units = exactResult(operator, a, b, x, y, scale);
  const magnitude = units < 0n ? -units : units;
  if (magnitude >= (limits[type] ?? 10n ** BigInt(precision ?? 38))) {
    const result = { name: type, precision: Number(precision), scale } as SqlType;
    throw overflow(result);
  }
  return fromUnits(units, scale);
}

function exactResult(
  operator: string,
  a: bigint,
  b: bigint,
  x: number,
  y: number,
  scale: number,
): bigint {
  if (operator === '*') return rescale(a * b, x + y, scale);
  if (operator === '/') {
    if (b === 0n) throw divideByZero();
    // Cut off, not rounded.
    const shift = scale + y - x;
    return shift >= 0 ? (a * 10n ** BigInt(shift)) / b : a / (b * 10n ** BigInt(-shift));
  }
  const common = Math.max(x, y);
  const [left, right] = [rescale(a, x, common), rescale(b, y, common)];
  if (operator === '%') {
    if (right === 0n) throw divideByZero();
    return rescale(left % right, common, scale);
  }
  return rescale(operator === '+' ? left + right : left - right, common, scale);
}

/** Both count from 1900-01-01. */
function datetime(operator: Present, left: Present, right: Present): string {
  const [a, b] = [momentOfStored(String(left)), momentOfStored(String(right))];
  const sign = operator === '+' ? 1 : -1;
  const sum = carry({
    day: a.day + sign * (b.day - DAYS_TO_1900),
    ticks: a.ticks + BigInt(sign) * b.ticks,
  });
  return storedMoment(sum, { name: 'datetime' }, { name: 'datetime' });
}

/** https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-query: MAXRECURSION, where it is not said. */
const MOST_RECURSION = 100;

function rowCount(kind: string, count: SqliteValue): bigint {
  if (count === null) {
    const words = kind === 'OFFSET' ? 'an OFFSET' : 'a TOP or FETCH';
    throw new SqlError(
      1060,
      `The number of rows provided for ${words} clauses row count parameter must be an integer.`,
      15,
    );
  }
  const rows = BigInt(count as bigint);
  if (kind === 'OFFSET' && rows < 0n)
    throw new SqlError(10742, 'The offset specified in a OFFSET clause may not be negative.', 15);
  if (kind === 'FETCH' && rows < 1n) {
    const words = 'The number of rows provided for a FETCH clause must be greater then zero.';
    throw new SqlError(10744, words, 15);
  }
  if (rows < 0n)
    throw new SqlError(127, 'A TOP N or FETCH rowcount value may not be negative.', 15);
  return rows;
}

export const arithmeticFunctions: Readonly<Record<string, SqliteFunction>> = {
  t_range: strict((value, type) => inRange(BigInt(value as bigint), String(type))),
  t_integer: strict((operator, a, b, type) =>
    integer(operator as Present, a as Present, b as Present, type as Present),
  ),
  t_float: strict((operator, a, b, type) =>
    float(operator as Present, a as Present, b as Present, type as Present),
  ),
  t_exact_operation: strict((spec, a, b) => exact(spec as Present, a as Present, b as Present)),
  t_negate: strict((value) => {
    const text = String(value);
    if (/^-?[0.]*$/.test(text)) return text.replace('-', '');
    return text.startsWith('-') ? text.slice(1) : `-${text}`;
  }),
  t_datetime_operation: strict((operator, a, b) =>
    datetime(operator as Present, a as Present, b as Present),
  ),
  t_row_count: (kind, count) => rowCount(String(kind), count ?? null),
  t_deeper: strict((level) => {
    if (Number(level) < MOST_RECURSION) return BigInt(level as bigint) + 1n;
    throw new SqlError(
      530,
      `The statement terminated. The maximum recursion ${MOST_RECURSION} has been exhausted before statement completion.`,
    );
  }),
  t_changed_once: strict((times) => {
    if (Number(times) <= 1) return null;
    throw new SqlError(
      8672,
      'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
    );
  }),
  t_too_many: () => {
    throw new SqlError(
      512,
      'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
    );
  },
};
