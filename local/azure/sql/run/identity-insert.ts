// SET IDENTITY_INSERT, and what it means for the values to come.
import type { DatabaseSync } from 'node:sqlite';
import { SqlError } from '../../tds/sql-error.ts';
import type { StoredTable } from '../catalogue/catalogue-state.ts';
import { objectKey, quoteIdentifier } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import type { DatabaseSecurityContext } from '../security/database-security-context.ts';
import type { ObjectName } from '../tsql/ast/position.ts';

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** The table that is meant; it has an IDENTITY column, and the caller may ALTER it. Throws SqlError 1088, 8106. */
export function identityTable(
  { schema, name }: ObjectName,
  catalogue: SessionCatalogue,
  security: DatabaseSecurityContext,
): TableName {
  const shown = schema === undefined ? name : `${schema}.${name}`;
  const schemas = schema === undefined ? [security.defaultSchema, 'dbo'] : [schema];
  const table = schemas
    .map((each) => catalogue.state.objects.get(objectKey(each, name)))
    .find((object) => object?.kind === 'table');
  const mayAlter =
    table && security.has('ALTER', { kind: 'object', schema: table.schema, name: table.name });
  if (!table || !mayAlter) throw noSuchTable(shown);
  if (table.kind !== 'table' || !identityColumn(table)) {
    throw new SqlError(
      8106,
      `Table '${shown}' does not have the identity property. Cannot perform SET operation.`,
    );
  }
  return { schema: table.schema, name: table.name };
}

export const noSuchTable = (name: string) =>
  new SqlError(
    1088,
    `Cannot find the object "${name}" because it does not exist or you do not have permissions.`,
    16,
    7,
  );

export const alreadyOn = (on: TableName, database: string, wanted: string) =>
  new SqlError(
    8107,
    `IDENTITY_INSERT is already ON for table '${database}.${on.schema}.${on.name}'. Cannot perform SET operation for table '${wanted}'.`,
  );

/** After rows with values of the caller's own: counting goes on behind them. */
export function noteIdentities(
  { schema, name }: TableName,
  catalogue: SessionCatalogue,
  database: DatabaseSync,
): void {
  const table = catalogue.state.objects.get(objectKey(schema, name));
  const column = table?.kind === 'table' ? identityColumn(table) : undefined;
  if (table?.kind !== 'table' || !column?.identitySeed) return;
  const furthest = column.identitySeed.increment > 0 ? 'max' : 'min';
  const query = database.prepare(
    `SELECT ${furthest}(CAST(${quoteIdentifier(column.name)} AS INTEGER)) AS value FROM ${quoteIdentifier(table.storageName)}`,
  );
  query.setReadBigInts(true);
  const value = query.get()?.value;
  if (typeof value === 'bigint') catalogue.store.identityValues.note(table, value, database);
}

const identityColumn = (table: StoredTable) =>
  table.columns.find(({ identitySeed }) => identitySeed !== undefined);
