// SELECT, set operations and common table expressions.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import { foldName, sameName } from '../catalogue/names.ts';
import type { Expression, OrderItem } from '../tsql/ast/expression.ts';
import type { CommonTableExpression, Query, QueryBody, Select } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { at } from './bind-error.ts';
import { castTo } from './cast.ts';
import { commonTypeOf, keyOf, orderKeyOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { type CompiledQuery, columnName, renderNamed, toSourceColumn } from './compiled-query.ts';
import { type CompiledSelect, compileSelect } from './select.ts';
import { SourceScope } from './sources.ts';
import type { NamedItem, Typed } from './typed.ts';

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

/** Registers the table for what follows; gives its SQL. */
function compileTableExpression(
  { name, columns, query, ...position }: CommonTableExpression,
  parent: SourceScope | undefined,
  compilation: Compilation,
): string {
  const sqliteName = compilation.nextAlias('w');
  const register = (items: readonly NamedItem[]) => {
    if (columns && columns.length !== items.length) {
      throw at(
        new SqlError(
          items.length > columns.length ? 8159 : 8158,
          `'${name}' has ${items.length > columns.length ? 'fewer' : 'more'} columns than were specified in the column list.`,
        ),
        position,
      );
    }
    compilation.tables = new Map(compilation.tables).set(foldName(name), {
      sqliteName,
      columns: items.map((item, index) => toSourceColumn(item, columns?.[index], index, name)),
    });
  };
  const { body } = query;
  // A recursive one: its first part says what its columns are.
  if (body.kind === 'unionAll' && refersTo(body.right, name)) {
    const anchor = compileBody({ ...query, body: body.left, orderBy: [] }, parent, compilation);
    register(anchor.items);
    const recursive = compileBody({ ...query, body: body.right, orderBy: [] }, parent, compilation);
    const converted = recursive.items.map(
      (item, index) => castTo(item, anchor.items[index]?.type ?? item.type).sql,
    );
    return `${sqliteName}(${namesOf(compilation, name)}) AS (${renderPlain(anchor)} UNION ALL ${recursive.render(converted)})`;
  }
  const compiled = compileQuery(query, parent, compilation);
  register(compiled.items);
  return `${sqliteName}(${namesOf(compilation, name)}) AS (${renderPlain(compiled)})`;
}

const renderPlain = (query: CompiledQuery) => query.render(query.items.map(({ sql }) => sql));

function namesOf(compilation: Compilation, name: string): string {
  const table = compilation.tables.get(foldName(name));
  return (table?.columns ?? [])
    .map((column) => `"${column.name.replaceAll('"', '""')}"`)
    .join(', ');
}

function refersTo(body: QueryBody, name: string): boolean {
  return JSON.stringify(body, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
    .toLowerCase()
    .includes(`"name":${JSON.stringify(name.toLowerCase())}`);
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

/** OFFSET and FETCH as LIMIT. */
function limitOf(
  { offset, fetch }: Query,
  parent: SourceScope | undefined,
  compilation: Compilation,
): string {
  if (!offset) return '';
  const count = (node: Expression | undefined) =>
    node ? castTo(compileLimit(node, parent, compilation), { name: 'bigint' }).sql : '-1';
  return ` LIMIT ${count(fetch)} OFFSET ${count(offset)}`;
}

function compileLimit(
  node: Expression,
  parent: SourceScope | undefined,
  compilation: Compilation,
): Typed {
  return compilation.expression(node, new SourceScope(parent));
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
  const order = orderBy.map((item) => orderOf(item, select));
  const ordered = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
  return { items: select.items, render: (items) => `${select.render(items)}${ordered}${tail}` };
}

function topOf(select: CompiledSelect, { top }: Select, compilation: Compilation): string {
  if (!top) return '';
  const line = top.count.line;
  if (top.percent) throw unsupportedOption('TOP … PERCENT', line);
  if (top.withTies) throw unsupportedOption('TOP … WITH TIES', line);
  const count = compilation.expression(top.count, new SourceScope(select.scope.parent));
  return ` LIMIT max(0, ${castTo(count, { name: 'bigint' }).sql})`;
}

/** An alias, an item's number, or an expression over the sources. */
function orderOf(item: OrderItem, select: CompiledSelect): string {
  const direction = item.descending ? ' DESC' : '';
  const position = positionOf(item.expression, select.items);
  if (position !== undefined)
    return `${orderKeyOf(select.items[position] as NamedItem)}${direction}`;
  return `${orderKeyOf(select.compileOrder(item.expression))}${direction}`;
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
  const items = select.items.map((item, index) => ({
    ...item,
    sql: `${alias}.${columnName(index)}`,
  }));
  const order = orderBy.map(({ expression, descending }) => {
    const position =
      positionOf(expression, items) ?? sameSqlAs(select.compileOrder(expression), select.items);
    const item = items[position ?? -1];
    if (!item) {
      throw at(
        new SqlError(
          145,
          'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.',
          15,
        ),
        expression,
      );
    }
    return `${orderKeyOf(item)}${descending ? ' DESC' : ''}`;
  });
  const ordered = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
  return {
    items,
    render: (shown) =>
      `SELECT ${shown.join(', ')} FROM (${renderNamed(inner)}) AS ${alias} GROUP BY ${items.map(keyOf).join(', ')}${ordered}${tail}`,
  };
}

function sameSqlAs(typed: Typed, items: readonly Typed[]): number | undefined {
  const position = items.findIndex(({ sql }) => sql === typed.sql);
  return position < 0 ? undefined : position;
}

type SetOperation = Exclude<QueryBody, { kind: 'select' }>;

function compileSide(
  body: QueryBody,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledQuery {
  if (body.kind !== 'select') return compileSetOperation(body, parent, compilation);
  return finishSelect(compileSelect(body, parent, compilation), body, [], '', compilation);
}

function compileSetOperation(
  body: SetOperation,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledQuery {
  const [left, right] = [
    compileSide(body.left, parent, compilation),
    compileSide(body.right, parent, compilation),
  ];
  if (left.items.length !== right.items.length) {
    throw at(
      new SqlError(
        205,
        'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
      ),
      body,
    );
  }
  const types = left.items.map((item, index) => commonTypeOf([item, right.items[index] as Typed]));
  const side = (query: CompiledQuery) => {
    const shown = query.items.map(
      (item, index) => `${castTo(item, types[index] as SqlType).sql} AS ${columnName(index)}`,
    );
    // A side with LIMIT or ORDER BY must stand in a table of its own.
    return `SELECT * FROM (${query.render(shown)})`;
  };
  const alias = compilation.nextAlias('u');
  const items = left.items.map((item, index) => ({
    ...item,
    type: types[index] as SqlType,
    nullable: item.nullable || (right.items[index]?.nullable ?? true),
    sql: `${alias}.${columnName(index)}`,
  }));
  return {
    items,
    render: (shown) =>
      `SELECT ${shown.join(', ')} FROM ${combine(body.kind, side(left), side(right), alias, items, compilation)}`,
  };
}

function combine(
  kind: SetOperation['kind'],
  left: string,
  right: string,
  alias: string,
  items: readonly Typed[],
  compilation: Compilation,
): string {
  if (kind === 'unionAll') return `(${left} UNION ALL ${right}) AS ${alias}`;
  const keys = items.map(keyOf).join(', ');
  if (kind === 'union') return `(${left} UNION ALL ${right}) AS ${alias} GROUP BY ${keys}`;
  const other = compilation.nextAlias('u');
  const same = items
    .map(
      (item, index) =>
        `${keyOf(item)} IS ${keyOf({ ...item, sql: `${other}.${columnName(index)}` })}`,
    )
    .join(' AND ');
  const not = kind === 'except' ? 'NOT ' : '';
  return `(${left}) AS ${alias} WHERE ${not}EXISTS (SELECT 1 FROM (${right}) AS ${other} WHERE ${same}) GROUP BY ${keys}`;
}

function orderCombined(
  combined: CompiledQuery,
  orderBy: readonly OrderItem[],
  limit: string,
  compilation: Compilation,
): CompiledQuery {
  const alias = compilation.nextAlias('o');
  const items = combined.items.map((item, index) => ({
    ...item,
    sql: `${alias}.${columnName(index)}`,
  }));
  const order = orderBy.map(({ expression, descending }) => {
    const item = items[positionOf(expression, items) ?? -1];
    if (!item) {
      throw at(
        new SqlError(
          104,
          'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
          15,
        ),
        expression,
      );
    }
    return `${orderKeyOf(item)}${descending ? ' DESC' : ''}`;
  });
  const ordered = order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '';
  return {
    items,
    render: (shown) =>
      `SELECT ${shown.join(', ')} FROM (${renderNamed(combined)}) AS ${alias}${ordered}${limit}`,
  };
}
