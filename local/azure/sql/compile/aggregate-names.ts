// Which functions run over many rows.
import type { Expression } from '../tsql/ast/expression.ts';

type Call = Extract<Expression, { kind: 'call' }>;

const grouping: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STRING_AGG',
]);
export const windowOnly: ReadonlySet<string> = new Set([
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'NTILE',
  'LAG',
  'LEAD',
  'FIRST_VALUE',
  'LAST_VALUE',
]);
/** Of SQL Server's that the stand-in lacks. */
export const refusedAggregates: ReadonlySet<string> = new Set([
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
  'CHECKSUM_AGG',
  'GROUPING',
  'GROUPING_ID',
  'APPROX_COUNT_DISTINCT',
  'PERCENT_RANK',
  'CUME_DIST',
  'PERCENTILE_CONT',
  'PERCENTILE_DISC',
]);

export function isAggregate({ name }: Call): boolean {
  return grouping.has(name) || windowOnly.has(name) || refusedAggregates.has(name);
}

/** Whether an expression holds an aggregate of this query, as the tree shows: subqueries have their own. */
export function aggregates(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(aggregates);
  if (typeof node !== 'object' || node === null || 'body' in node) return false;
  const call = node as Extract<Expression, { kind: 'call' }>;
  if (call.kind === 'call' && call.over === undefined && isAggregate(call)) return true;
  return Object.values(node).some(aggregates);
}
