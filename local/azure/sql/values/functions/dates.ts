import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType, TimeType } from '../../../tds/sql-type.ts';
import { civilOf, dateText, daysOf, LAST_DAY } from '../../../tds/types/calendar.ts';
import { momentOfText, offsetOf } from '../moment-text.ts';
import {
  carry,
  isDate,
  type Moment,
  momentOfStored,
  TICKS_PER_DAY,
  timeText,
  toUtc,
  toZone,
  zoneText,
} from '../moments.ts';
import { monthNames } from '../month-names.ts';
import { storedMoment } from '../to-time.ts';
import { typeOfText } from '../type-text.ts';
import { type SqliteFunction, strict } from './sqlite-function.ts';

const ticksOf: Readonly<Record<string, bigint>> = {
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
};

const monthsOf: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };
const daysIn: Readonly<Record<string, number>> = { week: 7, day: 1, dayofyear: 1, weekday: 1 };

function outOfRange(type: SqlType): SqlError {
  return new SqlError(517, `Adding a value to a '${type.name}' column caused an overflow.`, 16, 3);
}

function addTo(part: string, count: bigint, stored: string, type: TimeType): string {
  const moment = momentOfStored(stored);
  const moved = move(moment, part, count, type);
  if (type.name === 'time')
    return timeText(((moved.ticks % TICKS_PER_DAY) + TICKS_PER_DAY) % TICKS_PER_DAY, type.scale);
  if (moved.day < 0 || moved.day > LAST_DAY) throw outOfRange(type);
  return storedMoment(moved, type, type);
}

function move(moment: Moment, part: string, count: bigint, type: SqlType): Moment {
  const months = monthsOf[part];
  if (months !== undefined) return addMonths(moment, Number(count) * months, type);
  const days = daysIn[part];
  if (days !== undefined) return { ...moment, day: moment.day + Number(count) * days };
  // Nanoseconds come in steps of 100.
  const ticks =
    part === 'nanosecond'
      ? (count + (count < 0n ? -50n : 50n)) / 100n
      : count * (ticksOf[part] ?? 0n);
  return carry({ ...moment, ticks: moment.ticks + ticks });
}

