// CREATE TABLE [https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql].
import { databaseDenied } from '../../security/permission-errors.ts';
import type { ColumnDefinition, CreateTable } from '../../tsql/ast/definition.ts';
import { type StoredTable, withEntry } from '../catalogue-state.ts';
import { nullablePrimaryKey } from '../definition-errors.ts';
import { foldName, objectKey } from '../names.ts';
import { tableIndexesSql, tableSql } from '../table-sql.ts';
import { assertNameFree, nextObjectId } from './constraint-names.ts';
import { addIndex } from './create-index.ts';
import { type DefinitionContext, findTable, followedBy1750 } from './definition-context.ts';
import { schemaFor } from './find-schema.ts';
import { prepareReferences, selfReferenceSql } from './prepare-references.ts';
import { lastId, namedInPrimaryKey, TableDraft } from './table-draft.ts';

/** Throws SqlError 262, 2760, 2714, 2705 and those of constraints, with 1750 behind. */
export function createTable(statement: CreateTable, context: DefinitionContext): void {
  const { catalogue, security, database, rules } = context;
  const { table: named } = statement;
  if (!security.has('CREATE TABLE', { kind: 'database' })) {
    throw databaseDenied('CREATE TABLE', catalogue.databaseName);
  }
  const schema = schemaFor(named.schema, context);
  assertNameFree(catalogue.state, schema.name, named.name);
  const draft = new TableDraft(context, emptyTable(schema.name, named.name, context), true);
  const inPrimaryKey = namedInPrimaryKey(statement.constraints);
  for (const column of statement.columns) {
    draft.addColumn(withKeyNullability(column, inPrimaryKey, named.name));
  }
  for (const column of statement.columns) {
    for (const constraint of column.constraints) draft.addConstraint(constraint, column.name);
  }
  for (const constraint of statement.constraints) draft.addConstraint(constraint);
  for (const index of statement.indexes) draft.table = addIndex(draft.table, index, context);
  const table = prepareReferences(draft.table, context);
  database.exec(tableSql(table, rules, (...names) => findTable(context, ...names)));
  const indexes = [...tableIndexesSql(table, rules), ...selfReferenceSql(table)];
  for (const sql of indexes) database.exec(sql);
  const { state } = catalogue;
  catalogue.change({
    objects: withEntry(state.objects, objectKey(table.schema, table.name), table),
    counters: withEntry(state.counters, lastId, draft.lastObjectId ?? table.objectId),
  });
}

/** A key of the table makes its columns NOT NULL; said to be nullable, they cannot be in it. */
function withKeyNullability(
  column: ColumnDefinition,
  inPrimaryKey: ReadonlySet<string>,
  table: string,
): ColumnDefinition {
  if (!inPrimaryKey.has(foldName(column.name))) return column;
  if (column.nullable === true) throw followedBy1750(nullablePrimaryKey(table));
  return { ...column, nullable: false };
}

function emptyTable(schema: string, name: string, { catalogue }: DefinitionContext): StoredTable {
  const objectId = nextObjectId(catalogue.state.counters.get(lastId));
  return {
    kind: 'table',
    objectId,
    schema,
    name,
    storageName: `t${objectId}`,
    columns: [],
    keys: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
    keyColumns: [],
    lastColumnId: 0,
    createdAt: catalogue.now,
    modifiedAt: catalogue.now,
  };
}
