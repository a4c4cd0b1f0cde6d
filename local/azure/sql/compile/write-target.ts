// The table that a statement writes.
import { SqlError } from '../../tds/sql-error.ts';
import type { Table } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { OutputClause } from '../tsql/ast/data-statement.ts';
import type { ObjectName } from '../tsql/ast/position.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import type { Compilation } from './compilation.ts';
import { columnName } from './compiled-query.ts';
import { columnsOf, findSource } from './from.ts';
import { compileItem } from './select.ts';
import { type Source, SourceScope } from './sources.ts';
import { type NamedItem, toColumn } from './typed.ts';

/** Throws SqlError 208, 259 for a system view, 40517 for a view. */
export function findTarget(name: ObjectName, compilation: Compilation): Table {
  const object = findSource(name, compilation);
  if (object.kind === 'table') return object;
  if (object.kind === 'view')
    throw unsupportedOption('a view as the target of a change', name.line);
  throw new SqlError(259, 'Ad hoc updates to system catalogs are not allowed.');
}

export const storageOf = (table: Table): string => quoteIdentifier(table.storageName);

/** SQLite's number of a row, by a name that no column has. */
export function rowIdOf({ columns }: Table): string {
  const names = ['rowid', '_rowid_', 'oid'];
  const free = names.find((name) => !columns.some((column) => sameName(column.name, name)));
  return free ?? 'rowid';
}

export function sourceOf(table: Table, alias: string, exposedName = table.name): Source {
  return { exposedName, schema: table.schema, alias, columns: columnsOf(table) };
}

/** OUTPUT as RETURNING. `rows`: which of the two names means the row that SQLite returns. */
export function compileOutput(
  output: OutputClause | undefined,
  table: Table,
  rows: 'inserted' | 'deleted',
  compilation: Compilation,
): { readonly sql: string; readonly columns?: readonly ReturnType<typeof toColumn>[] } {
  if (!output) return { sql: '' };
  const scope = new SourceScope();
  scope.sources.push({ exposedName: rows, alias: '', columns: columnsOf(table) });
  const items: readonly NamedItem[] = output.items.flatMap((item) =>
    compileItem(item, scope, compilation),
  );
  const list = items.map(({ sql }, index) => `${sql} AS ${columnName(index)}`);
  return { sql: ` RETURNING ${list.join(', ')}`, columns: items.map(toColumn) };
}

/** Whether OUTPUT names more than the rows that RETURNING gives: `other.x`, `source.x`. */
export function mentionsOthers(output: OutputClause, rows: 'inserted' | 'deleted'): boolean {
  const tables = JSON.stringify(output)
    .toLowerCase()
    .matchAll(/"table":"((?:[^"\\]|\\.)*)"/g);
  return [...tables].some(([, table]) => table !== rows);
}
