// CREATE INDEX and DROP INDEX [https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql].
import type { CreateIndex } from '../../tsql/ast/definition.ts';
import type { Statement } from '../../tsql/ast/statement.ts';
import { type StoredIndex, type StoredTable, withEntry } from '../catalogue-state.ts';
import {
  cannotDrop,
  columnMissing,
  indexExists,
  indexTableMissing,
  manyClustered,
  unfitKeyColumn,
} from '../definition-errors.ts';
import { duplicateOf } from '../duplicate-key.ts';
import { objectKey, quoteIdentifier, sameName } from '../names.ts';
import { indexName, indexSql } from '../table-sql.ts';
import { type DefinitionContext, findTable } from './definition-context.ts';
import { isKeyType, nextIndexId } from './table-draft.ts';

/** Throws SqlError 1088, 1913, 1911, 1919, 1505. */
export function createIndex(statement: CreateIndex, context: DefinitionContext): void {
  const { catalogue, database, rules, security } = context;
  const { name, schema = security.defaultSchema } = statement.table;
  const found = findTable(context, schema, name);
  const written = [statement.table.schema, name].filter(Boolean).join('.');
  if (!found || !security.has('ALTER', { kind: 'object', schema, name })) {
    throw indexTableMissing(written);
  }
  const table = addIndex(found, statement, context);
  const index = table.indexes.at(-1);
  if (!index) return;
  const storageName = indexName(table.objectId, index.indexId);
  if (index.unique) {
    const duplicate = duplicateOf(table, index, context);
    if (duplicate) throw duplicate;
  }
  for (const sql of indexSql(table, { ...index, storageName }, rules)) database.exec(sql);
  keep({ ...table, modifiedAt: catalogue.now }, context);
}

/** The table with one index more. Throws SqlError 1913, 1911, 1919, 8112. */
export function addIndex(
  table: StoredTable,
  statement: CreateIndex,
  { rules }: DefinitionContext,
): StoredTable {
  const { name, unique, clustered, where, whereText } = statement;
  const taken = [...table.keys, ...table.indexes];
  if (taken.some((each) => sameName(each.name, name))) {
    throw indexExists(name, `${table.schema}.${table.name}`);
  }
  if (clustered && taken.some((each) => each.clustered)) throw manyClustered(table.name);
  const find = (wanted: string) => {
    const column = table.columns.find((each) => sameName(each.name, wanted));
    if (!column) throw columnMissing(wanted);
    return column;
  };
  const columns = statement.columns.map(({ name: wanted, descending }) => {
    const column = find(wanted);
    if (!isKeyType(column)) throw unfitKeyColumn(column.name, table.name);
    return { name: column.name, descending };
  });
  const index: StoredIndex = {
    name,
    unique,
    clustered,
    columns,
    include: statement.include.map((wanted) => find(wanted).name),
    indexId: clustered ? 1 : nextIndexId(table),
    ...(where && { whereSql: rules.compileCheck(where, table.columns) }),
    ...(whereText !== undefined && { where: whereText }),
  };
  return { ...table, indexes: [...table.indexes, index] };
}

/** Throws SqlError 3701. */
export function dropIndex(
  statement: Extract<Statement, { kind: 'dropIndex' }>,
  context: DefinitionContext,
): void {
  const { database, security } = context;
  const { name, schema = security.defaultSchema } = statement.table;
  const table = findTable(context, schema, name);
  const index = table?.indexes.find((each) => sameName(each.name, statement.index));
  if (!index && statement.ifExists) return;
  if (!table || !index || !security.has('ALTER', { kind: 'object', schema, name })) {
    throw cannotDrop('index', `${name}.${statement.index}`);
  }
  const storageName = indexName(table.objectId, index.indexId);
  for (const each of [storageName, `${storageName}n`]) {
    database.exec(`DROP INDEX IF EXISTS ${quoteIdentifier(each)}`);
  }
  keep({ ...table, indexes: table.indexes.filter((each) => each !== index) }, context);
}

function keep(table: StoredTable, { catalogue }: DefinitionContext): void {
  const key = objectKey(table.schema, table.name);
  catalogue.change({ objects: withEntry(catalogue.state.objects, key, table) });
}
