import { SqlError } from '../../tds/sql-error.ts';
import { sameName } from '../catalogue/names.ts';
import type { Position } from '../tsql/ast/position.ts';
import { at } from './bind-error.ts';
import type { SourceColumn } from './sources.ts';
import type { NamedItem } from './typed.ts';

/** A query whose items can still be converted, named and ordered. */
export interface CompiledQuery {
  readonly items: readonly NamedItem[];
  /** The whole, with the items as given: `expr AS c1`. */
  render(items: readonly string[]): string;
}

export const columnName = (index: number) => `c${index + 1}`;

/** The items as the columns of `renderNamed` in a table of this alias. */
export function itemsIn(alias: string, items: readonly NamedItem[]): readonly NamedItem[] {
  return items.map((item, index) => ({ ...item, sql: `${alias}.${columnName(index)}` }));
}

/** The whole, its columns named c1, c2 … */
export function renderNamed(query: CompiledQuery): string {
  return query.render(query.items.map(({ sql }, index) => `${sql} AS ${columnName(index)}`));
}

/**
 * The columns of a derived table or a common table expression; `given`: its column list. Throws SqlError 8155 for one
 * without a name, 8156 for a name twice, 8158 and 8159 for a list that is not as long.
 */
export function toSourceColumns(
  items: readonly NamedItem[],
  given: readonly string[] | undefined,
  table: string,
  position: Pick<Position, 'line'>,
): readonly SourceColumn[] {
  if (given && given.length !== items.length) {
    const [number, word] = items.length > given.length ? [8158, 'more'] : [8159, 'fewer'];
    const words = `'${table}' has ${word} columns than were specified in the column list.`;
    throw at(new SqlError(number, words), position);
  }
  const columns = items.map((item, index) => toSourceColumn(item, given?.[index], index, table));
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((each) => sameName(each.name, name)) !== index,
  );
  if (twice) {
    const words = `The column '${twice.name}' was specified multiple times for '${table}'.`;
    throw at(new SqlError(8156, words), position);
  }
  return columns;
}

function toSourceColumn(
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
  // Of a column: COLLATE was said inside.
  return {
    name,
    type,
    nullable,
    ...(collation && { collation: { ...collation, isExplicit: false } }),
  };
}
