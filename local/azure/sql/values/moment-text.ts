// Dates and times in the texts that people write.

import { DAYS_TO_1900, daysOf } from '../../tds/types/calendar.ts';
import type { Moment } from './moments.ts';
import { isDate } from './moments.ts';
import { shortMonthNames } from './month-names.ts';

const ISO = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T|\s+)(.+?))?\s*$/;
const COMPACT = /^\s*(\d{4})(\d{2})(\d{2})(?:(?:T|\s+)(.+?))?\s*$/;
/** us_english: month first. */
const SLASHED = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(.+?))?\s*$/;
const WORDED = /^\s*([A-Za-z]{3,9})\s+(\d{1,2}),?\s+(\d{4})(?:\s+(.+?))?\s*$/;
const DAY_WORDED = /^\s*(\d{1,2})\s+([A-Za-z]{3,9}),?\s+(\d{4})(?:\s+(.+?))?\s*$/;
const TIME =
  /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,9}))?)?)?\s*(AM|PM)?\s*(Z|[+-]\d{2}:\d{2})?$/i;

const months = shortMonthNames.map((name) => name.toLowerCase());

export type DateOrder = 'mdy' | 'dmy' | 'ymd';

/** Undefined for what is no date or time. A time alone is on 1900-01-01, a date alone at midnight. */
export function momentOfText(text: string, order: DateOrder = 'mdy'): Moment | undefined {
  if (text.trim() === '') return { day: DAYS_TO_1900, ticks: 0n };
  const parts = datePartsOf(text, order);
  if (!parts) return timeOf(text.trim(), DAYS_TO_1900);
  const { year, month, day, time } = parts;
  if (!isDate(year, month, day)) return undefined;
  const number = daysOf(year, month, day);
  return time === undefined ? { day: number, ticks: 0n } : timeOf(time, number);
}

/** Of its form, whether or not there is such a day. */
export function looksLikeDate(text: string): boolean {
  return datePartsOf(text, 'mdy') !== undefined;
}

function datePartsOf(text: string, order: DateOrder) {
  const numbers = (match: RegExpExecArray, [y, m, d]: readonly [number, number, number]) => ({
    year: Number(match[y]),
    month: Number(match[m]),
    day: Number(match[d]),
    time: match[4],
  });
  const iso = ISO.exec(text) ?? COMPACT.exec(text);
  if (iso) return numbers(iso, [1, 2, 3]);
  const slashed = SLASHED.exec(text);
  if (slashed) return numbers(slashed, order === 'dmy' ? [3, 2, 1] : [3, 1, 2]);
  const worded = WORDED.exec(text);
  if (worded) return { ...numbers(worded, [3, 1, 2]), month: monthOf(worded[1]) };
  const dayWorded = DAY_WORDED.exec(text);
  if (dayWorded) return { ...numbers(dayWorded, [3, 2, 1]), month: monthOf(dayWorded[2]) };
  return undefined;
}

function monthOf(word = ''): number {
  return months.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}

function timeOf(text: string, day: number): Moment | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [, hourText, minuteText, secondText = '0', fraction = '', half, zone] = match;
  if (minuteText === undefined && half === undefined) return undefined;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  }
  const [minute, second] = [Number(minuteText ?? 0), Number(secondText)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const digits = fraction.padEnd(8, '0');
  const rounded = BigInt(digits.slice(0, 7)) + (digits.charAt(7) >= '5' ? 1n : 0n);
  const ticks = BigInt(hour * 3600 + minute * 60 + second) * 10_000_000n + rounded;
  if (zone === undefined) return { day, ticks };
  const offsetMinutes = offsetOf(zone);
  return Math.abs(offsetMinutes) > 840 ? undefined : { day, ticks, offsetMinutes };
}

export function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}
