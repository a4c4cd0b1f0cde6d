import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType } from '../../../tds/sql-type.ts';
import { fromUnits } from '../../../tds/types/decimal.ts';
import { overflow } from '../conversion-errors.ts';
import { rescale, unitsOf } from '../exact-number.ts';
import { digitsOf, kindOf } from '../type-rules.ts';
import { typeOfText } from '../type-text.ts';
import { type SqliteFunction, type SqliteValue, strict } from './sqlite-function.ts';

type Present = Exclude<SqliteValue, null>;

function invalid(): SqlError {
  return new SqlError(3623, 'An invalid floating point operation occurred.');
}

function plain(run: (value: number, second: number) => number): SqliteFunction {
  return strict((value, second) => {
    const result = run(Number(value), Number(second ?? 0));
    if (Number.isNaN(result)) throw invalid();
    if (!Number.isFinite(result)) throw overflow({ name: 'float' });
    return result;
  });
}

function inRange(value: bigint, type: SqlType): bigint {
  const bits = type.name === 'bigint' ? 64 : 32;
  if (BigInt.asIntN(bits, value) !== value) throw overflow(type);
  return value;
}

/** By kind of number; `whole`: rounds to no digits behind the point. */
function byKind(
  ofInteger: (value: bigint) => bigint,
  ofFloat: (value: number) => number,
  ofUnits: (units: bigint, scale: number) => bigint,
): SqliteFunction {
  return strict((value, typeName, resultScale) => {
    const type = typeOfText(String(typeName));
    switch (kindOf(type)) {
      case 'integer':
        return inRange(ofInteger(BigInt(value as bigint)), type);
      case 'float':
        return ofFloat(Number(value));
      default: {
        const { scale } = digitsOf(type);
        return fromUnits(
          rescale(ofUnits(unitsOf(String(value), scale), scale), scale, Number(resultScale), true),
          Number(resultScale),
        );
      }
    }
  });
}

const absolute = (value: bigint) => (value < 0n ? -value : value);

function floorUnits(units: bigint, scale: number): bigint {
  const one = 10n ** BigInt(scale);
  const rest = ((units % one) + one) % one;
  return units - rest;
}

function round(value: Present, digits: Present, cut: Present, typeName: Present): SqliteValue {
  const type = typeOfText(String(typeName));
  const [places, isCut] = [Number(digits), Number(cut) !== 0];
  if (kindOf(type) === 'float') {
    const factor = 10 ** places;
    const scaled = Number(value) * factor;
    const whole = isCut ? Math.trunc(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled));
    return Number.isFinite(factor) && factor !== 0 ? whole / factor : Number(value);
  }
  const { scale, precision } = digitsOf(type);
  const units = unitsOf(String(value), scale);
  if (places >= scale)
    return kindOf(type) === 'integer' ? (value as SqliteValue) : fromUnits(units, scale);
  const rounded = rescale(rescale(units, scale, places, isCut), places, scale);
  if (absolute(rounded) >= 10n ** BigInt(precision)) throw overflow(type);
  return kindOf(type) === 'integer' ? rounded : fromUnits(rounded, scale);
}

export const mathFunctions: Readonly<Record<string, SqliteFunction>> = {
  f_abs: byKind(absolute, Math.abs, absolute),
  f_sign: byKind(
    (value) => (value === 0n ? 0n : value < 0n ? -1n : 1n),
    Math.sign,
    (units, scale) =>
      units === 0n ? 0n : units < 0n ? -(10n ** BigInt(scale)) : 10n ** BigInt(scale),
  ),
  f_floor: byKind((value) => value, Math.floor, floorUnits),
  f_ceiling: byKind(
    (value) => value,
    Math.ceil,
    (units, scale) => -floorUnits(-units, scale),
  ),
  f_round: strict((value, digits, cut, type) =>
    round(value as Present, digits as Present, cut as Present, type as Present),
  ),
  f_power: plain((value, exponent) => value ** exponent),
  f_sqrt: plain((value) => Math.sqrt(value)),
  f_square: plain((value) => value * value),
  f_exp: plain((value) => Math.exp(value)),
  f_log: strict((value, base) => {
    const result =
      base === undefined
        ? Math.log(Number(value))
        : Math.log(Number(value)) / Math.log(Number(base));
    if (!Number.isFinite(result)) throw invalid();
    return result;
  }),
  f_log10: strict((value) => {
    if (Number(value) <= 0) throw invalid();
    return Math.log10(Number(value));
  }),
  f_sin: plain((value) => Math.sin(value)),
  f_cos: plain((value) => Math.cos(value)),
  f_tan: plain((value) => Math.tan(value)),
  f_asin: plain((value) => Math.asin(value)),
  f_acos: plain((value) => Math.acos(value)),
  f_atan: plain((value) => Math.atan(value)),
  f_atn2: plain((a, b) => Math.atan2(a, b)),
  f_degrees: plain((value) => (value * 180) / Math.PI),
  f_radians: plain((value) => (value * Math.PI) / 180),
  f_pi: () => Math.PI,
};
