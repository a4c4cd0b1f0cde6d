// Rows that a constraint refuses [sys.messages].
import { SqlError } from '../../tds/sql-error.ts';
import type { CheckConstraint, ForeignKey, KeyConstraint } from './catalogue.ts';
import type { StoredTable } from './catalogue-state.ts';

export type Statement = 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | 'ALTER TABLE';

interface Named {
  readonly schema: string;
  readonly name: string;
}

const written = ({ schema, name }: Named) => `${schema}.${name}`;

export const keyViolation = ({ name, kind }: KeyConstraint, table: Named, key: string) =>
  new SqlError(
    2627,
    `Violation of ${kind === 'primaryKey' ? 'PRIMARY' : 'UNIQUE'} KEY constraint '${name}'. Cannot insert duplicate key in object '${written(table)}'. The duplicate key value is ${key}.`,
    14,
  );

export const indexViolation = (index: string, table: Named, key: string) =>
  new SqlError(
    2601,
    `Cannot insert duplicate key row in object '${written(table)}' with unique index '${index}'. The duplicate key value is ${key}.`,
    14,
  );

export const nullRefused = (statement: Statement, column: string, table: Named, database: string) =>
  new SqlError(
    515,
    `Cannot insert the value NULL into column '${column}', table '${database}.${written(table)}'; column does not allow nulls. ${statement} fails.`,
    16,
    2,
  );

export const checkConflict = (
  statement: Statement,
  { name, columnId }: CheckConstraint & { readonly columnId: number },
  table: StoredTable,
  database: string,
) => {
  const column = table.columns.find((each) => each.columnId === columnId);
  return new SqlError(
    547,
    `The ${statement} statement conflicted with the CHECK constraint "${name}". The conflict occurred in database "${database}", table "${written(table)}"${column ? `, column '${column.name}'` : ''}.`,
    16,
    0,
  );
};

/** The row refers to nothing. `table`: the one with the foreign key. */
export const foreignKeyConflict = (
  statement: Statement,
  { name, referencedSchema, referencedTable, referencedColumns }: ForeignKey,
  { name: own, schema }: Named,
  database: string,
) => {
  const isSelf = referencedTable === own && referencedSchema === schema;
  return new SqlError(
    547,
    `The ${statement} statement conflicted with the FOREIGN KEY ${isSelf ? 'SAME TABLE ' : ''}constraint "${name}". The conflict occurred in database "${database}", table "${referencedSchema}.${referencedTable}"${columnPart(referencedColumns)}.`,
    16,
    0,
  );
};

/** The row is referred to. `table`: the one with the foreign key. */
export const referenceConflict = (
  statement: Statement,
  { name, referencedTable, referencedSchema, columns }: ForeignKey,
  table: Named,
  database: string,
) => {
  const isSelf = referencedTable === table.name && referencedSchema === table.schema;
  return new SqlError(
    547,
    `The ${statement} statement conflicted with the ${isSelf ? 'SAME TABLE ' : ''}REFERENCE constraint "${name}". The conflict occurred in database "${database}", table "${written(table)}"${columnPart(columns)}.`,
    16,
    0,
  );
};

/** SQL Server names the column where there is one only. */
function columnPart(columns: readonly string[]): string {
  return columns.length === 1 ? `, column '${columns[0]}'` : '';
}
