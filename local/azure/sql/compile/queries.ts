// Queries: what is read, in which order, how much of it.
import { SqlError } from '../../tds/sql-error.ts';
import { sameName } from '../catalogue/names.ts';
import type { Expression, OrderItem } from '../tsql/ast/expression.ts';
import type { Query, Select } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { at } from './bind-error.ts';
import { keyOf, orderKeyOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { type CompiledQuery, itemsIn, renderNamed } from './compiled-query.ts';
import { countSql } from './row-count.ts';
import { type CompiledSelect, compileSelect } from './select.ts';
import { compileSetOperation } from './set-operations.ts';
import { SourceScope } from './sources.ts';
import { compileTableExpression } from './table-expressions.ts';
import type { NamedItem, Typed } from './typed.ts';
import { withTies } from './with-ties.ts';

/** Throws SqlError. */
export function compileQuery(
  query: Query,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledQuery {
  const outer = compilation.tables;
  try {
    const ctes = query.with.map((each) => compileTableExpression(each, parent, compilation));
    const body = compileBody(query, parent, compilation);
    if (ctes.length === 0) return body;
    const head = `WITH RECURSIVE ${ctes.join(', ')} `;
    return { items: body.items, render: (items) => head + body.render(items) };
  } finally {
    compilation.tables = outer;
  }
}

function compileBody(
  query: Query,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledQuery {
  const limit = limitOf(query, parent, compilation);
  if (query.body.kind === 'select') {
    const select = compileSelect(query.body, parent, compilation);
    return finishSelect(select, query.body, query.orderBy, limit, compilation);
  }
  const combined = compileSetOperation(query.body, parent, compilation);
  if (query.orderBy.length === 0 && limit === '') return combined;
  return orderCombined(combined, query.orderBy, limit, compilation);
}

/** OFFSET and FETCH as LIMIT; what they may be is asked when they run. */
function limitOf(
  { offset, fetch }: Query,
  parent: SourceScope | undefined,
  compilation: Compilation,
): string {
  if (!offset) return '';
  const count = (kind: 'FETCH' | 'OFFSET', node: Expression) =>
    countSql(kind, compilation.expression(node, new SourceScope(parent)));
  return ` LIMIT ${fetch ? count('FETCH', fetch) : '-1'} OFFSET ${count('OFFSET', offset)}`;
}

function finishSelect(
  select: CompiledSelect,
  body: Select,
  orderBy: readonly OrderItem[],
  limit: string,
  compilation: Compilation,
): CompiledQuery {
  const top = topOf(select, body, compilation);
  if (top !== '' && limit !== '') {
    throw new SqlError(
      10741,
      'A TOP can not be used in the same query or sub-query as a OFFSET.',
      15,
      2,
    );
  }
  const tail = top || limit;
  if (body.distinct) return distinct(select, orderBy, tail, compilation);
  const order = orderBy.flatMap((item) => orderOf(item, select));
  if (body.top?.withTies)
    return withTies(select, order, topCount(body.top, select, compilation), compilation);
  const ordered = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
  return { items: select.items, render: (items) => `${select.render(items)}${ordered}${tail}` };
}

function topOf(select: CompiledSelect, body: Select, compilation: Compilation): string {
  const { top } = body;
  if (!top) return '';
  const { line } = top.count;
  if (top.percent) throw unsupportedOption('TOP … PERCENT', line);
  if (top.withTies && body.distinct) throw unsupportedOption('DISTINCT with TOP … WITH TIES', line);
  return ` LIMIT ${topCount(top, select, compilation)}`;
}

function topCount(
  { count }: NonNullable<Select['top']>,
  { scope }: CompiledSelect,
  compilation: Compilation,
): string {
  return countSql('TOP', compilation.expression(count, new SourceScope(scope.parent)));
}

/** An alias, an item's number, or an expression over the sources. */
function orderOf(item: OrderItem, select: CompiledSelect): readonly string[] {
  const position = positionOf(item.expression, select.items);
  const value =
    position === undefined
      ? select.compileOrder(item.expression)
      : (select.items[position] as NamedItem);
  // SQLite would take a number for a column's place; a constant orders nothing.
  if (value.literal !== undefined) return [];
  return [`${orderKeyOf(value)}${item.descending ? ' DESC' : ''}`];
}

function positionOf(node: Expression, items: readonly NamedItem[]): number | undefined {
  if (node.kind === 'number') {
    const position = Number(node.digits);
    if (!Number.isInteger(position) || position < 1 || position > items.length) {
      throw at(
        new SqlError(
          108,
          `The ORDER BY position number ${node.digits} is out of range of the number of items in the select list.`,
          15,
        ),
        node,
      );
    }
    return position - 1;
  }
  if (node.kind !== 'column' || node.table !== undefined) return undefined;
  const position = items.findIndex(({ name }) => sameName(name, node.name));
  return position < 0 ? undefined : position;
}

/** DISTINCT by comparison keys, not by bytes. */
function distinct(
  select: CompiledSelect,
  orderBy: readonly OrderItem[],
  tail: string,
  compilation: Compilation,
): CompiledQuery {
  const alias = compilation.nextAlias('d');
  const inner: CompiledQuery = { items: select.items, render: (items) => select.render(items) };
  const items = itemsIn(alias, select.items);
  const ordered = orderByItems(orderBy, items, {
    find: (node) => positionOf(node, items) ?? sameSqlAs(select.compileOrder(node), select.items),
    number: 145,
    clause: 'SELECT DISTINCT is specified',
  });
  return {
    items,
    render: (shown) =>
      `SELECT ${shown.join(', ')} FROM (${renderNamed(inner)}) AS ${alias} GROUP BY ${items.map(keyOf).join(', ')}${ordered}${tail}`,
  };
}

/** ` ORDER BY …` where only items may stand. Throws SqlError of this number. */
function orderByItems(
  orderBy: readonly OrderItem[],
  items: readonly NamedItem[],
  rule: {
    readonly find: (node: Expression) => number | undefined;
    readonly number: number;
    readonly clause: string;
  },
): string {
  const order = orderBy.map(({ expression, descending }) => {
    const item = items[rule.find(expression) ?? -1];
    if (!item) {
      const words = `ORDER BY items must appear in the select list if ${rule.clause}.`;
      throw at(new SqlError(rule.number, words, 15), expression);
    }
    return `${orderKeyOf(item)}${descending ? ' DESC' : ''}`;
  });
  return order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
}

function sameSqlAs(typed: Typed, items: readonly Typed[]): number | undefined {
  const position = items.findIndex(({ sql }) => sql === typed.sql);
  return position < 0 ? undefined : position;
}

function orderCombined(
  combined: CompiledQuery,
  orderBy: readonly OrderItem[],
  limit: string,
  compilation: Compilation,
): CompiledQuery {
  const alias = compilation.nextAlias('o');
  const items = itemsIn(alias, combined.items);
  const ordered = orderByItems(orderBy, items, {
    find: (node) => positionOf(node, items),
    number: 104,
    clause: 'the statement contains a UNION, INTERSECT or EXCEPT operator',
  });
  return {
    items,
    render: (shown) =>
      `SELECT ${shown.join(', ')} FROM (${renderNamed(combined)}) AS ${alias}${ordered}${limit}`,
  };
}
