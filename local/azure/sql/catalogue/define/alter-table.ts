// ALTER TABLE [https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql].
import type { AlterTable } from '../../tsql/ast/definition.ts';
import { type StoredTable, withEntry } from '../catalogue-state.ts';
import { columnNotInTable, hasDefault, noSuchTable } from '../definition-errors.ts';
import { objectKey, sameName } from '../names.ts';
import { addToTable } from './add-to-table.ts';
import { alterColumn } from './alter-column.ts';
import { type DefinitionContext, findTable } from './definition-context.ts';
import { dropColumns } from './drop-column.ts';
import { dropConstraints } from './drop-constraint.ts';
import { rewriteTable } from './rewrite-table.ts';
import { lastId, TableDraft } from './table-draft.ts';

/** Throws SqlError 4902 and those of the change. */
export function alterTable({ table: named, change }: AlterTable, context: DefinitionContext): void {
  const { security } = context;
  const { name, schema = security.defaultSchema } = named;
  const table = findTable(context, schema, name);
  if (!table || !security.has('ALTER', { kind: 'object', schema, name })) {
    throw noSuchTable([named.schema, name].filter(Boolean).join('.'));
  }
  const draft = new TableDraft(context, table, false);
  switch (change.kind) {
    case 'add':
      addToTable(change, draft);
      break;
    case 'addDefault':
      addDefault(change, draft);
      break;
    case 'dropColumn':
      dropColumns(change, draft);
      break;
    case 'dropConstraint':
      dropConstraints(change, draft);
      break;
    case 'alterColumn':
      alterColumn(change, draft);
      break;
  }
  keep(draft, context);
}

function addDefault(
  { column, default: definition }: Extract<AlterTable['change'], { kind: 'addDefault' }>,
  draft: TableDraft,
): void {
  const found = draft.table.columns.find((each) => sameName(each.name, column));
  if (!found) throw columnNotInTable('ALTER TABLE ADD CONSTRAINT', column, draft.table.name);
  if (found.default) throw hasDefault();
  draft.addDefault(found.name, definition);
  rewriteTable(draft.table, draft.context);
}

function keep({ table, lastObjectId }: TableDraft, { catalogue }: DefinitionContext): void {
  const { state, now } = catalogue;
  const changed: StoredTable = { ...table, modifiedAt: now };
  catalogue.change({
    objects: withEntry(state.objects, objectKey(table.schema, table.name), changed),
    ...(lastObjectId !== undefined && {
      counters: withEntry(state.counters, lastId, lastObjectId),
    }),
  });
}
