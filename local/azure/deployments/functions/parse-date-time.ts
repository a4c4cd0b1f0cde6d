export const TICKS_PER_SECOND = 10_000_000n;

export interface DateTime {
  /** Local time, in ticks of 100 ns since 1970-01-01T00:00. */
  readonly ticks: bigint;
  readonly offsetMinutes: number;
}

const ISO_DATE_TIME =
  /^(\d{4})-?(\d{1,2})(?:-?(\d{1,2}))?(?:[T ]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,12}))?)?)? *(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const US_DATE_TIME =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP]M))?)?( *Z| *[+-]\d{2}:?\d{2})?$/i;
const RFC_1123 = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/**
 * A date and time as a template gives it: ISO 8601 in its usual forms, `M/d/yyyy h:mm:ss AM` and RFC 1123.
 * Without an offset it is UTC. Undefined if the text is none of these.
 */
export function parseDateTime(text: string): DateTime | undefined {
  // Pretend: .NET reads further forms ('April 7, 2020', '14:53'); they are refused here with ARM's sentence.
  const trimmed = text.trim().replace(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, '$1-$2-$3');
  const iso = ISO_DATE_TIME.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, offset] = iso;
    return assemble([year, month, day ?? '1', hour, minute, second], fraction, offset);
  }
  const us = US_DATE_TIME.exec(trimmed);
  if (us !== null) {
    const [, month, day, year, hour, minute, second, half, offset] = us;
    const hour24 = half === undefined ? hour : to24Hours(Number(hour), half);
    return hour24 === undefined && half !== undefined
      ? undefined
      : assemble([year, month, day, hour24, minute, second], undefined, offset?.trim());
  }
  const rfc = RFC_1123.exec(trimmed);
  if (rfc === null) return undefined;
  const [, day, monthName = '', year, hour, minute, second] = rfc;
  const month = MONTHS.indexOf(monthName) / 3 + 1;
  return Number.isInteger(month) && month > 0
    ? assemble([year, String(month), day, hour, minute, second], undefined, 'Z')
    : undefined;
}

function to24Hours(hour: number, half: string): string | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return String((hour % 12) + (/^P/i.test(half) ? 12 : 0));
}

function assemble(
  parts: readonly (string | undefined)[],
  fraction: string | undefined,
  offset: string | undefined,
): DateTime | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  if (year < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const seconds = BigInt(date.getTime() / 1000) + BigInt(hour * 3600 + minute * 60 + second);
  const offsetMinutes = parseOffset(offset);
  if (Math.abs(offsetMinutes) > 14 * 60) return undefined;
  return { ticks: seconds * TICKS_PER_SECOND + roundToTicks(fraction), offsetMinutes };
}

function roundToTicks(fraction: string | undefined): bigint {
  if (fraction === undefined) return 0n;
  const ticks = BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  return (fraction[7] ?? '0') >= '5' ? ticks + 1n : ticks;
}

function parseOffset(offset: string | undefined): number {
  if (offset === undefined || /^Z$/i.test(offset)) return 0;
  const digits = offset.replace(/[^0-9]/g, '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith('-') ? -minutes : minutes;
}
