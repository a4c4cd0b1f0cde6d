// How many rows TOP, OFFSET and FETCH mean.
import { castTo } from './cast.ts';
import { textSql } from './literals.ts';
import type { Typed } from './typed.ts';

/** What a number may be is asked when it is known: SqlError 127, 1060, 10742, 10744. Throws SqlError 206. */
export function countSql(kind: 'TOP' | 'FETCH' | 'OFFSET', count: Typed): string {
  return `t_row_count(${textSql(kind)}, ${castTo(count, { name: 'bigint' }).sql})`;
}
