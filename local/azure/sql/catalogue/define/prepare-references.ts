// Columns that foreign keys compare as SQL Server does, on both sides.
import { type StoredTable, withEntry } from '../catalogue-state.ts';
import { foldName, objectKey, sameName } from '../names.ts';
import { column, parentIndexSql } from '../table-sql.ts';
import { type DefinitionContext, findTable } from './definition-context.ts';
import { isCompared } from './foreign-key.ts';
import { rewriteTable } from './rewrite-table.ts';

/**
 * The table with the generated columns that its foreign keys need; tables that they refer to get theirs, and the
 * index that SQLite wants on them.
 */
export function prepareReferences(table: StoredTable, context: DefinitionContext): StoredTable {
  let prepared = table;
  for (const foreignKey of table.foreignKeys) {
    const text = foreignKey.columns.filter((name) => isCompared(column(table, name), context));
    if (text.length === 0) continue;
    prepared = withKeyColumns(prepared, text);
    const { referencedSchema, referencedTable, referencedColumns, objectId } = foreignKey;
    const parent = findTable(context, referencedSchema, referencedTable);
    const isSelf = !parent || parent.objectId === table.objectId;
    const compared = referencedColumns.filter((name) =>
      isCompared(column(parent ?? table, name), context),
    );
    if (isSelf) {
      prepared = withKeyColumns(prepared, compared);
      continue;
    }
    prepareParent(withKeyColumns(parent, compared), referencedColumns, objectId, context);
  }
  return prepared;
}

/** The index that SQLite wants where a table refers to itself by text. */
export function selfReferenceSql(table: StoredTable): readonly string[] {
  return table.foreignKeys
    .filter(
      ({ referencedSchema, referencedTable, referencedColumns }) =>
        sameName(referencedSchema, table.schema) &&
        sameName(referencedTable, table.name) &&
        referencedColumns.some((name) => table.keyColumns.includes(column(table, name).name)),
    )
    .map(({ referencedColumns, objectId }) =>
      parentIndexSql(table, referencedColumns, `f${objectId}`),
    );
}

function withKeyColumns(table: StoredTable, names: readonly string[]): StoredTable {
  const missing = names.filter((name) => !table.keyColumns.some((each) => sameName(each, name)));
  if (missing.length === 0) return table;
  const found = missing.map((name) => column(table, name).name);
  return { ...table, keyColumns: [...table.keyColumns, ...new Set(found)] };
}

function prepareParent(
  parent: StoredTable,
  columns: readonly string[],
  foreignKeyId: number,
  context: DefinitionContext,
): void {
  const { catalogue, database } = context;
  rewriteTable(parent, context);
  database.exec(parentIndexSql(parent, columns, `f${foreignKeyId}`));
  const key = objectKey(parent.schema, parent.name);
  catalogue.change({ objects: withEntry(catalogue.state.objects, key, parent) });
}

/** Foreign keys of other tables that refer to this one. */
export function referencesTo(
  table: { readonly schema: string; readonly name: string },
  { catalogue }: Pick<DefinitionContext, 'catalogue'>,
) {
  return [...catalogue.state.objects.values()].flatMap((object) =>
    object.kind === 'table'
      ? object.foreignKeys
          .filter(
            ({ referencedSchema, referencedTable }) =>
              foldName(referencedSchema) === foldName(table.schema) &&
              foldName(referencedTable) === foldName(table.name),
          )
          .map((foreignKey) => ({ table: object, foreignKey }))
      : [],
  );
}
