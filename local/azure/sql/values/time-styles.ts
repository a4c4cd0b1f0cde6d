// CONVERT's styles of dates and times.
// Source: https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql, Date and time styles
import type { SqlType } from '../../tds/sql-type.ts';
import { civilOf } from '../../tds/types/calendar.ts';
import { badStyle } from './conversion-errors.ts';
import { momentOfStored, timeText, toUtc, zoneText } from './moments.ts';
import { shortMonthNames } from './month-names.ts';

/** What the styles put together; a part that the type has not is empty. */
interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  /** `Mar`. */
  readonly monthName: string;
  /** `17:04:09.123`; `17:04:09:123` in `colonTime` of the two old types. */
  readonly time: string;
  readonly colonTime: string;
  /** ` 5:04PM`, with seconds ` 5:04:09:123PM`. */
  readonly half: string;
  readonly longHalf: string;
  /** `2026-03-05`. */
  readonly iso: string;
  readonly zone: string;
}

/** Those without a blank are dates or times alone. */
const words = (...parts: readonly string[]) =>
  parts
    .filter((part) => part !== '')
    .join(' ')
    .trimEnd();

const plain = ({ year, monthName, day }: Parts) =>
  year === '' ? '' : `${monthName} ${day.replace(/^0/, ' ')} ${year}`;

const styles: Readonly<Record<number, (parts: Parts) => string>> = {
  100: (parts) => words(plain(parts), parts.half).trimStart(),
  101: ({ year, month, day }) => `${month}/${day}/${year}`,
  102: ({ year, month, day }) => `${year}.${month}.${day}`,
  103: ({ year, month, day }) => `${day}/${month}/${year}`,
  104: ({ year, month, day }) => `${day}.${month}.${year}`,
  105: ({ year, month, day }) => `${day}-${month}-${year}`,
  106: ({ year, monthName, day }) => `${day} ${monthName} ${year}`,
  107: ({ year, monthName, day }) => `${monthName} ${day}, ${year}`,
  108: ({ time }) => time.slice(0, 8),
  109: (parts) => words(plain(parts), parts.longHalf).trimStart(),
  110: ({ year, month, day }) => `${month}-${day}-${year}`,
  111: ({ year, month, day }) => `${year}/${month}/${day}`,
  112: ({ year, month, day }) => `${year}${month}${day}`,
  113: ({ year, monthName, day, colonTime }) =>
    words(year === '' ? '' : `${day} ${monthName} ${year}`, colonTime),
  114: ({ colonTime }) => colonTime,
  120: ({ iso, time, zone }) => words(iso, time.slice(0, 8), zone),
  121: ({ iso, time, zone }) => words(iso, time, zone),
  126: (parts) => isoText(parts),
  127: (parts) => isoText({ ...parts, zone: parts.zone === '' ? '' : 'Z' }),
};

function isoText({ iso, time, zone }: Parts): string {
  return iso === '' || time === '' ? `${iso}${time}` : `${iso}T${time}${zone}`;
}

/** Two digits of the year, as the style a hundred above has four. */
const shortYears: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 10, 11, 12]);
/** Other numbers of a style. */
const same: Readonly<Record<number, number>> = {
  0: 100,
  8: 108,
  24: 108,
  9: 109,
  13: 113,
  14: 114,
  20: 120,
  21: 121,
  25: 121,
};

/**
 * A stored date or time as text. Without style the new types are shown as ISO, the old ones as style 0. Throws
 * SqlError 281.
 */
export function timeStyled(stored: string, from: SqlType, style?: number): string {
  const isOld = from.name === 'datetime' || from.name === 'smalldatetime';
  const wanted = style ?? (isOld ? 0 : 121);
  const isShort = shortYears.has(wanted);
  const number = same[wanted] ?? (isShort ? wanted + 100 : wanted);
  const parts = partsOf(stored, from, number === 127);
  if (wanted === 23) return parts.iso;
  const styled = styles[number];
  if (!styled) throw badStyle(wanted, from);
  const isWholeSecond = isOld && number >= 126 && parts.time.endsWith('.000');
  const shown = isWholeSecond ? { ...parts, time: parts.time.slice(0, 8) } : parts;
  return styled(isShort ? { ...shown, year: shown.year.slice(-2) } : shown);
}

function partsOf(stored: string, from: SqlType, isZulu: boolean): Parts {
  const local = momentOfStored(stored);
  const hasZone = local.offsetMinutes !== undefined;
  const { day, ticks } = isZulu && hasZone ? toUtc(local) : local;
  const [hasDate, hasTime] = [from.name !== 'time', from.name !== 'date'];
  const isOld = from.name === 'datetime' || from.name === 'smalldatetime';
  const scale =
    'scale' in from && from.name !== 'decimal' ? from.scale : from.name === 'datetime' ? 3 : 0;
  const civil = civilOf(day);
  const two = (value: number) => String(value).padStart(2, '0');
  const [year, month, ofMonth] = [
    String(civil.year).padStart(4, '0'),
    two(civil.month),
    two(civil.day),
  ];
  const time = hasTime ? timeText(ticks, scale) : '';
  const colonTime = isOld ? time.replace('.', ':') : time;
  const hours = Number(ticks / 36_000_000_000n);
  const hour = String(hours % 12 || 12).padStart(2);
  const suffix = hours < 12 ? 'AM' : 'PM';
  return {
    year: hasDate ? year : '',
    month,
    day: ofMonth,
    monthName: shortMonthNames[civil.month - 1] ?? '',
    time,
    colonTime,
    half: hasTime ? `${hour}${time.slice(2, 5)}${suffix}` : '',
    longHalf: hasTime ? `${hour}${colonTime.slice(2)}${suffix}` : '',
    iso: hasDate ? `${year}-${month}-${ofMonth}` : '',
    zone: hasZone ? zoneText(local.offsetMinutes ?? 0) : '',
  };
}
