// Conversions to numbers.
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { DAYS_TO_1900 } from '../../tds/types/calendar.ts';
import { fromUnits } from '../../tds/types/decimal.ts';
import {
  floatOverflow,
  notConverted,
  notMoney,
  notNumeric,
  numericOverflow,
  overflow,
  smallOverflow,
  textOverflow,
} from './conversion-errors.ts';
import { exactOfFloat, exactOfText, rescale, unitsOf } from './exact-number.ts';
import { momentOfStored, TICKS_PER_DAY } from './moments.ts';
import { digitsOf, kindOf } from './type-rules.ts';

type Present = Exclude<SqlValue, null>;

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

export function toInteger(value: Present, from: SqlType, to: SqlType): SqlValue {
  if (to.name === 'bit') return toBit(value, from, to);
  const units = integerOf(value, from, to);
  const [low, high] = ranges[to.name] ?? [0n, 0n];
  if (units < low || units > high) {
    if (kindOf(from) === 'text') throw textOverflow(from, String(value).trim(), to);
    if (kindOf(from) === 'float') throw floatOverflow(to, Number(value));
    if (kindOf(from) === 'integer' && to.name !== 'int') throw smallOverflow(to, units);
    throw overflow(to);
  }
  return to.name === 'bigint' ? units : Number(units);
}

function integerOf(value: Present, from: SqlType, to: SqlType): bigint {
  switch (kindOf(from)) {
    case 'integer':
      return BigInt(value as number | bigint);
    case 'decimal':
      // Money rounds, decimal is cut off.
      return rescale(
        unitsOf(String(value), digitsOf(from).scale),
        digitsOf(from).scale,
        0,
        from.name === 'decimal',
      );
    case 'float': {
      const whole = Math.trunc(Number(value));
      if (Math.abs(whole) >= 2 ** 63) throw floatOverflow(to, Number(value));
      return BigInt(whole);
    }
    case 'text': {
      const match = /^\s*([+-]?)\s*(\d*)\s*$/.exec(String(value));
      if (!match)
        throw to.name === 'bigint' ? notNumeric(from, to) : notConverted(from, String(value), to);
      const [, sign, digits = ''] = match;
      const magnitude = digits === '' ? 0n : BigInt(digits);
      return sign === '-' ? -magnitude : magnitude;
    }
    case 'binary': {
      const hex = Buffer.from(value as Uint8Array)
        .toString('hex')
        .slice(-16);
      const bits =
        to.name === 'bigint' ? 64 : to.name === 'int' ? 32 : to.name === 'smallint' ? 16 : 8;
      const number = BigInt(`0x${hex === '' ? '0' : hex}`);
      return to.name === 'tinyint' ? BigInt.asUintN(8, number) : BigInt.asIntN(bits, number);
    }
    default:
      return BigInt(Math.round(daysOf(String(value))));
  }
}

function daysOf(text: string): number {
  const { day, ticks } = momentOfStored(text);
  return day - DAYS_TO_1900 + Number(ticks) / Number(TICKS_PER_DAY);
}

function toBit(value: Present, from: SqlType, to: SqlType): number {
  if (kindOf(from) === 'text') {
    const text = String(value).trim().toLowerCase();
    if (text === 'true') return 1;
    if (text === 'false' || text === '') return 0;
    if (!/^[+-]?\d+$/.test(text)) throw notConverted(from, String(value), to);
    return /^[+-]?0+$/.test(text) ? 0 : 1;
  }
  if (value instanceof Uint8Array) return value.some((byte) => byte !== 0) ? 1 : 0;
  return Number(value) === 0 ? 0 : 1;
}

/** decimal, money, smallmoney. */
export function toExact(value: Present, from: SqlType, to: SqlType): string {
  const { precision, scale } = digitsOf(to);
  const text = exactTextOf(value, from, to);
  const units = unitsOf(text, scale);
  const limit =
    to.name === 'money'
      ? 2n ** 63n
      : to.name === 'smallmoney'
        ? 2n ** 31n
        : 10n ** BigInt(precision);
  const magnitude = units < 0n ? -units : units;
  if (magnitude >= limit) throw numericOverflow(from, to);
  return fromUnits(units, scale);
}

function exactTextOf(value: Present, from: SqlType, to: SqlType): string {
  switch (kindOf(from)) {
    case 'integer':
    case 'decimal':
      return String(value);
    case 'float':
      return exactOfFloat(Number(value));
    case 'text': {
      const plain = to.name === 'decimal' ? String(value) : String(value).replace(/[$,]/g, '');
      const exact = exactOfText(plain);
      if (exact !== undefined) return exact;
      if (to.name !== 'decimal' && plain.trim() === '') return '0';
      throw to.name === 'decimal' ? notNumeric(from, to) : notMoney();
    }
    case 'time':
      return exactOfFloat(daysOf(String(value)));
    default:
      throw notNumeric(from, to);
  }
}

export function toFloat(value: Present, from: SqlType, to: SqlType): number {
  let number: number;
  if (kindOf(from) === 'text') {
    const text = String(value).trim();
    if (text !== '' && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
      throw notNumeric(from, to);
    number = Number(text);
  } else number = kindOf(from) === 'time' ? daysOf(String(value)) : Number(value);
  const rounded = to.name === 'real' ? Math.fround(number) : number;
  if (!Number.isFinite(rounded)) throw overflow(to);
  return rounded;
}
