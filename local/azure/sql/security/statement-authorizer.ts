// Every table and column that a statement touches, as SQLite's own authorizer names them, against the caller's rights.
// The statement is prepared on an empty copy of the schema without foreign keys: on the real one SQLite also names
// what it reads to keep them, which needs no right in SQL Server.
import { constants, DatabaseSync } from 'node:sqlite';
import type { SqlError } from '../../tds/sql-error.ts';
import type { CatalogueState, StoredTable, StoredView } from '../catalogue/catalogue-state.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import type { DatabaseSecurityContext } from './database-security-context.ts';
import { columnDenied, objectDenied } from './permission-errors.ts';
import { ownerOf } from './permissions/principal-rights.ts';

export interface StatementRights {
  readonly security: DatabaseSecurityContext;
  /**
   * Owner of the procedure that the statement is in: what belongs to the same owner is not checked again.
   * Absent outside of procedures, and for dynamic SQL in them.
   */
  readonly chainOwnerId?: number;
}

const { SQLITE_OK, SQLITE_DENY } = constants;

const harmless: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

type Permission = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

const permissions: ReadonlyMap<number, Permission> = new Map([
  [constants.SQLITE_READ, 'SELECT'],
  [constants.SQLITE_INSERT, 'INSERT'],
  [constants.SQLITE_UPDATE, 'UPDATE'],
  [constants.SQLITE_DELETE, 'DELETE'],
]);

/** Tables of SQLite that no statement of the compiler's names. */
const internalTable = /^(?:sqlite_|pragma_|dbstat|sys\.)/i;

type Stored = StoredTable | StoredView;

interface Check extends StatementRights {
  readonly catalogue: SessionCatalogue;
  /** The table that the statement writes. */
  target?: Stored;
  denial?: SqlError;
}

/** One for a database; it keeps the copy of the schema for the catalogue's state that was asked about last. */
export class StatementAuthorizer {
  readonly #prepareConnection: (database: DatabaseSync) => void;
  #schema: DatabaseSync | undefined;
  #generation = -1;
  #objects: ReadonlyMap<string, Stored> = new Map();
  #check: Check | undefined;

  /**
   * `prepareConnection` registers the functions that compiled statements call, and makes what tables they read
   * besides those of the catalogue (rows of system views).
   */
  constructor(prepareConnection: (database: DatabaseSync) => void) {
    this.#prepareConnection = prepareConnection;
  }

  /**
   * Checks one compiled statement. Throws SqlError 229 or 230 if a right is missing, and SQLite's own error for
   * what is no single statement on the catalogue's tables. Of several the first is to write; `create` makes the
   * temporary table that they share.
   */
  authorize(
    sql: string | readonly string[],
    catalogue: SessionCatalogue,
    rights: StatementRights,
    create?: string,
  ): void {
    const schema = this.#schemaFor(catalogue.state);
    if (create !== undefined) schema.exec(create);
    const check: Check = { ...rights, catalogue };
    this.#check = check;
    try {
      for (const each of typeof sql === 'string' ? [sql] : sql) schema.prepare(each);
    } catch (error) {
      throw check.denial ?? error;
    } finally {
      this.#check = undefined;
    }
  }

  close(): void {
    this.#schema?.close();
    this.#schema = undefined;
  }

  #schemaFor(state: CatalogueState): DatabaseSync {
    if (this.#schema && this.#generation === state.generation) return this.#schema;
    this.close();
    const schema = new DatabaseSync(':memory:');
    this.#prepareConnection(schema);
    const objects = [...state.objects.values()].filter((object) => object.kind !== 'procedure');
    for (const object of objects) schema.exec(emptyCopySql(object));
    this.#objects = new Map(objects.map((object) => [object.storageName, object]));
    schema.setAuthorizer((action, table, column, _database, accessor) =>
      this.#check ? this.#decide(this.#check, action, table, column, accessor) : SQLITE_OK,
    );
    this.#schema = schema;
    this.#generation = state.generation;
    return schema;
  }

  #decide(
    check: Check,
    action: number,
    table: string | null,
    column: string | null,
    accessor: string | null,
  ): number {
    const permission = permissions.get(action);
    if (!permission) return harmless.has(action) ? SQLITE_OK : SQLITE_DENY;
    const object = this.#objects.get(table ?? '');
    if (!object) return internalTable.test(table ?? '') ? SQLITE_DENY : SQLITE_OK;
    if (permission !== 'SELECT') check.target ??= object;
    if (this.#isChained(check, object, accessor)) return SQLITE_OK;
    const denial = denialOf(check, permission, object, column);
    if (!denial) return SQLITE_OK;
    check.denial ??= denial;
    return SQLITE_DENY;
  }

  /** Ownership chaining [https://learn.microsoft.com/sql/relational-databases/security/ownership-and-user-schema-separation]. */
  #isChained({ catalogue, chainOwnerId }: Check, object: Stored, accessor: string | null) {
    const view = accessor === null ? undefined : this.#objects.get(accessor);
    const callerOwnerId = view ? ownerOfObject(catalogue.state, view) : chainOwnerId;
    return callerOwnerId !== undefined && callerOwnerId === ownerOfObject(catalogue.state, object);
  }
}

function emptyCopySql(object: Stored): string {
  const name = quoteIdentifier(object.storageName);
  if (object.kind === 'view') return `CREATE VIEW ${name} AS ${object.sql}`;
  return `CREATE TABLE ${name} (${object.columns.map((column) => quoteIdentifier(column.name)).join(', ')})`;
}

function ownerOfObject(state: CatalogueState, { objectId }: Stored): number | undefined {
  return ownerOf(state, { class: 1, majorId: objectId, minorId: 0 });
}

function denialOf(
  { security, catalogue, target }: Check,
  permission: Permission,
  object: Stored,
  column: string | null,
): SqlError | undefined {
  const { schema, name } = object;
  const whole = { kind: 'object', schema, name } as const;
  const named = object.columns.find((each) => sameName(each.name, column ?? ''));
  if (permission === 'INSERT' || permission === 'DELETE') {
    if (security.has(permission, whole)) return undefined;
    return objectDenied(permission, catalogue.databaseName, object);
  }
  if (!named) {
    // No column: COUNT(*), or the row numbers by which the compiler finds the rows of the table to write.
    if (target === object || security.hasOnSomeColumn(permission, whole)) return undefined;
    return objectDenied(permission, catalogue.databaseName, object);
  }
  if (security.has(permission, { ...whole, column: named.name })) return undefined;
  return security.hasOnSomeColumn(permission, whole)
    ? columnDenied(permission, named.name, catalogue.databaseName, object)
    : objectDenied(permission, catalogue.databaseName, object);
}
