// Which conversions are there at all, and which happen by themselves.
// Source: the chart of https://learn.microsoft.com/sql/t-sql/data-types/data-type-conversion-database-engine
import type { SqlType } from '../../tds/sql-type.ts';
import { notAllowed, notImplicit, typeClash } from './conversion-errors.ts';
import { kindOf } from './type-rules.ts';

const isOldTime = ({ name }: SqlType) => name === 'datetime' || name === 'smalldatetime';

/** Throws SqlError 529, 257 or 206. */
export function requireConversion(from: SqlType, to: SqlType, isExplicit: boolean): void {
  const [source, target] = [kindOf(from), kindOf(to)];
  if (source === target) {
    if (source !== 'time') return;
    const clash =
      (from.name === 'time' && to.name === 'date') || (from.name === 'date' && to.name === 'time');
    if (clash) throw isExplicit ? notAllowed(from, to) : typeClash(from, to);
    return;
  }
  const rule = ruleOf(from, to);
  if (rule === 'never') throw isExplicit ? notAllowed(from, to) : typeClash(from, to);
  if (rule === 'explicit' && !isExplicit) throw notImplicit(from, to);
}

function ruleOf(from: SqlType, to: SqlType): 'implicit' | 'explicit' | 'never' {
  const [source, target] = [kindOf(from), kindOf(to)];
  if (source === 'text') return target === 'binary' ? 'explicit' : 'implicit';
  if (target === 'text') return source === 'binary' ? 'implicit' : 'implicit';
  const isNumeric = (kind: string) => kind === 'integer' || kind === 'decimal' || kind === 'float';
  if (isNumeric(source) && isNumeric(target)) return 'implicit';
  if (source === 'binary') {
    if (target === 'float' || target === 'time') return isOldTime(to) ? 'implicit' : 'never';
    return 'implicit';
  }
  if (target === 'binary') {
    if (source === 'float') return 'explicit';
    return source === 'time' ? 'explicit' : 'implicit';
  }
  // Numbers count days since 1900 for the two old types only.
  if (target === 'time') return isOldTime(to) && isNumeric(source) ? 'implicit' : 'never';
  if (source === 'time') return isOldTime(from) && isNumeric(target) ? 'explicit' : 'never';
  return 'never';
}
