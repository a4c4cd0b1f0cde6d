// Why a change failed, in SQL Server's words.
import type { DatabaseSync } from 'node:sqlite';
import { SqlError } from '../../tds/sql-error.ts';
import { explainViolation } from '../catalogue/explain-violation.ts';
import { sameName } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import type { CompiledStatement } from '../compile/compiled.ts';
import { abortsBatch } from './flow-errors.ts';

interface Place {
  readonly catalogue: SessionCatalogue;
  readonly database: DatabaseSync;
}

/** Runs the change; it is run again to find out why it failed. Throws SqlError. */
export function runChange<T>(compiled: CompiledStatement, place: Place, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const failure =
      explainViolation({ error, statement: wordOf(compiled), ...place, retry: run }) ??
      toSqlError(error);
    if (failure instanceof SqlError && failure.followedBy.length === 0 && !abortsBatch(failure)) {
      failure.followedBy = [terminated];
    }
    throw failure;
  }
}

const terminated = {
  number: 3621,
  state: 0,
  class: 0,
  message: 'The statement has been terminated.',
} as const;

function wordOf({ kind }: CompiledStatement): 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' {
  if (kind === 'insert') return 'INSERT';
  if (kind === 'merge') return 'MERGE';
  return kind === 'update' ? 'UPDATE' : 'DELETE';
}

/** Errors of SQLite that have a name in SQL Server; others as they are. */
export function toSqlError(error: unknown): unknown {
  if (error instanceof SqlError || !(error instanceof Error)) return error;
  if (/integer overflow/.test(error.message)) {
    return new SqlError(
      8115,
      'Arithmetic overflow error converting expression to data type bigint.',
      16,
      2,
    );
  }
  if (/string or blob too big|out of memory/.test(error.message)) {
    return new SqlError(
      701,
      "There is insufficient system memory in resource pool 'default' to run this query.",
      17,
    );
  }
  if (/database or disk is full/.test(error.message)) {
    return new SqlError(
      40544,
      'The database has reached its size quota. Partition or delete data, drop indexes, or consult the documentation for possible resolutions.',
      17,
    );
  }
  return error;
}

/** TRUNCATE TABLE of a table that others refer to. Throws SqlError 4712. */
export function refuseReferenced(
  target: { readonly schema: string; readonly name: string },
  catalogue: SessionCatalogue,
): void {
  const isReferenced = catalogue
    .listTables()
    .some(
      (table) =>
        !(sameName(table.name, target.name) && sameName(table.schema, target.schema)) &&
        table.foreignKeys.some(
          ({ referencedSchema, referencedTable }) =>
            sameName(referencedTable, target.name) && sameName(referencedSchema, target.schema),
        ),
    );
  if (!isReferenced) return;
  throw new SqlError(
    4712,
    `Cannot truncate table '${target.name}' because it is being referenced by a FOREIGN KEY constraint.`,
  );
}
