import { type DateTime, TICKS_PER_SECOND } from './parse-date-time.ts';

/**
 * A date and time in one of .NET's formats, standard or custom, in its invariant culture.
 * Undefined if the format is none.
 * Source: https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
 */
export function formatDateTime(dateTime: DateTime, format: string): string | undefined {
  if (format === '') return formatCustom(dateTime, 'MM/dd/yyyy HH:mm:ss zzz');
  if (format.length > 1) return formatCustom(dateTime, format);
  const pattern = STANDARD_FORMATS[format];
  if (pattern === undefined) return undefined;
  const isUtc = 'rRu'.includes(format);
  return formatCustom(isUtc ? toUtc(dateTime) : dateTime, pattern);
}

const STANDARD_FORMATS: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: 'yyyy-MM-ddTHH:mm:ss.fffffffzzz',
  O: 'yyyy-MM-ddTHH:mm:ss.fffffffzzz',
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function toUtc({ ticks, offsetMinutes }: DateTime): DateTime {
  return { ticks: ticks - BigInt(offsetMinutes) * 60n * TICKS_PER_SECOND, offsetMinutes: 0 };
}

interface Fields {
  readonly date: Date;
  /** Seven digits. */
  readonly fraction: string;
  readonly offsetMinutes: number;
}

function formatCustom(dateTime: DateTime, format: string): string | undefined {
  const fields = readFields(dateTime);
  let result = '';
  let position = 0;
  while (position < format.length) {
    const character = format.charAt(position);
    if (character === '%') {
      if (position + 1 >= format.length || format[position + 1] === '%') return undefined;
      position += 1;
    } else if (character === '\\') {
      if (position + 1 >= format.length) return undefined;
      result += format.charAt(position + 1);
      position += 2;
    } else if (character === "'" || character === '"') {
      const end = format.indexOf(character, position + 1);
      if (end === -1) return undefined;
      result += format.slice(position + 1, end);
      position = end + 1;
    } else {
      let end = position + 1;
      while (format[end] === character) end += 1;
      const count = end - position;
      if (/[fF]/.test(character) && count > 7) return undefined;
      if (character === 'F' && result.endsWith('.') && shortFraction(fields, count) === '') {
        result = result.slice(0, -1);
      }
      result += formatField(character, count, fields);
      position = end;
    }
  }
  return result;
}

function readFields({ ticks, offsetMinutes }: DateTime): Fields {
  const rest = ((ticks % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const seconds = (ticks - rest) / TICKS_PER_SECOND;
  return {
    date: new Date(Number(seconds) * 1000),
    fraction: rest.toString().padStart(7, '0'),
    offsetMinutes,
  };
}

function formatField(letter: string, count: number, fields: Fields): string {
  const { date, fraction } = fields;
  const pad = (value: number): string => String(value).padStart(Math.min(count, 2), '0');
  switch (letter) {
    case 'd':
      if (count <= 2) return pad(date.getUTCDate());
      return named(DAYS[date.getUTCDay()], count);
    case 'M':
      if (count <= 2) return pad(date.getUTCMonth() + 1);
      return named(MONTHS[date.getUTCMonth()], count);
    case 'y': {
      const year = date.getUTCFullYear();
      return count <= 2 ? pad(year % 100) : String(year).padStart(count, '0');
    }
    case 'H':
      return pad(date.getUTCHours());
    case 'h':
      return pad(date.getUTCHours() % 12 || 12);
    case 'm':
      return pad(date.getUTCMinutes());
    case 's':
      return pad(date.getUTCSeconds());
    case 'f':
      return fraction.slice(0, count);
    case 'F':
      return shortFraction(fields, count);
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, count);
    case 'g':
      return 'A.D.';
    case 'z':
      return formatOffset(fields.offsetMinutes, count);
    case 'K':
      return formatOffset(fields.offsetMinutes, 3).repeat(count);
    default:
      return letter.repeat(count);
  }
}

function named(name: string | undefined, count: number): string {
  return count === 3 ? (name?.slice(0, 3) ?? '') : (name ?? '');
}

function shortFraction({ fraction }: Fields, count: number): string {
  const digits = fraction.slice(0, count);
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function formatOffset(offsetMinutes: number, count: number): string {
  const sign = offsetMinutes < 0 ? '-' : '+';
  const hours = Math.floor(Math.abs(offsetMinutes) / 60);
  if (count === 1) return `${sign}${hours}`;
  const whole = `${sign}${String(hours).padStart(2, '0')}`;
  return count === 2 ? whole : `${whole}:${String(Math.abs(offsetMinutes) % 60).padStart(2, '0')}`;
}
