import { Cron } from 'croner';

const FULL_MONTHS =
  'january february march april may june july august september october november december';
const FULL_DAYS = 'sunday monday tuesday wednesday thursday friday saturday';

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: { readonly full: readonly string[]; readonly first: number };
}

/** Seconds, minutes, hours, days, months, days of the week: 7 is no day in NCrontab. */
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: { full: FULL_MONTHS.split(' '), first: 1 } },
  { min: 0, max: 6, names: { full: FULL_DAYS.split(' '), first: 0 } },
];

/**
 * Reads an NCRONTAB expression of six fields, or of five (then at second 0), in local time.
 * Returns the next occurrence after a time, both in milliseconds; undefined if it is no such expression.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function parseNcrontab(expression: string): ((afterMs: number) => number) | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length === 5) parts.unshift('0');
  if (parts.length !== 6) return undefined;
  // croner knows more than NCrontab (L, W, #, ?, 7, @daily), so each field is read here first.
  const fields = parts.map((part, index) => parseField(part, FIELDS[index] as Field));
  if (fields.some((field) => field === undefined)) return undefined;
  const cron = createCron(fields.join(' '));
  if (!cron) return undefined;
  const never = Number.POSITIVE_INFINITY; // the 31st of February
  return (afterMs) =>
    afterMs === never ? never : (cron.nextRun(new Date(afterMs))?.getTime() ?? never);
}

function createCron(pattern: string): Cron | undefined {
  try {
    return new Cron(pattern, {
      mode: '6-part',
      domAndDow: true,
      sloppyRanges: true,
      paused: true,
    });
  } catch {
    return undefined;
  }
}

function parseField(text: string, field: Field): string | undefined {
  const items = text.split(',').map((item) => parseItem(item, field));
  return items.some((item) => item === undefined) ? undefined : items.join(',');
}

/** `*`, a value or a range, each with an optional step; names become numbers. */
function parseItem(text: string, field: Field): string | undefined {
  const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(text);
  if (!match) return undefined;
  const [, star, from, to, step] = match;
  if (step !== undefined && Number(step) < 1) return undefined;
  const values = [from, to].filter((value) => value !== undefined).map((v) => parseValue(v, field));
  if (values.some((value) => value === undefined)) return undefined;
  const range = star ?? values.join('-');
  if (step === undefined) return range;
  // A step beyond the field leaves its first value: `*/90` minutes is minute 0 of every hour.
  if (Number(step) > field.max - field.min) return String(values[0] ?? field.min);
  return `${range}/${step}`;
}

function parseValue(text: string, { min, max, names }: Field): number | undefined {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  }
  const index = names?.full.findIndex((name) => name.startsWith(text.toLowerCase())) ?? -1;
  return names && text.length >= 3 && index >= 0 ? index + names.first : undefined;
}
