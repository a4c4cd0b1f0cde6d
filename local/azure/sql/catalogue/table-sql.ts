// A table of the catalogue as statements of SQLite. Uniqueness is always an index of its own, by comparison key.
import type { IndexColumn } from '../tsql/ast/definition.ts';
import type { TableColumn } from './catalogue.ts';
import type { StoredForeignKey, StoredTable } from './catalogue-state.ts';
import { quoteIdentifier, sameName } from './names.ts';
import type { StorageRules } from './storage-rules.ts';

/** Name of SQLite's constraint or index for an object of the catalogue. */
export const checkName = (objectId: number) => `c${objectId}`;
export const keyIndexName = (objectId: number) => `k${objectId}`;
export const indexName = (tableId: number, indexId: number) => `i${tableId}_${indexId}`;
/** A generated column that holds the comparison key of another. */
export const keyColumnName = (column: string) => `key of ${column}`;

type Find = (schema: string, name: string) => StoredTable | undefined;

/** CREATE TABLE. `find` gives the tables that foreign keys refer to. */
export function tableSql(table: StoredTable, rules: StorageRules, find: Find): string {
  const lines = [
    ...table.columns.map((column) => columnSql(column, rules)),
    ...table.keyColumns.map((name) => keyColumnSql(column(table, name), rules)),
    ...table.checks.map(({ objectId, sql }) => `CONSTRAINT ${checkName(objectId)} CHECK (${sql})`),
    ...table.foreignKeys.map((foreignKey) => foreignKeySql(table, foreignKey, find)),
  ];
  return `CREATE TABLE ${quoteIdentifier(table.storageName)} (${lines.join(', ')})`;
}

export function column<C extends TableColumn>(
  table: { readonly columns: readonly C[]; readonly name: string },
  name: string,
): C {
  const found = table.columns.find((each) => sameName(each.name, name));
  if (!found) throw new Error(`Table ${table.name} has no column ${name}.`);
  return found;
}

function columnSql(
  { name, type, nullable, default: stored }: StoredTable['columns'][number],
  rules: StorageRules,
): string {
  const notNull = nullable ? '' : ' NOT NULL';
  const value = stored ? ` DEFAULT (${stored.sql})` : '';
  return `${quoteIdentifier(name)} ${rules.storedType(type)}${notNull}${value}`;
}

function keyColumnSql({ name, type, collation }: TableColumn, rules: StorageRules): string {
  const key = rules.indexKey(quoteIdentifier(name), type, collation);
  return `${quoteIdentifier(keyColumnName(name))} GENERATED ALWAYS AS (${key}) VIRTUAL`;
}

const actions = {
  noAction: 'NO ACTION',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
} as const;

function foreignKeySql(table: StoredTable, foreignKey: StoredForeignKey, find: Find): string {
  const { referencedSchema, referencedTable, referencedColumns, onDelete, onUpdate } = foreignKey;
  // A table may refer to itself before it is in the catalogue.
  const isSelf = sameName(referencedSchema, table.schema) && sameName(referencedTable, table.name);
  const parent = isSelf ? table : find(referencedSchema, referencedTable);
  if (!parent) throw new Error(`The table of foreign key ${foreignKey.name} is not there.`);
  const from = foreignKey.columns.map((name) => compared(table, name)).join(', ');
  const to = referencedColumns.map((name) => compared(parent, name)).join(', ');
  return (
    `FOREIGN KEY (${from}) REFERENCES ${quoteIdentifier(parent.storageName)} (${to}) ` +
    `ON DELETE ${actions[onDelete]} ON UPDATE ${actions[onUpdate]}`
  );
}

/** What a foreign key compares: the column, or its key. */
export function compared(table: StoredTable, name: string): string {
  const found = column(table, name).name;
  return quoteIdentifier(
    table.keyColumns.some((each) => sameName(each, found)) ? keyColumnName(found) : found,
  );
}

/**
 * The index for a key or an index of the catalogue. SQL Server holds two NULLs for equal in a unique index, SQLite
 * does not: rows with NULL get a second index, where NULL is a value.
 */
export function indexSql(
  table: StoredTable,
  index: {
    readonly storageName: string;
    readonly unique: boolean;
    readonly columns: readonly IndexColumn[];
    readonly whereSql?: string;
  },
  rules: StorageRules,
): readonly string[] {
  const { storageName, unique, whereSql } = index;
  const columns = index.columns.map(({ name, descending }, position) => {
    const { name: found, type, nullable, collation } = column(table, name);
    const quoted = quoteIdentifier(found);
    const key =
      position > 0 && rules.orderKey
        ? rules.orderKey(quoted, type, collation)
        : rules.indexKey(quoted, type, collation);
    return { quoted, key, nullable, descending };
  });
  const make = (name: string, keys: string, filter: readonly string[]) =>
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteIdentifier(name)} ON ${quoteIdentifier(table.storageName)} (${keys})` +
    (filter.length > 0 ? ` WHERE ${filter.map((each) => `(${each})`).join(' AND ')}` : '');
  const filter = whereSql === undefined ? [] : [whereSql];
  const keys = columns.map(({ key, descending }) => (descending ? `${key} DESC` : key)).join(', ');
  const plain = make(storageName, keys, filter);
  const nullable = columns.filter((each) => each.nullable);
  if (!unique || nullable.length === 0) return [plain];
  const withNulls = columns.flatMap(({ quoted, key, nullable: may }) =>
    may ? [`${quoted} IS NULL`, `ifnull(${key}, 0)`] : [key],
  );
  const someNull = nullable.map(({ quoted }) => `${quoted} IS NULL`).join(' OR ');
  return [plain, make(`${storageName}n`, withNulls.join(', '), [...filter, someNull])];
}

/** All indexes of a table, by the names that SQLite knows them by. */
export function tableIndexesSql(table: StoredTable, rules: StorageRules): readonly string[] {
  return [
    ...table.keys.flatMap((key) =>
      indexSql(
        table,
        { storageName: keyIndexName(key.objectId), unique: true, columns: key.columns },
        rules,
      ),
    ),
    ...table.indexes.flatMap((index) =>
      indexSql(table, { ...index, storageName: indexName(table.objectId, index.indexId) }, rules),
    ),
  ];
}

/** What foreign keys need of a table that they refer to: SQLite wants an index on plain columns. */
export function parentIndexSql(
  table: StoredTable,
  columns: readonly string[],
  name: string,
): string {
  const compare = columns.map((each) => compared(table, each)).join(', ');
  return `CREATE UNIQUE INDEX ${quoteIdentifier(name)} ON ${quoteIdentifier(table.storageName)} (${compare})`;
}
