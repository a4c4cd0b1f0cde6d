import { SqlError } from '../../tds/sql-error.ts';
import type { SourceColumn } from './sources.ts';
import type { NamedItem } from './typed.ts';

/** A query whose items can still be converted, named and ordered. */
export interface CompiledQuery {
  readonly items: readonly NamedItem[];
  /** The whole, with the items as given: `expr AS c1`. */
  render(items: readonly string[]): string;
}

export const columnName = (index: number) => `c${index + 1}`;

/** The whole, its columns named c1, c2 … */
export function renderNamed(query: CompiledQuery): string {
  return query.render(query.items.map(({ sql }, index) => `${sql} AS ${columnName(index)}`));
}

/** A column of a derived table; `given`: by its column list. Throws SqlError 8155 for one without a name. */
export function toSourceColumn(
  item: NamedItem,
  given: string | undefined,
  index: number,
  table: string,
): SourceColumn {
  const name = given ?? item.name;
  if (name === '') {
    throw new SqlError(
      8155,
      `No column name was specified for column ${index + 1} of '${table}'.`,
      16,
      2,
    );
  }
  const { type, nullable, collation } = item;
  return { name, type, nullable, ...(collation && { collation }) };
}
