// Changes that no one statement of SQLite makes: what is to happen to which row is listed first, in a temporary table,
// as all of it must see the rows as they were; then it is done, and OUTPUT reads the list and the new rows.
import type { Table } from '../catalogue/catalogue.ts';
import { quoteIdentifier } from '../catalogue/names.ts';
import type { OutputClause } from '../tsql/ast/data-statement.ts';
import type { Compilation } from './compilation.ts';
import { columnName } from './compiled-query.ts';
import { compileItem } from './select.ts';
import { type Source, SourceScope } from './sources.ts';
import { type NamedItem, toColumn } from './typed.ts';
import { rowIdOf, sourceOf, storageOf } from './write-target.ts';

/** A list of changes: `n` in order, `action`, `row` of the table to write, then `c1` … */
export interface ChangeList {
  readonly name: string;
  readonly create: string;
  /** ` (action, row, c1 …)` */
  readonly columns: string;
}

export function changeList(width: number): ChangeList {
  const name = `temp."changes ${width}"`;
  const list = ['action', 'row', ...Array.from({ length: width }, (_, index) => columnName(index))];
  return {
    name,
    create: `CREATE TEMP TABLE IF NOT EXISTS "changes ${width}" (n INTEGER PRIMARY KEY, ${list.join(', ')})`,
    columns: ` (${list.join(', ')})`,
  };
}

/** The columns that an UPDATE sets, from the list `r`: the first of it from its `c1`. */
export const setSql = (columns: readonly string[]) =>
  columns.map((name, index) => `${quoteIdentifier(name)} = r.${columnName(index)}`).join(', ');

export interface ListedOutput {
  /** What the list must hold for it, from `c{first + 1}` on. */
  readonly kept: readonly string[];
  readonly columns: readonly ReturnType<typeof toColumn>[];
  /** The query that gives its rows. */
  sql(list: ChangeList): string;
}

/**
 * OUTPUT over a list of changes: `inserted`, `deleted`, `$action`, and the columns of other sources of the statement.
 * `first`: how many columns of the list are taken. Throws SqlError.
 */
export function compileListedOutput(
  output: OutputClause,
  place: {
    readonly table: Table;
    /** The rows to write, where the list is made. */
    readonly target: Source;
    readonly others: readonly Source[];
    readonly first: number;
    /** Names of the actions, by number; absent where there is no `$action`. */
    readonly actions?: readonly string[];
    readonly isDelete?: boolean;
  },
  compilation: Compilation,
): ListedOutput {
  const { table, target, others, first, actions, isDelete } = place;
  const inserted = {
    ...unqualified(sourceOf(table, compilation.nextAlias('n'))),
    exposedName: 'inserted',
  };
  const deleted = {
    ...unqualified(target),
    exposedName: 'deleted',
    alias: compilation.nextAlias('o'),
  };
  if (actions?.includes('DELETE')) inserted.isNullable = true;
  if (actions?.includes('INSERT')) deleted.isNullable = true;
  const scope = new SourceScope();
  scope.sources.push(...(isDelete ? [] : [inserted]), deleted, ...others);
  if (actions) scope.sources.push(actionSource);
  const items: readonly NamedItem[] = output.items.flatMap((item) =>
    compileItem(item, scope, compilation),
  );
  const list = items.map(({ sql }, index) => `${sql} AS ${columnName(index)}`).join(', ');
  const kept: string[] = [];
  const joins = [deleted, ...others].map((source) => {
    const from = source === deleted ? target.alias : source.alias;
    const columns = source.columns
      .map(({ name }) => quoteIdentifier(name))
      .filter((name) => list.includes(`${source.alias}.${name}`))
      .map((name) => `${columnName(first + kept.push(`${from}.${name}`) - 1)} AS ${name}`);
    return { alias: source.alias, columns };
  });
  return {
    kept,
    columns: items.map(toColumn),
    sql: ({ name }) => {
      const action = (actions ?? []).map((each, index) => ` WHEN ${index} THEN '${each}'`).join('');
      const shown = action === '' ? '' : `, CASE action${action} END AS "$action"`;
      const old = joins
        .filter(({ columns }) => columns.length > 0)
        .map(
          ({ alias, columns }) =>
            ` JOIN (SELECT n AS "place in list", ${columns.join(', ')} FROM ${name}) AS ${alias} ON ${alias}."place in list" = r.n`,
        );
      const fresh = list.includes(`${inserted.alias}.`)
        ? ` LEFT JOIN ${storageOf(table)} AS ${inserted.alias} ON ${inserted.alias}.${rowIdOf(table)} = r.row`
        : '';
      return `SELECT ${list} FROM (SELECT n, row${shown} FROM ${name}) AS r${old.join('')}${fresh} ORDER BY r.n`;
    },
  };
}

/** `$action` [https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql]: nvarchar(10). */
const actionSource: Source = {
  exposedName: '',
  alias: 'r',
  columns: [{ name: '$action', type: { name: 'nvarchar', length: 10 }, nullable: false }],
};

function unqualified({ alias, columns, exposedName }: Source): {
  exposedName: string;
  alias: string;
  columns: Source['columns'];
  isNullable?: boolean;
} {
  return { exposedName, alias, columns };
}
