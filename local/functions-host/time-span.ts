const NUMBERS = /^(?:(\d+)[.:](?=\d+:\d+:))?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7}))?)?$/;
const DAYS_AND_TIME = /^(\d+)\.(\d+):(\d+)$/;

/**
 * Reads .NET's `TimeSpan`: `[-][d.]hh:mm[:ss[.fffffff]]`, `d:hh:mm:ss`, or days alone.
 * Returns milliseconds; undefined if it isn't one.
 * Azure: `24:00:00` is 24 days, because an hour above 23 makes it `dd:hh:mm`.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#timespan
 */
export function parseTimeSpan(text: string): number | undefined {
  const trimmed = text.trim();
  const sign = trimmed.startsWith('-') ? -1 : 1;
  const body = sign === -1 ? trimmed.slice(1) : trimmed;
  const milliseconds = parseUnsigned(body);
  return milliseconds === undefined ? undefined : sign * milliseconds;
}

function parseUnsigned(text: string): number | undefined {
  if (/^\d+$/.test(text)) return toMilliseconds(Number(text), 0, 0, 0);
  const short = DAYS_AND_TIME.exec(text);
  if (short) return toMilliseconds(Number(short[1]), Number(short[2]), Number(short[3]), 0);
  const match = NUMBERS.exec(text);
  if (!match) return undefined;
  const [, days, first = '', second = '', third, fraction = ''] = match;
  const [a, b, c] = [Number(first), Number(second), Number(third ?? 0)];
  if (days === undefined && third !== undefined && fraction === '' && a > 23) {
    return toMilliseconds(a, b, c, 0);
  }
  const milliseconds = Math.floor(Number(`0.${fraction || '0'}`) * 1000);
  return toMilliseconds(Number(days ?? 0), a, b, c, milliseconds);
}

function toMilliseconds(
  days: number,
  hours: number,
  minutes: number,
  seconds: number,
  milliseconds = 0,
): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}
