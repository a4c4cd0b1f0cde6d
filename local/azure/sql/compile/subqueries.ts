// Queries inside of expressions and conditions.
import { SqlError } from '../../tds/sql-error.ts';
import type { Query } from '../tsql/ast/query.ts';
import type { Compilation } from './compilation.ts';
import { renderNamed } from './compiled-query.ts';
import type { SourceScope } from './sources.ts';
import type { NamedItem, Typed } from './typed.ts';

/** A query of one column, whose item the caller shapes. Throws SqlError 116. */
export function compileColumnQuery(
  query: Query,
  scope: SourceScope,
  compilation: Compilation,
): { readonly item: NamedItem; render(item: string): string } {
  const compiled = compilation.query(query, scope);
  const [item, second] = compiled.items;
  if (!item || second) {
    throw new SqlError(
      116,
      'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    );
  }
  return { item, render: (sql) => compiled.render([sql]) };
}

/** A query in the place of a value: more than one row is error 512. */
export function compileScalarQuery(
  query: Query,
  scope: SourceScope,
  compilation: Compilation,
): Typed {
  const column = compileColumnQuery(query, scope, compilation);
  const { column: _column, ...item } = column.item;
  const alias = compilation.nextAlias('v');
  const isOne = isAtMostOne(query);
  const rows = column.render(`${item.sql} AS c1`);
  const sql = isOne
    ? `(${rows})`
    : `(SELECT CASE WHEN count(*) > 1 THEN t_too_many() ELSE max(${alias}.c1) END FROM (SELECT * FROM (${rows}) LIMIT 2) AS ${alias})`;
  return { ...item, sql, nullable: true };
}

/** An aggregate without GROUP BY, TOP 1, or no FROM. */
function isAtMostOne({ body }: Query): boolean {
  if (body.kind !== 'select' || body.groupBy.length > 0) return false;
  if (body.from.length === 0) return true;
  if (body.top?.count.kind === 'number' && body.top.count.digits === '1') return true;
  const [item] = body.items;
  return (
    item?.kind === 'item' &&
    item.expression.kind === 'call' &&
    /^(COUNT|COUNT_BIG|SUM|AVG|MIN|MAX|STRING_AGG)$/.test(item.expression.name) &&
    item.expression.over === undefined
  );
}

export function compileExists(query: Query, scope: SourceScope, compilation: Compilation): string {
  const compiled = compilation.query(query, scope);
  return `EXISTS (${renderNamed(compiled)})`;
}
