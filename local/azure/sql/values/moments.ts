// Moments: dates with times of day, their texts, and the numbers behind them. Ticks are 100 ns.
import { DAYS_TO_1900, dateText, daysOf } from '../../tds/types/calendar.ts';

const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 86_400n * TICKS_PER_SECOND;
/** Days from 0001-01-01 to 1970-01-01. */
const DAYS_TO_1970 = 719_162;

/** Without zone; days count from 0001-01-01, ticks from midnight. */
export interface Moment {
  readonly day: number;
  readonly ticks: bigint;
  /** Of datetimeoffset: minutes that the local time is ahead of UTC. */
  readonly offsetMinutes?: number;
}

export function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year < 100 ? year + 400 : year, month, 0)).getUTCDate();
}

const pad = (value: number | bigint, width: number) => String(value).padStart(width, '0');

/** `scale` digits of a second; the rest is cut off. */
export function timeText(ticks: bigint, scale: number): string {
  const seconds = ticks / TICKS_PER_SECOND;
  const whole = `${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  if (scale === 0) return whole;
  return `${whole}.${pad(ticks % TICKS_PER_SECOND, 7).slice(0, scale)}`;
}

export function zoneText(offsetMinutes: number): string {
  const magnitude = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(magnitude / 60), 2)}:${pad(magnitude % 60, 2)}`;
}

/** Rounds half up to `scale` digits of a second; may end on the next day. */
export function roundMoment({ day, ticks, ...rest }: Moment, scale: number): Moment {
  const unit = 10n ** BigInt(7 - scale);
  return carry({ day, ticks: ((ticks + unit / 2n) / unit) * unit, ...rest });
}

/** Datetime's thirds of a hundredth: .000, .003, .007. */
export function roundToDatetime({ day, ticks }: Moment): Moment {
  const thirds = (ticks * 300n + TICKS_PER_SECOND / 2n) / TICKS_PER_SECOND;
  const milliseconds = (thirds * 1000n + 150n) / 300n;
  return carry({ day, ticks: milliseconds * 10_000n });
}

/** Smalldatetime's minutes: up from 29.999 s. */
export function roundToMinute({ day, ticks }: Moment): Moment {
  const minute = 60n * TICKS_PER_SECOND;
  return carry({ day, ticks: ((ticks + 300_010_000n) / minute) * minute });
}

export function carry({ day, ticks, ...rest }: Moment): Moment {
  let days = ticks / TICKS_PER_DAY;
  if (ticks < 0n && days * TICKS_PER_DAY !== ticks) days -= 1n;
  return { day: day + Number(days), ticks: ticks - days * TICKS_PER_DAY, ...rest };
}

/** The same moment with its zone's offset taken out. */
export function toUtc({ day, ticks, offsetMinutes = 0 }: Moment): Moment {
  return carry({ day, ticks: ticks - BigInt(offsetMinutes) * 60n * TICKS_PER_SECOND });
}

/** The same moment on a clock that is `offsetMinutes` ahead of UTC. */
export function toZone(moment: Moment, offsetMinutes: number): Moment {
  const utc = toUtc(moment);
  const local = carry({
    day: utc.day,
    ticks: utc.ticks + BigInt(offsetMinutes) * 60n * TICKS_PER_SECOND,
  });
  return { ...local, offsetMinutes };
}

/** Of a stored value: `2026-11-25`, `23:59:59.1`, both, or both and a zone. */
export function momentOfStored(text: string): Moment {
  const hasDate = text.charAt(4) === '-';
  const day = hasDate
    ? daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))
    : DAYS_TO_1900;
  const time = hasDate ? text.slice(11) : text;
  const [, clock = '', sign, hours, minutes] = /^(\S*)(?: ([+-])(\d\d):(\d\d))?$/.exec(time) ?? [];
  const ticks = ticksOfClock(clock);
  if (sign === undefined) return { day, ticks };
  const offset = Number(hours) * 60 + Number(minutes);
  return { day, ticks, offsetMinutes: sign === '-' ? -offset : offset };
}

function ticksOfClock(clock: string): bigint {
  if (clock === '') return 0n;
  const seconds =
    Number(clock.slice(0, 2)) * 3600 + Number(clock.slice(3, 5)) * 60 + Number(clock.slice(6, 8));
  return BigInt(seconds) * TICKS_PER_SECOND + BigInt(clock.slice(9).padEnd(7, '0'));
}

/** Sorts datetimeoffset by the moment: UTC, seven digits. */
export function utcKey(text: string): string {
  const { day, ticks } = toUtc(momentOfStored(text));
  return `${day < 0 ? '0000-00-00' : dateText(day)} ${timeText(ticks, 7)}`;
}

/** Of a time in ms since 1970, in UTC. */
export function momentOfMs(milliseconds: number, extraTicks = 0n): Moment {
  const days = Math.floor(milliseconds / 86_400_000);
  const rest = BigInt(Math.round(milliseconds - days * 86_400_000));
  return { day: days + DAYS_TO_1970, ticks: rest * 10_000n + extraTicks };
}
