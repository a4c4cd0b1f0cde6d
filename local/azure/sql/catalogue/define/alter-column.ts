// ALTER TABLE … ALTER COLUMN: another type, or other nullability, with the rows converted.
import type { AlterTable } from '../../tsql/ast/definition.ts';
import type { StoredColumn } from '../catalogue-state.ts';
import { columnInUse, columnNotInTable } from '../definition-errors.ts';
import { quoteIdentifier, sameName } from '../names.ts';
import { nullRefused } from '../violation-errors.ts';
import { isUsed } from './drop-column.ts';
import { referencesTo } from './prepare-references.ts';
import { rewriteTable } from './rewrite-table.ts';
import type { TableDraft } from './table-draft.ts';

const verb = 'ALTER TABLE ALTER COLUMN';

/** Throws SqlError 4924, 4922, 515 and those of conversion. */
export function alterColumn(
  { name, type, nullable }: Extract<AlterTable['change'], { kind: 'alterColumn' }>,
  draft: TableDraft,
): void {
  const { context, table } = draft;
  const { database, catalogue, rules } = context;
  const column = table.columns.find((each) => sameName(each.name, name));
  if (!column) throw columnNotInTable(verb, name, table.name);
  // SQL Server: what is not said to be NOT NULL becomes nullable.
  const changed: StoredColumn = { ...column, type, nullable: nullable ?? true };
  const referenced = referencesTo(table, context).flatMap(
    ({ foreignKey }) => foreignKey.referencedColumns,
  );
  const { default: _, ...withoutDefault } = column;
  const isGrowing = isOnlyLonger(column, changed);
  if (!isGrowing && isUsed(table, withoutDefault, referenced)) {
    throw columnInUse(verb, column.name);
  }
  const storage = quoteIdentifier(table.storageName);
  const quoted = quoteIdentifier(column.name);
  if (!changed.nullable) {
    const found = database.prepare(`SELECT 1 FROM ${storage} WHERE ${quoted} IS NULL LIMIT 1`);
    if (found.get()) throw nullRefused('UPDATE', column.name, table, catalogue.databaseName);
  }
  draft.changeColumn(changed);
  // First the declaration: SQLite stores by it.
  rewriteTable(draft.table, context);
  if (isGrowing) return;
  const value = rules.convert(quoted, column.type, type);
  database.exec(`UPDATE ${storage} SET ${quoted} = ${value} WHERE ${quoted} IS NOT NULL`);
}

/** SQL Server lets a key's or an index's column only grow. */
function isOnlyLonger(before: StoredColumn, after: StoredColumn): boolean {
  const from = before.type;
  const to = after.type;
  if (before.nullable !== after.nullable) return false;
  if (!('length' in from) || !('length' in to) || from.name !== to.name) return false;
  if (!from.name.startsWith('var') && !from.name.startsWith('nvar')) return false;
  if (to.length === 'max') return false;
  return from.length !== 'max' && to.length >= from.length;
}
