// Conversions to character types.
import type { SqlType, SqlValue, StringType } from '../../tds/sql-type.ts';
import { decodeCodePage1252 } from '../../tds/types/code-page-1252.ts';
import { inCodePage } from './code-page.ts';
import { overflow, resultTruncated } from './conversion-errors.ts';
import { timeStyled } from './time-styles.ts';
import { kindOf } from './type-rules.ts';

/** Throws SqlError where a number has no room; longer text is cut off, as CAST does. */
export function toText(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  to: StringType,
  style?: number,
): string {
  const written = textFrom(value, from, to, style);
  const text = to.name.startsWith('n') ? written : inCodePage(written);
  const limit = to.length;
  if (limit === 'max') return text;
  if (text.length > limit) {
    const kind = kindOf(from);
    if (kind === 'integer') {
      if (from.name === 'bigint' || to.name.startsWith('n')) throw overflow(to);
      return padded('*', to);
    }
    if (kind === 'decimal' || kind === 'float') throw overflow(to);
    if (kind === 'guid') throw resultTruncated();
  }
  return padded(text.slice(0, limit), to);
}

function padded(text: string, { name, length }: StringType): string {
  return (name === 'char' || name === 'nchar') && length !== 'max' ? text.padEnd(length) : text;
}

function textFrom(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  to: StringType,
  style?: number,
): string {
  switch (kindOf(from)) {
    case 'float':
      return floatText(Number(value), from.name === 'real', style ?? 0);
    case 'decimal':
      return from.name === 'decimal' ? String(value) : moneyText(String(value), style ?? 0);
    case 'time':
      return timeStyled(String(value), from, style);
    case 'binary':
      return binaryText(value as Uint8Array, to, style ?? 0);
    default:
      return String(value);
  }
}

/** Style 0 has two digits behind the point, 1 commas as well, 2 four digits. */
function moneyText(text: string, style: number): string {
  if (style === 2) return text;
  const rounded = roundedTo2(text);
  return style === 1 ? rounded.replace(/\B(?=(\d{3})+(?=\.))/g, ',') : rounded;
}

function roundedTo2(text: string): string {
  const [whole = '0', fraction = '0000'] = text.split('.');
  const units = BigInt(`${whole}${fraction}`);
  const half = units < 0n ? -50n : 50n;
  const cents = (units + half) / 100n;
  const magnitude = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${magnitude.slice(0, -2)}.${magnitude.slice(-2)}`;
}

/** Style 0: six digits at most, exponent from 1e+006 on and below 0.0001, as C's %g. */
function floatText(value: number, isReal: boolean, style: number): string {
  if (style === 3) return withExponent(value.toExponential(isReal ? 8 : 16));
  if (style === 1) return withExponent(value.toExponential(7));
  if (style === 2) return withExponent(value.toExponential(15));
  if (value === 0) return '0';
  const [mantissa = '0', exponentText = '0'] = value.toExponential(5).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    return withExponent(`${trimZeros(mantissa)}e${exponent}`);
  }
  return trimZeros(Number(value.toPrecision(6)).toFixed(Math.max(0, 5 - exponent)));
}

const trimZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

function withExponent(text: string): string {
  const [mantissa, exponent = '0'] = text.split('e');
  const number = Number(exponent);
  return `${mantissa}e${number < 0 ? '-' : '+'}${String(Math.abs(number)).padStart(3, '0')}`;
}

function binaryText(bytes: Uint8Array, to: StringType, style: number): string {
  const buffer = Buffer.from(bytes);
  if (style === 1) return `0x${buffer.toString('hex').toUpperCase()}`;
  if (style === 2) return buffer.toString('hex').toUpperCase();
  return to.name.startsWith('n') ? buffer.toString('utf16le') : decodeCodePage1252(buffer);
}
