import type { SqlValue } from '../sql-type.ts';

/** Throws TypeError: the backend holds a value otherwise than its type says. */
export function asText(value: SqlValue): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`text was expected, not ${typeof value}`);
}
