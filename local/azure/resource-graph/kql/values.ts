// Values of a query: JSON as it is (`dynamic`), and two kinds that JSON has not. `null` is KQL's null of any type.

/** A length of time. */
export class Timespan {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

export type Value = unknown;

/** Of columns, in the words of the table format [R46]. Only `datetime` and `timespan` are never mixed with others. */
export type ValueType =
  | 'string'
  | 'object'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'datetime'
  | 'timespan';

export function isNull(value: Value): boolean {
  return value === null || value === undefined;
}

/** `tostring()`: null is the empty text. */
export function toText(value: Value): string {
  if (isNull(value)) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Timespan) return formatTimespan(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `todatetime()`: null for what is none. */
export function toDateTime(value: Value): Date | null {
  if (value instanceof Date) return value;
  if (typeof value !== 'string') return null;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value);
  const isDateOnly = /^\d{4}-\d\d-\d\d$/.test(value);
  const milliseconds = Date.parse(hasZone || isDateOnly ? value : `${value}Z`);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds);
}

/** `toint()`, `tolong()`, `todouble()`: null for what is none. */
export function toNumber(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** Below, above or beside each other; undefined where they can't be compared. */
export function compare(left: Value, right: Value): number | undefined {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return undefined;
}

function comparable(value: Value): number | string | undefined {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Timespan) return value.milliseconds;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

/** `==` between two values that are not null; texts with their case. */
export function isEqual(left: Value, right: Value): boolean {
  return compare(left, right) === 0 || (typeof left === 'object' && toText(left) === toText(right));
}

/** As it stands in an answer. */
export function toJson(value: Value): unknown {
  if (value === undefined) return null;
  return value instanceof Date || value instanceof Timespan ? toText(value) : value;
}

function formatTimespan({ milliseconds }: Timespan): string {
  const size = Math.abs(milliseconds);
  const days = Math.floor(size / 86_400_000);
  const clock = new Date(size % 86_400_000).toISOString().slice(11, 23).replace('.000', '');
  return `${milliseconds < 0 ? '-' : ''}${days > 0 ? `${days}.` : ''}${clock}`;
}
