import type { Compilation } from './compilation.ts';
import { type CompiledQuery, columnName, itemsIn } from './compiled-query.ts';

/** TOP … WITH TIES: all rows whose rank by ORDER BY is no more than the number. `order`: in SQLite's words. */
export function withTies(
  query: CompiledQuery,
  order: readonly string[],
  count: string,
  compilation: Compilation,
): CompiledQuery {
  const alias = compilation.nextAlias('t');
  const ranked = query.render([
    ...query.items.map(({ sql }, index) => `${sql} AS ${columnName(index)}`),
    `rank() OVER (${order.length > 0 ? `ORDER BY ${order.join(', ')}` : ''}) AS place`,
  ]);
  return {
    items: itemsIn(alias, query.items),
    render: (items) =>
      `SELECT ${items.join(', ')} FROM (${ranked}) AS ${alias} WHERE ${alias}.place <= ${count} ORDER BY ${alias}.place`,
  };
}
