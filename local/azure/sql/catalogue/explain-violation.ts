// From SQLite's failure of a constraint to SQL Server's error, with the constraint, the table, the column and the key.
import type { DatabaseSync } from 'node:sqlite';
import type { SqlError } from '../../tds/sql-error.ts';
import { capturedRow } from './captured-row.ts';
import type { StoredTable } from './catalogue-state.ts';
import { keyText } from './duplicate-key.ts';
import type { SessionCatalogue } from './session-catalogue.ts';
import { checkName, indexName, keyColumnName, keyIndexName } from './table-sql.ts';
import { violatedForeignKey } from './violated-foreign-key.ts';
import {
  checkConflict,
  indexViolation,
  keyViolation,
  nullRefused,
  type Statement,
} from './violation-errors.ts';

export interface Violation {
  /** Out of node:sqlite. */
  readonly error: unknown;
  readonly statement: Exclude<Statement, 'ALTER TABLE'>;
  readonly catalogue: SessionCatalogue;
  readonly database: DatabaseSync;
  /**
   * Runs the failed SQLite statement again, with the same values; it fails again. SQLite says neither the key nor
   * the foreign key, so the statement is watched while it fails. Nothing stays of it.
   */
  readonly retry: () => void;
}

/** `SQLITE_CONSTRAINT_…` [https://www.sqlite.org/rescode.html]. */
const codes = {
  check: 275,
  foreignKey: 787,
  notNull: 1299,
  primaryKey: 1555,
  unique: 2067,
} as const;

/**
 * SqlError 2627, 2601, 515 or 547 with 3621 behind; undefined for an error that is no violation of a constraint of
 * the catalogue.
 */
export function explainViolation(violation: Violation): SqlError | undefined {
  const { error } = violation;
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  const explained = explain(error.errcode, error.message, violation);
  if (explained) explained.followedBy = [statementTerminated];
  return explained;
}

const statementTerminated = {
  number: 3621,
  state: 0,
  class: 0,
  message: 'The statement has been terminated.',
} as const;

function explain(code: unknown, message: string, violation: Violation): SqlError | undefined {
  const { catalogue, statement } = violation;
  const detail = message.replace(/^[^:]*: /, '');
  switch (code) {
    case codes.foreignKey:
      return violatedForeignKey(violation);
    case codes.notNull: {
      const dot = detail.indexOf('.');
      const table = tableOf(catalogue, detail.slice(0, dot));
      // Pretend: of a MERGE the words are those of INSERT, whichever of its actions meets the NULL.
      const word = statement === 'MERGE' ? 'INSERT' : statement;
      return table && nullRefused(word, detail.slice(dot + 1), table, catalogue.databaseName);
    }
    case codes.check:
      for (const table of tablesOf(catalogue)) {
        const check = table.checks.find(({ objectId }) => checkName(objectId) === detail);
        if (check) return checkConflict(statement, check, table, catalogue.databaseName);
      }
      return undefined;
    case codes.unique:
    case codes.primaryKey:
      return duplicate(detail, violation);
    default:
      return undefined;
  }
}

/** `index 'k123'`, or `t123.a, t123.b` for an index on plain columns. */
function duplicate(detail: string, violation: Violation): SqlError | undefined {
  for (const table of tablesOf(violation.catalogue)) {
    for (const key of table.keys) {
      const names = key.columns.map(({ name }) => name);
      if (!isNamed(detail, keyIndexName(key.objectId), table, names)) continue;
      return keyViolation(key, table, keyOf(table, names, violation));
    }
    for (const index of table.indexes) {
      const names = index.columns.map(({ name }) => name);
      if (!isNamed(detail, indexName(table.objectId, index.indexId), table, names)) continue;
      return indexViolation(index.name, table, keyOf(table, names, violation));
    }
  }
  return undefined;
}

function isNamed(
  detail: string,
  storageName: string,
  table: StoredTable,
  names: readonly string[],
): boolean {
  const list = (columns: readonly string[]) =>
    columns.map((name) => `${table.storageName}.${name}`).join(', ');
  const compared = names.map((name) =>
    table.keyColumns.includes(name) ? keyColumnName(name) : name,
  );
  return [
    `index '${storageName}'`,
    `index '${storageName}n'`,
    list(names),
    list(compared),
  ].includes(detail);
}

function keyOf(table: StoredTable, names: readonly string[], violation: Violation): string {
  const { database, retry } = violation;
  return keyText(capturedRow(table, names, database, retry) ?? names.map(() => null));
}

function tablesOf(catalogue: SessionCatalogue): readonly StoredTable[] {
  return [...catalogue.state.objects.values()].filter((object) => object.kind === 'table');
}

function tableOf(catalogue: SessionCatalogue, storageName: string): StoredTable | undefined {
  return tablesOf(catalogue).find((table) => table.storageName === storageName);
}
