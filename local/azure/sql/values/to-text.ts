// Conversions to character types.
import type { SqlType, SqlValue, StringType } from '../../tds/sql-type.ts';
import { badStyle, overflow, resultTruncated } from './conversion-errors.ts';
import { civilOf, momentOfStored, timeText, zoneText } from './moments.ts';
import { kindOf } from './type-rules.ts';

/** Throws SqlError where a number has no room; longer text is cut off, as CAST does. */
export function toText(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  to: StringType,
  style?: number,
): string {
  const text = textFrom(value, from, to, style);
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
      return timeToText(String(value), from, to, style);
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

/** Style 0: six digits at most, exponent from 1e+006 on and below 1e-005. */
export function floatText(value: number, isReal: boolean, style: number): string {
  if (style === 3) return withExponent(value.toExponential(isReal ? 8 : 16));
  if (style === 1) return withExponent(value.toExponential(7));
  if (style === 2) return withExponent(value.toExponential(15));
  if (value === 0) return '0';
  const [mantissa = '0', exponentText = '0'] = value.toExponential(5).split('e');
  const exponent = Number(exponentText);
  if (exponent < -5 || exponent >= 6) {
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
  return to.name.startsWith('n') ? buffer.toString('utf16le') : buffer.toString('latin1');
}

const shortMonths = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

function timeToText(stored: string, from: SqlType, to: StringType, style?: number): string {
  const isOld = from.name === 'datetime' || from.name === 'smalldatetime';
  const moment = momentOfStored(stored);
  const { year, month, day } = civilOf(moment.day);
  const two = (number: number) => String(number).padStart(2, '0');
  const scale = 'scale' in from ? from.scale : from.name === 'datetime' ? 3 : 0;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = timeText(moment.ticks, scale);
  const zone = moment.offsetMinutes === undefined ? '' : zoneText(moment.offsetMinutes);
  // The new types are shown as ISO by default, the old ones as people of 1989 did.
  const wanted = style ?? (isOld ? 0 : 121);
  const hours = Math.floor(Number(moment.ticks / 36_000_000_000n));
  const half = `${String(hours % 12 || 12).padStart(2)}:${time.slice(3, 5)}${hours < 12 ? 'AM' : 'PM'}`;
  const hasDate = from.name !== 'time';
  const hasTime = from.name !== 'date';
  switch (wanted) {
    case 0:
    case 100: {
      const shown = `${shortMonths[month - 1]} ${String(day).padStart(2)} ${year}`;
      if (!hasTime) return shown;
      return hasDate ? `${shown} ${half}` : half.trim();
    }
    case 101:
      return `${two(month)}/${two(day)}/${year}`;
    case 102:
      return `${year}.${two(month)}.${two(day)}`;
    case 103:
      return `${two(day)}/${two(month)}/${year}`;
    case 104:
      return `${two(day)}.${two(month)}.${year}`;
    case 105:
    case 110:
      return wanted === 105
        ? `${two(day)}-${two(month)}-${year}`
        : `${two(month)}-${two(day)}-${year}`;
    case 106:
      return `${two(day)} ${shortMonths[month - 1]} ${year}`;
    case 107:
      return `${shortMonths[month - 1]} ${two(day)}, ${year}`;
    case 8:
    case 108:
      return time.slice(0, 8);
    case 111:
      return `${year}/${two(month)}/${two(day)}`;
    case 112:
      return `${String(year).padStart(4, '0')}${two(month)}${two(day)}`;
    case 14:
    case 114:
      return time;
    case 20:
    case 120:
      if (!hasTime) return date;
      return hasDate
        ? `${date} ${time.slice(0, 8)}${zone === '' ? '' : ` ${zone}`}`
        : time.slice(0, 8);
    case 23:
      return date;
    case 21:
    case 25:
    case 121:
      if (!hasTime) return date;
      return hasDate ? `${date} ${time}${zone === '' ? '' : ` ${zone}`}` : time;
    case 126:
    case 127: {
      if (!hasTime) return date;
      if (!hasDate) return time;
      const trimmed = isOld ? time.replace(/\.000$/, '') : time;
      return `${date}T${trimmed}${zone}`;
    }
    default:
      throw badStyle(wanted, from, to);
  }
}
