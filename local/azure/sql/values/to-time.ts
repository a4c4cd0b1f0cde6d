// Conversions to dates and times.
import type { SqlType, SqlValue, TimeType } from '../../tds/sql-type.ts';
import { DAYS_TO_1900, dateText, LAST_DAY } from '../../tds/types/calendar.ts';
import { dateOutOfRange, notDate, overflow } from './conversion-errors.ts';
import { looksLikeDate, momentOfText } from './moment-text.ts';
import {
  carry,
  type Moment,
  momentOfStored,
  roundMoment,
  roundToDatetime,
  roundToMinute,
  TICKS_PER_DAY,
  timeText,
  zoneText,
} from './moments.ts';
import { kindOf } from './type-rules.ts';

export function toTime(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  to: TimeType,
  style = 0,
): string {
  return storedMoment(momentFrom(value, from, to, style), from, to);
}

function momentFrom(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  to: TimeType,
  style: number,
): Moment {
  switch (kindOf(from)) {
    case 'time': {
      const moment = momentOfStored(String(value));
      return from.name === 'datetime' && 'scale' in to ? exactDatetime(moment) : moment;
    }
    case 'text': {
      const isDayFirst = [3, 4, 5, 103, 104, 105, 113, 131].includes(style);
      const moment = momentOfText(String(value), isDayFirst ? 'dmy' : 'mdy');
      const isOld = to.name === 'datetime' || to.name === 'smalldatetime';
      if (!moment)
        throw isOld && looksLikeDate(String(value)) ? dateOutOfRange(from, to) : notDate();
      // An old type takes no zone.
      if (moment.offsetMinutes !== undefined && isOld) throw notDate();
      // Nor more than three digits of a second.
      if (isOld && /[.:]\d{4,}/.test(String(value))) throw notDate();
      return moment;
    }
    default: {
      const days = Number(value);
      const whole = Math.floor(days);
      const ticks = BigInt(Math.round((days - whole) * 86_400_000)) * 10_000n;
      if (!Number.isFinite(days)) throw overflow(to);
      return { day: DAYS_TO_1900 + whole, ticks };
    }
  }
}

/**
 * The thirds of a hundredth that datetime counts, in full.
 * Azure: so since compatibility level 130, https://learn.microsoft.com/sql/t-sql/data-types/datetime2-transact-sql
 */
function exactDatetime({ day, ticks }: Moment): Moment {
  const thirds = (ticks * 300n + 5_000_000n) / 10_000_000n;
  return { day, ticks: (thirds * 10_000_000n + 150n) / 300n };
}

/** 1753-01-01, where datetime begins. */
const FIRST_DATETIME_DAY = 639_905;

/** The text that a value of this type is stored as. Throws SqlError 242 for one out of range. */
export function storedMoment(moment: Moment, from: SqlType, to: TimeType): string {
  switch (to.name) {
    case 'date':
      return dateText(inRange(moment, from, to).day);
    case 'time': {
      const { ticks } = roundMoment({ day: 0, ticks: moment.ticks }, to.scale);
      return timeText(ticks % TICKS_PER_DAY, to.scale);
    }
    case 'smalldatetime': {
      const rounded = roundToMinute(moment);
      if (rounded.day < DAYS_TO_1900 || rounded.day > DAYS_TO_1900 + 65_535)
        throw dateOutOfRange(from, to);
      return `${dateText(rounded.day)} ${timeText(rounded.ticks, 0)}`;
    }
    case 'datetime': {
      const rounded = inRange(roundToDatetime(moment), from, to);
      if (rounded.day < FIRST_DATETIME_DAY) throw dateOutOfRange(from, to);
      return `${dateText(rounded.day)} ${timeText(rounded.ticks, 3)}`;
    }
    default: {
      const { day, ticks } = inRange(roundMoment(carry(moment), to.scale), from, to);
      const text = `${dateText(day)} ${timeText(ticks, to.scale)}`;
      return to.name === 'datetime2' ? text : `${text} ${zoneText(moment.offsetMinutes ?? 0)}`;
    }
  }
}

function inRange(moment: Moment, from: SqlType, to: TimeType): Moment {
  if (moment.day < 0 || moment.day > LAST_DAY) throw dateOutOfRange(from, to);
  return moment;
}
