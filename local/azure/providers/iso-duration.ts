// Durations as .NET reads and writes them: ISO 8601, and TimeSpan's own form in the oldest templates.

/** 9223372036854775807 ticks of 100 ns: `P10675199DT2H48M5.4775807S`, which stands for "no end". */
const LONGEST_MS = 922_337_203_685_477;
const LONGEST = 'P10675199DT2H48M5.4775807S';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ISO =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/;

/** Milliseconds; Infinity for .NET's longest; undefined if it is no duration. A year has 365 days, a month 30. */
export function parseDuration(text: string): number | undefined {
  const iso = ISO.exec(text);
  const span = TIME_SPAN.exec(text);
  const parts = iso?.slice(1) ?? (span && [undefined, undefined, ...span.slice(1)]);
  if (!parts) return undefined;
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const ms =
    (years * 365 + months * 30 + days) * DAY_MS +
    hours * HOUR_MS +
    minutes * MINUTE_MS +
    Math.round(seconds * SECOND_MS);
  return ms >= LONGEST_MS ? Number.POSITIVE_INFINITY : ms;
}

/** `PT1M`, `P14D`: as .NET's XmlConvert writes it. */
export function formatDuration(ms: number): string {
  if (ms >= LONGEST_MS) return LONGEST;
  const { days, hours, minutes, seconds } = split(ms);
  const time = [
    hours > 0 ? `${hours}H` : '',
    minutes > 0 ? `${minutes}M` : '',
    seconds > 0 ? `${seconds}S` : '',
  ].join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}

/** `14.00:00:00`, `00:10:00`: as .NET's messages show it. */
export function formatTimeSpan(ms: number): string {
  if (ms >= LONGEST_MS) return '10675199.02:48:05.4775807';
  const { days, hours, minutes, seconds } = split(ms);
  const whole = Math.floor(seconds);
  const fraction = Math.round((seconds - whole) * 1e7);
  const time = [hours, minutes, whole].map((part) => String(part).padStart(2, '0')).join(':');
  return `${days > 0 ? `${days}.` : ''}${time}${fraction > 0 ? `.${String(fraction).padStart(7, '0')}` : ''}`;
}

function split(ms: number) {
  return {
    days: Math.floor(ms / DAY_MS),
    hours: Math.floor((ms % DAY_MS) / HOUR_MS),
    minutes: Math.floor((ms % HOUR_MS) / MINUTE_MS),
    seconds: (ms % MINUTE_MS) / SECOND_MS,
  };
}
