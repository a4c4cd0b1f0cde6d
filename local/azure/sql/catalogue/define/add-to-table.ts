// ALTER TABLE … ADD of columns and constraints.
import type { AlterTable } from '../../tsql/ast/definition.ts';
import type { StoredColumn, StoredTable } from '../catalogue-state.ts';
import { noRoomForNull } from '../definition-errors.ts';
import { duplicateOf } from '../duplicate-key.ts';
import { quoteIdentifier, sameName } from '../names.ts';
import { compared, indexSql, keyIndexName } from '../table-sql.ts';
import { checkConflict, foreignKeyConflict } from '../violation-errors.ts';
import { type DefinitionContext, findTable, followedBy1750 } from './definition-context.ts';
import { prepareReferences, selfReferenceSql } from './prepare-references.ts';
import { rewriteTable } from './rewrite-table.ts';
import type { TableDraft } from './table-draft.ts';

/** Throws SqlError 2705, 4901, 1505, 547 and those of constraints. */
export function addToTable(
  { columns, constraints }: Extract<AlterTable['change'], { kind: 'add' }>,
  draft: TableDraft,
): void {
  const { context } = draft;
  const before = draft.table;
  for (const column of columns) draft.addColumn(column);
  for (const column of columns) {
    for (const constraint of column.constraints) draft.addConstraint(constraint, column.name);
  }
  for (const constraint of constraints) draft.addConstraint(constraint);
  draft.table = prepareReferences(draft.table, context);
  const { table } = draft;
  for (const column of table.columns.slice(before.columns.length))
    addColumn(table, column, context);
  rewriteTable(table, context);
  assertRowsFit(before, table, context);
  addIndexes(before, table, context);
}

/** As nullable and empty first; then filled, and declared as it is. */
function addColumn(
  table: StoredTable,
  column: StoredColumn,
  { database, rules }: DefinitionContext,
): void {
  const storage = quoteIdentifier(table.storageName);
  const name = quoteIdentifier(column.name);
  const hasRows = database.prepare(`SELECT 1 FROM ${storage} LIMIT 1`).get() !== undefined;
  const isFilled = column.default !== undefined || column.identitySeed !== undefined;
  if (hasRows && !column.nullable && !isFilled) {
    throw noRoomForNull(column.name, table.name);
  }
  database.exec(`ALTER TABLE ${storage} ADD COLUMN ${name} ${rules.storedType(column.type)}`);
  if (column.identitySeed) {
    const { seed, increment } = column.identitySeed;
    database.exec(
      `UPDATE ${storage} SET ${name} = ${seed} + ${increment} * (SELECT count(*) FROM ${storage} AS other WHERE other.rowid < ${storage}.rowid)`,
    );
    return;
  }
  // SQL Server: a nullable column stays NULL in old rows. It is written, as SQLite would read the default from them.
  const value = column.default && !column.nullable ? column.default.sql : 'NULL';
  database.exec(`UPDATE ${storage} SET ${name} = ${value}`);
}

function assertRowsFit(before: StoredTable, table: StoredTable, context: DefinitionContext): void {
  const { database, catalogue } = context;
  const storage = quoteIdentifier(table.storageName);
  for (const check of table.checks.slice(before.checks.length)) {
    const failing = database.prepare(`SELECT 1 FROM ${storage} WHERE NOT (${check.sql}) LIMIT 1`);
    if (failing.get()) throw checkConflict('ALTER TABLE', check, table, catalogue.databaseName);
  }
  for (const foreignKey of table.foreignKeys.slice(before.foreignKeys.length)) {
    const { referencedSchema, referencedTable, referencedColumns, columns } = foreignKey;
    const isSelf =
      sameName(referencedTable, table.name) && sameName(referencedSchema, table.schema);
    const parent = isSelf ? table : findTable(context, referencedSchema, referencedTable);
    if (!parent) continue;
    const present = columns.map((name) => `child.${compared(table, name)} IS NOT NULL`);
    const equal = referencedColumns.map(
      (name, index) =>
        `parent.${compared(parent, name)} = child.${compared(table, columns[index] ?? '')}`,
    );
    const orphan = database.prepare(
      `SELECT 1 FROM ${storage} AS child WHERE ${present.join(' AND ')} AND NOT EXISTS ` +
        `(SELECT 1 FROM ${quoteIdentifier(parent.storageName)} AS parent WHERE ${equal.join(' AND ')}) LIMIT 1`,
    );
    if (!orphan.get()) continue;
    throw foreignKeyConflict('ALTER TABLE', foreignKey, table, catalogue.databaseName);
  }
}

function addIndexes(before: StoredTable, table: StoredTable, context: DefinitionContext): void {
  const { database, rules } = context;
  for (const key of table.keys.slice(before.keys.length)) {
    const duplicate = duplicateOf(table, key, context);
    if (duplicate) throw followedBy1750(duplicate);
    const index = { storageName: keyIndexName(key.objectId), unique: true, columns: key.columns };
    for (const sql of indexSql(table, index, rules)) database.exec(sql);
  }
  const old = new Set(selfReferenceSql(before));
  for (const sql of selfReferenceSql(table)) if (!old.has(sql)) database.exec(sql);
}
