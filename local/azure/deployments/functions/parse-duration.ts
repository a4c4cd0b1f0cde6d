import { TICKS_PER_SECOND } from './parse-date-time.ts';

const DURATION =
  /^(-?)P(?:(\d{1,6})Y)?(?:(\d{1,7})M)?(?:(\d{1,9})D)?(?:(T)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{0,9}))?S)?)?$/;

/**
 * An ISO 8601 duration in ticks of 100 ns; undefined if the text is none.
 * Azure: a year is 365 days and a month 30, as in .NET's XmlConvert.ToTimeSpan (golden/engine.json).
 */
export function parseDuration(text: string): bigint | undefined {
  const match = DURATION.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, years, months, days, time, hours, minutes, seconds, fraction] = match;
  const hasTime = [hours, minutes, seconds].some((part) => part !== undefined);
  const hasDate = [years, months, days].some((part) => part !== undefined);
  if (time === undefined ? !hasDate : !hasTime) return undefined;
  const wholeDays = count(years) * 365n + count(months) * 30n + count(days);
  const wholeSeconds =
    ((wholeDays * 24n + count(hours)) * 60n + count(minutes)) * 60n + count(seconds);
  const parts = count(fraction?.slice(0, 7).padEnd(7, '0'));
  const ticks = wholeSeconds * TICKS_PER_SECOND + parts;
  return sign === '-' ? -ticks : ticks;
}

function count(digits: string | undefined): bigint {
  return BigInt(digits ?? 0);
}
