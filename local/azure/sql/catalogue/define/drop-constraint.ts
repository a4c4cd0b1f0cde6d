// ALTER TABLE … DROP CONSTRAINT.
import type { AlterTable } from '../../tsql/ast/definition.ts';
import type { StoredKey, StoredTable } from '../catalogue-state.ts';
import { constraintNotDropped, keyStillReferenced, notAConstraint } from '../definition-errors.ts';
import { foldName, quoteIdentifier, sameName } from '../names.ts';
import { keyIndexName } from '../table-sql.ts';
import { messageOf } from './definition-context.ts';
import { dropParentIndex } from './drop-object.ts';
import { referencesTo } from './prepare-references.ts';
import { rewriteTable } from './rewrite-table.ts';
import type { TableDraft } from './table-draft.ts';

/** Throws SqlError 3728, 3725, with 3727 behind. */
export function dropConstraints(
  { names, ifExists }: Extract<AlterTable['change'], { kind: 'dropConstraint' }>,
  draft: TableDraft,
): void {
  const { database } = draft.context;
  for (const name of names) {
    const before = draft.table;
    const key = before.keys.find((each) => sameName(each.name, name));
    if (key) assertNotReferenced(key, draft);
    draft.table = without(before, name);
    if (draft.table === before) {
      if (ifExists) continue;
      throw behind3727(notAConstraint(name));
    }
    if (key) {
      const storageName = keyIndexName(key.objectId);
      for (const each of [storageName, `${storageName}n`]) {
        database.exec(`DROP INDEX IF EXISTS ${quoteIdentifier(each)}`);
      }
    }
    for (const { objectId } of before.foreignKeys) {
      if (!draft.table.foreignKeys.some((each) => each.objectId === objectId)) {
        dropParentIndex(objectId, database);
      }
    }
  }
  rewriteTable(draft.table, draft.context);
}

/** The same table where it has no such constraint. */
function without(table: StoredTable, name: string): StoredTable {
  const isOther = (each: { readonly name: string }) => !sameName(each.name, name);
  const keys = table.keys.filter(isOther);
  const foreignKeys = table.foreignKeys.filter(isOther);
  const checks = table.checks.filter(isOther);
  const columns = table.columns.map((column) => {
    if (!column.default || isOther(column.default)) return column;
    const { default: _, ...rest } = column;
    return rest;
  });
  const isSame =
    keys.length === table.keys.length &&
    foreignKeys.length === table.foreignKeys.length &&
    checks.length === table.checks.length &&
    columns.every((column, index) => column === table.columns[index]);
  return isSame ? table : { ...table, keys, foreignKeys, checks, columns };
}

function assertNotReferenced(key: StoredKey, { table, context }: TableDraft): void {
  const names = (columns: readonly string[]) => columns.map(foldName).sort().join('\n');
  const own = names(key.columns.map(({ name }) => name));
  const reference = referencesTo(table, context).find(
    ({ foreignKey }) => names(foreignKey.referencedColumns) === own,
  );
  if (!reference) return;
  throw behind3727(keyStillReferenced(key.name, reference.table.name, reference.foreignKey.name));
}

function behind3727(error: ReturnType<typeof notAConstraint>) {
  error.followedBy = [messageOf(constraintNotDropped())];
  return error;
}