/** The last day of a shorter month. */
function addMonths(moment: Moment, count: number, type: SqlType): Moment {
  const { year, month, day } = civilOf(moment.day);
  const index = year * 12 + month - 1 + count;
  const [toYear, toMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  if (toYear < 1 || toYear > 9999) throw outOfRange(type);
  let last = day;
  while (!isDate(toYear, toMonth, last)) last--;
  return { ...moment, day: daysOf(toYear, toMonth, last) };
}

/** Boundaries crossed, not time passed. */
function difference(part: string, from: string, to: string, type: string): bigint {
  const [a, b] = [momentOfStored(from), momentOfStored(to)].map(toUtc) as [Moment, Moment];
  const result = boundaries(part, a, b);
  const limit = type === 'int' ? 2n ** 31n : 2n ** 63n;
  if (result >= limit || result < -limit) {
    throw new SqlError(
      535,
      'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.',
    );
  }
  return result;
}

function boundaries(part: string, a: Moment, b: Moment): bigint {
  const months = monthsOf[part];
  if (months !== undefined) {
    const index = ({ day }: Moment) => {
      const { year, month } = civilOf(day);
      return Math.floor((year * 12 + month - 1) / months);
    };
    return BigInt(index(b) - index(a));
  }
  // Weeks begin on Sunday, whatever DATEFIRST says; 0001-01-01 was a Monday.
  if (part === 'week') return BigInt(Math.floor((b.day + 1) / 7) - Math.floor((a.day + 1) / 7));
  if (part === 'iso_week') return BigInt(Math.floor(b.day / 7) - Math.floor(a.day / 7));
  if (daysIn[part] !== undefined) return BigInt(b.day - a.day);
  const total = ({ day, ticks }: Moment) => BigInt(day) * TICKS_PER_DAY + ticks;
  if (part === 'nanosecond') return (total(b) - total(a)) * 100n;
  const unit = ticksOf[part] ?? 1n;
  return total(b) / unit - total(a) / unit;
}

function partOf(part: string, stored: string): number {
  const { day, ticks, offsetMinutes = 0 } = momentOfStored(stored);
  const civil = civilOf(day);
  const rest = (unit: bigint, within: bigint) => Number((ticks / unit) % within);
  switch (part) {
    case 'year':
      return civil.year;
    case 'quarter':
      return Math.ceil(civil.month / 3);
    case 'month':
      return civil.month;
    case 'day':
      return civil.day;
    case 'dayofyear':
      return day - daysOf(civil.year, 1, 1) + 1;
    case 'weekday':
      return ((day + 1) % 7) + 1;
    case 'week': {
      const first = daysOf(civil.year, 1, 1);
      return Math.floor((day - first + ((first + 1) % 7)) / 7) + 1;
    }
    case 'iso_week':
      return isoWeek(day);
    case 'hour':
      return rest(36_000_000_000n, 24n);
    case 'minute':
      return rest(600_000_000n, 60n);
    case 'second':
      return rest(10_000_000n, 60n);
    case 'millisecond':
      return rest(10_000n, 1_000n);
    case 'microsecond':
      return rest(10n, 1_000_000n);
    case 'nanosecond':
      return Number(ticks % 10_000_000n) * 100;
    default:
      return offsetMinutes;
  }
}

/** The week of its Thursday. */
function isoWeek(day: number): number {
  const thursday = day - (day % 7) + 3;
  const { year } = civilOf(thursday);
  return Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1;
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function nameOfPart(part: string, stored: string): string {
  const number = partOf(part, stored);
  if (part === 'month') return monthNames[number - 1] ?? '';
  if (part === 'weekday') return dayNames[number - 1] ?? '';
  return part === 'tzoffset' ? zoneText(number) : String(number);
}

function truncate(part: string, stored: string, type: TimeType): string {
  const moment = momentOfStored(stored);
  const { year, month } = civilOf(moment.day);
  const days: Readonly<Record<string, () => number>> = {
    year: () => daysOf(year, 1, 1),
    quarter: () => daysOf(year, month - ((month - 1) % 3), 1),
    month: () => daysOf(year, month, 1),
    week: () => moment.day - ((moment.day + 1) % 7),
    iso_week: () => moment.day - (moment.day % 7),
    day: () => moment.day,
    dayofyear: () => moment.day,
  };
  const day = days[part];
  const unit = ticksOf[part] ?? 1n;
  const cut = day
    ? { ...moment, day: day(), ticks: 0n }
    : { ...moment, ticks: (moment.ticks / unit) * unit };
  return storedMoment(cut, type, type);
}

function badPart(): SqlError {
  return new SqlError(
    289,
    'Cannot construct data type date, some of the arguments have values which are not valid.',
  );
}

function offsetMinutesOf(zone: string): number {
  const minutes = /^[+-]\d\d:\d\d$/.test(zone) ? offsetOf(zone) : Number(zone);
  if (!Number.isInteger(minutes) || Math.abs(minutes) > 840) {
    throw new SqlError(
      9812,
      `The timezone provided to builtin function todatetimeoffset is invalid.`,
    );
  }
  return minutes;
}

const timeTypeOf = (text: unknown) => typeOfText(String(text)) as TimeType;

export const dateFunctions: Readonly<Record<string, SqliteFunction>> = {
  f_dateadd: strict((part, count, date, type) =>
    addTo(String(part), BigInt(count as bigint), String(date), timeTypeOf(type)),
  ),
  f_datediff: strict((part, from, to, type) =>
    difference(String(part), String(from), String(to), String(type)),
  ),
  f_datepart: strict((part, date) => partOf(String(part), String(date))),
  f_datename: strict((part, date) => nameOfPart(String(part), String(date))),
  f_datetrunc: strict((part, date, type) => truncate(String(part), String(date), timeTypeOf(type))),
  f_eomonth: strict((date, months) => {
    const moved = addMonths({ ...momentOfStored(String(date)), ticks: 0n }, Number(months ?? 0), {
      name: 'date',
    });
    const { year, month } = civilOf(moved.day);
    return dateText(month === 12 ? daysOf(year, 12, 31) : daysOf(year, month + 1, 1) - 1);
  }),
  f_datefromparts: strict((year, month, day) => {
    const parts = [Number(year), Number(month), Number(day)] as const;
    if (!isDate(...parts)) throw badPart();
    return dateText(daysOf(...parts));
  }),
  f_datetime2fromparts: strict((year, month, day, hour, minute, second, fraction, precision) => {
    const parts = [Number(year), Number(month), Number(day)] as const;
    const ticks = clockTicks([hour, minute, second, fraction, precision].map(Number));
    if (!isDate(...parts)) throw badPart();
    return `${dateText(daysOf(...parts))} ${timeText(ticks, 7)}`;
  }),
  f_timefromparts: strict((...parts) => timeText(clockTicks(parts.map(Number)), 7)),
  f_switchoffset: strict((date, zone) => {
    const scale = (/\.(\d+)/.exec(String(date))?.[1] ?? '').length;
    const moment = toZone(momentOfStored(String(date)), offsetMinutesOf(String(zone)));
    return `${dateText(moment.day)} ${timeText(moment.ticks, scale)} ${zoneText(moment.offsetMinutes ?? 0)}`;
  }),
  f_todatetimeoffset: strict((date, zone) => `${date} ${zoneText(offsetMinutesOf(String(zone)))}`),
  f_isdate: (value) => {
    if (value === null || value === undefined) return 0;
    const moment = momentOfText(String(value));
    return moment &&
      String(value).trim() !== '' &&
      moment.day >= 639_905 &&
      moment.offsetMinutes === undefined
      ? 1
      : 0;
  },
};

function clockTicks(parts: readonly number[]): bigint {
  const [hour = 0, minute = 0, second = 0, fraction = 0, precision = 7] = parts;
  const isFine = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!isFine || precision < 0 || precision > 7 || fraction < 0 || fraction >= 10 ** precision)
    throw badPart();
  return (
    BigInt(hour * 3600 + minute * 60 + second) * 10_000_000n +
    BigInt(fraction) * 10n ** BigInt(7 - precision)
  );
}
