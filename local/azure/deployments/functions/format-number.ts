import { formatCustomNumber } from './format-custom-number.ts';
import { groupThousands } from './group-thousands.ts';
import { toText } from './to-text.ts';

const INT64_MODULUS = 2n ** 64n;
/** .NET refuses more. */
const MAXIMUM_PRECISION = 999_999_999;

/**
 * A number in one of .NET's formats, in its invariant culture. Undefined if the format is none.
 * Source: https://learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings
 */
export function formatNumber(value: number, format: string): string | undefined {
  const standard = /^([A-Za-z])(\d{0,9})$/.exec(format);
  if (standard === null) return formatCustomNumber(value, format);
  const specifier = standard[1] ?? '';
  const precision = standard[2] ? Number(standard[2]) : undefined;
  // A template may ask for up to 10^9 digits; what ARM lets through ends at 131,072 characters.
  if ((precision ?? 0) > Math.min(MAXIMUM_PRECISION, 131_072)) return undefined;
  return formatStandard(value, specifier, precision);
}

function formatStandard(
  value: number,
  specifier: string,
  precision: number | undefined,
): string | undefined {
  const isInteger = Number.isInteger(value);
  switch (specifier.toUpperCase()) {
    case 'C': {
      const amount = `¤${fixed(Math.abs(value), precision ?? 2, true)}`;
      return value < 0 ? `(${amount})` : amount;
    }
    case 'D':
      return isInteger ? signed(value, digitsOf(value).padStart(precision ?? 1, '0')) : undefined;
    case 'E':
      return exponential(value, precision ?? 6, specifier, 3);
    case 'F':
      return signed(value, fixed(Math.abs(value), precision ?? 2, false));
    case 'G':
      return general(value, precision ?? 0, specifier);
    case 'N':
      return signed(value, fixed(Math.abs(value), precision ?? 2, true));
    case 'P':
      return signed(value, `${fixed(Math.abs(value) * 100, precision ?? 2, true)} %`);
    case 'R':
      return toText(value);
    case 'B':
      return isInteger ? twosComplement(value, 2).padStart(precision ?? 1, '0') : undefined;
    case 'X': {
      if (!isInteger) return undefined;
      const digits = twosComplement(value, 16).padStart(precision ?? 1, '0');
      return specifier === 'X' ? digits.toUpperCase() : digits;
    }
    default:
      return undefined;
  }
}

function signed(value: number, magnitude: string): string {
  return value < 0 ? `-${magnitude}` : magnitude;
}

function digitsOf(value: number): string {
  return BigInt(Math.abs(value)).toString();
}

function twosComplement(value: number, radix: number): string {
  const bits = BigInt(value);
  return (bits < 0n ? bits + INT64_MODULUS : bits).toString(radix);
}

/** `1,234.50` of a magnitude. */
function fixed(magnitude: number, decimals: number, grouped: boolean): string {
  const [whole = '0', fraction = ''] = decimalDigits(magnitude, Math.min(decimals, 100)).split('.');
  const shown = grouped ? groupThousands(whole) : whole;
  return decimals === 0 ? shown : `${shown}.${fraction.padEnd(decimals, '0')}`;
}

/** Rounded to the nearest; where two are as near, to the even one, as .NET does. */
function decimalDigits(magnitude: number, decimals: number): string {
  if (magnitude >= 1e21) return BigInt(magnitude).toString();
  const roundedUp = magnitude.toFixed(decimals);
  if (decimals === 100) return roundedUp;
  const exact = magnitude.toFixed(100);
  const end = exact.indexOf('.') + 1 + decimals;
  const isTie = /^50*$/.test(exact.slice(end));
  const roundedDown = decimals === 0 ? exact.slice(0, end - 1) : exact.slice(0, end);
  return isTie && Number(roundedDown.at(-1)) % 2 === 0 ? roundedDown : roundedUp;
}

function exponential(
  value: number,
  precision: number,
  letter: string,
  exponentDigits: number,
): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(Math.min(precision, 100)).split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  const digits = exponent.replace(/^[+-]/, '').padStart(exponentDigits, '0');
  return `${mantissa}${letter}${sign}${digits}`;
}

/** Plain digits, or an exponent when there are more digits than the precision. */
function general(value: number, precision: number, specifier: string): string {
  if (precision === 0) return toText(value);
  const [mantissa = '0', exponent = '0'] = value
    .toExponential(Math.min(precision, 101) - 1)
    .split('e');
  const power = Number(exponent);
  if (power >= precision || power <= -5) {
    const letter = specifier === 'G' ? 'E' : 'e';
    return exponential(
      Number(value.toPrecision(Math.min(precision, 100))),
      digitsBehindPoint(mantissa),
      letter,
      2,
    );
  }
  return toText(Number(value.toPrecision(Math.min(precision, 100))));
}

function digitsBehindPoint(mantissa: string): number {
  const fraction = mantissa.split('.')[1] ?? '';
  let end = fraction.length;
  while (end > 0 && fraction[end - 1] === '0') end -= 1;
  return end;
}
