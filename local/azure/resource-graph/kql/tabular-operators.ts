// The operators behind a bar.
// Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language#supported-tabulartop-level-operators
import type { Column, Expression, Row } from './expression.ts';
import { nameAll, parseNamedExpressions } from './named-expression.ts';
import { type ExpressionScope, parseExpression } from './parse-expression.ts';
import type { Step, TabularOperator } from './step.ts';
import type { TokenReader } from './token-reader.ts';
import { compare, isNull, toText, type Value } from './values.ts';

export const parseWhere: TabularOperator = (tokens, scope) => {
  const condition = parseExpression(tokens, scope);
  return {
    columns: scope.columns,
    apply: (rows) => rows.filter((row) => condition.evaluate(row) === true),
  };
};

export const parseProject: TabularOperator = (tokens, scope) => {
  const columns = nameAll(parseNamedExpressions(tokens, scope));
  return { columns: columns.map(toColumn), apply: (rows) => rows.map((row) => pick(row, columns)) };
};

export const parseProjectAway: TabularOperator = (tokens, { columns }) => {
  const names = new Set(takeNames(tokens, columns));
  const kept = columns.filter(({ name }) => !names.has(name));
  return { columns: kept, apply: (rows) => rows.map((row) => keep(row, kept)) };
};

export const parseExtend: TabularOperator = (tokens, scope) => {
  const added = nameAll(parseNamedExpressions(tokens, scope));
  const names = new Set(added.map(({ name }) => name));
  return {
    columns: [...scope.columns.filter(({ name }) => !names.has(name)), ...added.map(toColumn)],
    apply: (rows) => rows.map((row) => ({ ...row, ...pick(row, added) })),
  };
};

export const parseLimit: TabularOperator = (tokens, { columns }) => {
  const count = takeCount(tokens);
  return { columns, apply: (rows) => rows.slice(0, count) };
};

export const parseSort: TabularOperator = (tokens, scope) => {
  tokens.expect('by');
  return sortStep(tokens, scope, Number.POSITIVE_INFINITY);
};

export const parseTop: TabularOperator = (tokens, scope) => {
  const count = takeCount(tokens);
  tokens.expect('by');
  return sortStep(tokens, scope, count);
};

export const parseCount: TabularOperator = () => ({
  columns: [{ name: 'Count', type: 'integer' }],
  apply: (rows) => [{ Count: rows.length }],
});

export const parseDistinct: TabularOperator = (tokens, scope) => {
  const columns = nameAll(parseNamedExpressions(tokens, scope));
  return {
    columns: columns.map(toColumn),
    apply(rows) {
      const seen = new Map(
        rows.map((row) => {
          const picked = pick(row, columns);
          return [keyOf(Object.values(picked)), picked];
        }),
      );
      return [...seen.values()];
    },
  };
};

/** The same for rows that `distinct` and `summarize` put together. */
export function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => [typeof value, toText(value)]));
}

interface SortKey {
  readonly by: Expression;
  readonly sign: 1 | -1;
}

/**
 * Descending unless `asc` is said; null counts as less than anything. Equal rows keep their order.
 * Source: https://learn.microsoft.com/kusto/query/sort-operator
 */
function sortStep(tokens: TokenReader, scope: ExpressionScope, count: number): Step {
  const keys = [takeSortKey(tokens, scope)];
  while (tokens.take(',')) keys.push(takeSortKey(tokens, scope));
  return {
    columns: scope.columns,
    apply(rows) {
      const sorted = rows.map((row) => ({ row, values: keys.map(({ by }) => by.evaluate(row)) }));
      sorted.sort((a, b) => compareKeys(a.values, b.values, keys));
      return sorted.slice(0, count).map(({ row }) => row);
    },
  };
}

function takeSortKey(tokens: TokenReader, scope: ExpressionScope): SortKey {
  const by = parseExpression(tokens, scope);
  if (tokens.take('asc')) return { by, sign: 1 };
  tokens.take('desc');
  return { by, sign: -1 };
}

function compareKeys(a: readonly Value[], b: readonly Value[], keys: readonly SortKey[]): number {
  for (const [index, { sign }] of keys.entries()) {
    const difference = compareNullable(a[index], b[index]);
    if (difference !== 0) return difference * sign;
  }
  return 0;
}

function compareNullable(a: Value, b: Value): number {
  if (isNull(a) || isNull(b)) return Number(isNull(b)) - Number(isNull(a));
  return compare(a, b) ?? compare(toText(a), toText(b)) ?? 0;
}

function takeCount(tokens: TokenReader): number {
  const { kind, text } = tokens.next;
  if (kind !== 'number' || !Number.isInteger(Number(text))) throw tokens.refusal();
  tokens.advance();
  return Number(text);
}

function takeNames(tokens: TokenReader, columns: readonly Column[]): readonly string[] {
  const names: string[] = [];
  do {
    const { text } = tokens.next;
    if (!columns.some(({ name }) => name === text)) throw tokens.refusal();
    names.push(tokens.takeName());
  } while (tokens.take(','));
  return names;
}

function toColumn({ name, type }: Column): Column {
  return { name, type };
}

export function pick(
  row: Row,
  columns: readonly (Column & { readonly expression: Expression })[],
): Row {
  return Object.fromEntries(
    columns.map(({ name, expression }) => [name, expression.evaluate(row)]),
  );
}

function keep(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name]]));
}
