import { disallowedTable, unsupportedLanguage } from '../query-error.ts';
import type { Column, Row } from './expression.ts';
import { entryOf, unsupportedOperators } from './language.ts';
import type { Step, TabularOperator } from './step.ts';
import { parseSummarize } from './summarize.ts';
import {
  parseCount,
  parseDistinct,
  parseExtend,
  parseLimit,
  parseProject,
  parseProjectAway,
  parseSort,
  parseTop,
  parseWhere,
} from './tabular-operators.ts';
import { TokenReader } from './token-reader.ts';

/** By name, which is compared without regard to case. */
const tabularOperators: Readonly<Record<string, TabularOperator>> = {
  where: parseWhere,
  project: parseProject,
  'project-away': parseProjectAway,
  extend: parseExtend,
  order: parseSort,
  sort: parseSort,
  limit: parseLimit,
  take: parseLimit,
  top: parseTop,
  count: parseCount,
  summarize: parseSummarize,
  distinct: parseDistinct,
};

/** A query, bound to its table and checked as a whole. */
export interface QueryPlan {
  readonly table: string;
  /** Of the result. */
  readonly columns: readonly Column[];
  /**
   * Azure: with `limit` or `take`, `$skip` is ignored.
   * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#skipping-records
   */
  readonly isLimited: boolean;
  run(rows: readonly Row[]): readonly Row[];
}

/**
 * Reads a query: a table (`resources` if none is named) and the operators behind its bars.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
 * `tables`: the columns of each, by lower-case name. Throws GraphError.
 */
export function parseQuery(
  query: string,
  tables: Readonly<Record<string, readonly Column[]>>,
  nowMs: number,
): QueryPlan {
  const tokens = new TokenReader(query);
  const table = takeTable(tokens, tables);
  let columns = tables[table] ?? [];
  const steps: Step[] = [];
  let isLimited = false;
  const beginsWithOperator = isOperator(tokens);
  while (!tokens.isAtEnd && !(tokens.take(';') && tokens.isAtEnd)) {
    if (!beginsWithOperator || steps.length > 0) tokens.expect('|');
    const { operator, name } = takeOperator(tokens);
    const step = operator(tokens, { columns, nowMs });
    isLimited ||= name === 'limit' || name === 'take';
    columns = step.columns;
    steps.push(step);
  }
  return {
    table,
    columns,
    isLimited,
    run: (rows) => steps.reduce((kept, step) => step.apply(kept), rows),
  };
}

function isOperator(tokens: TokenReader): boolean {
  return entryOf(tabularOperators, tokens.next.text.toLowerCase()) !== undefined;
}

function takeTable(tokens: TokenReader, tables: Readonly<Record<string, unknown>>): string {
  if (isOperator(tokens)) return 'resources';
  const { text } = tokens.next;
  if (unsupportedOperators.has(text.toLowerCase())) throw unsupportedLanguage(text);
  const name = tokens.takeName();
  if (!Object.hasOwn(tables, name.toLowerCase())) throw disallowedTable(name);
  return name.toLowerCase();
}

function takeOperator(tokens: TokenReader): { operator: TabularOperator; name: string } {
  const { text, kind } = tokens.next;
  const name = text.toLowerCase();
  if (kind === 'name' && unsupportedOperators.has(name)) throw unsupportedLanguage(text);
  const operator = entryOf(tabularOperators, name);
  if (!operator || kind !== 'name') throw tokens.refusal();
  tokens.advance();
  return { operator, name };
}
