// Days and times of SQL Server's date types, without Date: the proleptic Gregorian calendar from the year 1.

/** Days from 0001-01-01 to 1900-01-01, the origin of datetime and smalldatetime. */
export const DAYS_TO_1900 = 693_595;
/** 9999-12-31. */
export const LAST_DAY = 3_652_058;

/** Days since 0001-01-01. */
export function daysOf(year: number, month: number, day: number): number {
  // Years that begin in March have the leap day at their end.
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * m + 2) / 5) + day - 307;
}

/** The reverse of `daysOf`. */
export function civilOf(days: number): { year: number; month: number; day: number } {
  const sinceMarch = days + 306;
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * m + 2) / 5) + 1;
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day };
}

/** `2026-11-25`. */
export function dateText(days: number): string {
  const { year, month, day } = civilOf(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `2026-11-25…` from `at` → days since 0001-01-01. Throws RangeError. */
export function parseDate(text: string, at = 0): number {
  return checked(daysOf(digits(text, at, 4), digits(text, at + 5, 2), digits(text, at + 8, 2)));
}

/** `23:59:59.1234567` from `at` → units of 10^-scale seconds; a shorter fraction is filled up, a longer one cut. */
export function parseTime(text: string, at: number, scale: number): number {
  const hours = digits(text, at, 2);
  const minutes = digits(text, at + 3, 2);
  let units = (hours * 60 + minutes) * 60 + (text.length > at + 5 ? digits(text, at + 6, 2) : 0);
  let position = text.charCodeAt(at + 8) === DOT ? at + 9 : text.length;
  for (let place = 0; place < scale; place++) {
    const digit = text.charCodeAt(position) - ZERO;
    const isDigit = digit >= 0 && digit <= 9;
    units = units * 10 + (isDigit ? digit : 0);
    position = isDigit ? position + 1 : text.length;
  }
  return units;
}

/** `23:59:59` and the fraction. */
export function timeText(units: number, scale: number): string {
  const perSecond = 10 ** scale;
  const seconds = Math.floor(units / perSecond);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = clock.map((part) => pad(part, 2)).join(':');
  return scale === 0 ? text : `${text}.${pad(units % perSecond, scale)}`;
}

/** Bytes of a time, by scale [MS-TDS 2.2.5.5.1.8]. */
export function timeLength(scale: number): 3 | 4 | 5 {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}

const ZERO = 0x30;
const DOT = 0x2e;

function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) throw new RangeError(`not a date or time: ${text}`);
    value = value * 10 + digit;
  }
  return value;
}

function checked(days: number): number {
  if (days >= 0 && days <= LAST_DAY) return days;
  throw new RangeError('a date out of range');
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
