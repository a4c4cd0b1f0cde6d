// datetime2(7) counts 100 ns; a Date milliseconds. What is lost between them would be lost between two pages.

const TICKS_PER_MS = 10_000n;

/** A Date, with the name under which the driver reads the rest of a value that it sends, in seconds. */
interface PreciseDate extends Date {
  nanosecondDelta?: number;
}

/** 100 ns since 1970 of a value that the driver has read, which it gives the rest under another name. */
export function ticksOf(value: Date): bigint {
  const { nanosecondsDelta = 0 } = value as Date & { readonly nanosecondsDelta?: number };
  return BigInt(value.getTime()) * TICKS_PER_MS + BigInt(Math.round(nanosecondsDelta * 1e7));
}

export function dateOfTicks(ticks: bigint): Date {
  const rest = ((ticks % TICKS_PER_MS) + TICKS_PER_MS) % TICKS_PER_MS;
  const date: PreciseDate = new Date(Number((ticks - rest) / TICKS_PER_MS));
  if (rest > 0n) date.nanosecondDelta = Number(rest) / 1e7;
  return date;
}

/** ISO 8601 in UTC, with three digits of a second or, if they are not all, seven. */
export function textOfTicks(ticks: bigint): string {
  const date = dateOfTicks(ticks);
  const rest = ticks - BigInt(date.getTime()) * TICKS_PER_MS;
  const text = date.toISOString();
  return rest === 0n ? text : text.replace('Z', `${String(rest).padStart(4, '0')}Z`);
}

/** `text`: a timestamp of RFC 3339 in the years 1 to 9999. What is finer than 100 ns is cut off. */
export function ticksOfText(text: string): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
  const digits = fraction.padEnd(7, '0');
  const whole = new Date(text.replace(/\.\d+/, ''));
  return BigInt(whole.getTime()) * TICKS_PER_MS + BigInt(digits.slice(0, 7));
}
