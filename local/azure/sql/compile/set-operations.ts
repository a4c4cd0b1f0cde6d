// UNION, EXCEPT, INTERSECT: rows are the same by comparison keys, not by bytes.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { Query, QueryBody } from '../tsql/ast/query.ts';
import { isText } from '../values/type-rules.ts';
import { at } from './bind-error.ts';
import { castTo } from './cast.ts';
import { commonCollation, commonTypeOf, keyOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { type CompiledQuery, columnName } from './compiled-query.ts';
import type { SourceScope } from './sources.ts';
import type { NamedItem, Typed } from './typed.ts';

export type SetOperation = Exclude<QueryBody, { kind: 'select' }>;

/** Throws SqlError 205. */
export function compileSetOperation(
  body: SetOperation,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledQuery {
  const part = (side: QueryBody) => compilation.query(queryOf(side), parent);
  const [left, right] = [part(body.left), part(body.right)];
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
  // A side with LIMIT must stand in a table of its own.
  const side = (query: CompiledQuery, mark: string) =>
    `SELECT * FROM (${query.render([
      ...query.items.map(
        (item, index) => `${castTo(item, types[index] as SqlType).sql} AS ${columnName(index)}`,
      ),
      ...(mark === '' ? [] : [`${mark} AS side`]),
    ])})`;
  const alias = compilation.nextAlias('u');
  const items = left.items.map((item, index) =>
    combinedItem(
      item,
      right.items[index] as Typed,
      types[index] as SqlType,
      `${alias}.${columnName(index)}`,
    ),
  );
  const isMarked = body.kind === 'except' || body.kind === 'intersect';
  const rows = `(${side(left, isMarked ? '1' : '')} UNION ALL ${side(right, isMarked ? '2' : '')}) AS ${alias}`;
  const grouped = groupingOf(body.kind, alias, items);
  return { items, render: (shown) => `SELECT ${shown.join(', ')} FROM ${rows}${grouped}` };
}

function queryOf(body: QueryBody): Query {
  const { line, start } = body;
  return { with: [], body, orderBy: [], line, start };
}

function combinedItem(left: NamedItem, right: Typed, type: SqlType, sql: string): NamedItem {
  const { literal: _literal, isUntyped: _isUntyped, collation: _collation, ...rest } = left;
  const collation = isText(type) ? commonCollation([left, right]) : undefined;
  return {
    ...rest,
    sql,
    type,
    nullable: left.nullable || right.nullable,
    ...(collation && { collation }),
  };
}

function groupingOf(kind: SetOperation['kind'], alias: string, items: readonly Typed[]): string {
  if (kind === 'unionAll') return '';
  const keys = ` GROUP BY ${items.map(keyOf).join(', ')}`;
  switch (kind) {
    case 'union':
      return keys;
    case 'except':
      return `${keys} HAVING max(${alias}.side) = 1`;
    default:
      // With the one min() SQLite takes the other columns from its row: the left side's.
      return `${keys} HAVING min(${alias}.side) = 1 AND count(DISTINCT ${alias}.side) = 2`;
  }
}
