import type { ColumnTypes } from './define-view.ts';

export const schema = 'INFORMATION_SCHEMA';

/** What most views of INFORMATION_SCHEMA name a table by. */
export const tableName = {
  TABLE_CATALOG: 'sysname?',
  TABLE_SCHEMA: 'sysname?',
  TABLE_NAME: 'sysname',
} as const satisfies ColumnTypes;

export const nameRow = (databaseName: string, object: { schema: string; name: string }) => ({
  TABLE_CATALOG: databaseName,
  TABLE_SCHEMA: object.schema,
  TABLE_NAME: object.name,
});
