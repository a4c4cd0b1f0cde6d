// ALTER TABLE … DROP COLUMN.
import type { AlterTable } from '../../tsql/ast/definition.ts';
import type { StoredColumn, StoredTable } from '../catalogue-state.ts';
import { columnInUse, columnNotInTable } from '../definition-errors.ts';
import { quoteIdentifier, sameName } from '../names.ts';
import { referencesTo } from './prepare-references.ts';
import type { TableDraft } from './table-draft.ts';

const verb = 'ALTER TABLE DROP COLUMN';

/** Throws SqlError 4924, 4922. */
export function dropColumns(
  { names, ifExists }: Extract<AlterTable['change'], { kind: 'dropColumn' }>,
  draft: TableDraft,
): void {
  const { context } = draft;
  for (const name of names) {
    const column = draft.table.columns.find((each) => sameName(each.name, name));
    if (!column && ifExists) continue;
    if (!column) throw columnNotInTable(verb, name, draft.table.name);
    const referenced = referencesTo(draft.table, context).flatMap(
      ({ foreignKey }) => foreignKey.referencedColumns,
    );
    if (isUsed(draft.table, column, referenced)) throw columnInUse(verb, column.name);
    const storage = quoteIdentifier(draft.table.storageName);
    context.database.exec(`ALTER TABLE ${storage} DROP COLUMN ${quoteIdentifier(column.name)}`);
    draft.table = {
      ...draft.table,
      columns: draft.table.columns.filter((each) => each !== column),
    };
    forgetPermissions(draft, column);
  }
}

/** Whether a constraint, a default or an index is on the column, or a check reads it. */
export function isUsed(
  table: StoredTable,
  column: StoredColumn,
  referenced: readonly string[],
): boolean {
  const named = [
    ...table.keys.flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...table.indexes.flatMap(({ columns, include }) => [
      ...columns.map(({ name }) => name),
      ...include,
    ]),
    ...table.foreignKeys.flatMap(({ columns }) => columns),
    ...referenced,
  ];
  const read = [...table.checks, ...table.indexes].map((each) =>
    'sql' in each ? each.sql : (each.whereSql ?? ''),
  );
  return (
    column.default !== undefined ||
    named.some((name) => sameName(name, column.name)) ||
    read.some((sql) => sql.includes(quoteIdentifier(column.name)))
  );
}

function forgetPermissions({ table, context }: TableDraft, { columnId }: StoredColumn): void {
  const { state } = context.catalogue;
  const permissions = new Map(state.permissions);
  for (const [key, { class: kind, majorId, minorId }] of permissions) {
    if (kind === 1 && majorId === table.objectId && minorId === columnId) permissions.delete(key);
  }
  if (permissions.size !== state.permissions.size) context.catalogue.change({ permissions });
}
