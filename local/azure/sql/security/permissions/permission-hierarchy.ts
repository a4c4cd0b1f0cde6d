// Which permission covers which [https://learn.microsoft.com/sql/relational-databases/security/permissions-database-engine].
import type { Securable } from '../../catalogue/catalogue-state.ts';

export type SecurableClass = 'database' | 'schema' | 'object' | 'user' | 'role';

export interface PermissionRow {
  /** `SL  ` without its blanks, as in `sys.database_permissions.type`. */
  readonly type: string;
  /** The permission on the same securable that holds this one. */
  readonly impliedBy?: string;
  /** The permission on what the securable is in that holds this one. */
  readonly coveredBy?: string;
}

const control = 'CONTROL';

/** On the database. */
const database: Readonly<Record<string, PermissionRow>> = {
  CONTROL: { type: 'CL' },
  ALTER: { type: 'AL', impliedBy: control },
  'ALTER ANY APPLICATION ROLE': { type: 'ALAR', impliedBy: 'ALTER' },
  'ALTER ANY DATABASE DDL TRIGGER': { type: 'ALTG', impliedBy: 'ALTER' },
  'ALTER ANY DATABASE SCOPED CONFIGURATION': { type: 'ALDC', impliedBy: control },
  'ALTER ANY ROLE': { type: 'ALRL', impliedBy: 'ALTER' },
  'ALTER ANY SCHEMA': { type: 'ALSM', impliedBy: 'ALTER' },
  'ALTER ANY USER': { type: 'ALUS', impliedBy: 'ALTER' },
  AUTHENTICATE: { type: 'AUTH', impliedBy: control },
  'BACKUP DATABASE': { type: 'BADB', impliedBy: control },
  'BACKUP LOG': { type: 'BALO', impliedBy: control },
  CHECKPOINT: { type: 'CP', impliedBy: control },
  CONNECT: { type: 'CO', impliedBy: control },
  'CREATE FUNCTION': { type: 'CRFN', impliedBy: 'ALTER' },
  'CREATE PROCEDURE': { type: 'CRPR', impliedBy: 'ALTER' },
  'CREATE ROLE': { type: 'CRRL', impliedBy: 'ALTER ANY ROLE' },
  'CREATE SCHEMA': { type: 'CRSM', impliedBy: 'ALTER ANY SCHEMA' },
  'CREATE TABLE': { type: 'CRTB', impliedBy: 'ALTER' },
  'CREATE TYPE': { type: 'CRTY', impliedBy: 'ALTER' },
  'CREATE USER': { type: 'CUSR', impliedBy: 'ALTER ANY USER' },
  'CREATE VIEW': { type: 'CRVW', impliedBy: 'ALTER' },
  DELETE: { type: 'DL', impliedBy: control },
  EXECUTE: { type: 'EX', impliedBy: control },
  INSERT: { type: 'IN', impliedBy: control },
  'KILL DATABASE CONNECTION': { type: 'KIDC', impliedBy: 'ALTER' },
  REFERENCES: { type: 'RF', impliedBy: control },
  SELECT: { type: 'SL', impliedBy: control },
  SHOWPLAN: { type: 'SPLN', impliedBy: 'ALTER' },
  'TAKE OWNERSHIP': { type: 'TO', impliedBy: control },
  UNMASK: { type: 'UMSK', impliedBy: control },
  UPDATE: { type: 'UP', impliedBy: control },
  'VIEW ANY COLUMN ENCRYPTION KEY DEFINITION': { type: 'VWCK', impliedBy: 'VIEW DEFINITION' },
  'VIEW ANY COLUMN MASTER KEY DEFINITION': { type: 'VWCM', impliedBy: 'VIEW DEFINITION' },
  'VIEW DATABASE STATE': { type: 'VWDS', impliedBy: control },
  'VIEW DEFINITION': { type: 'VW', impliedBy: control },
};

const schema: Readonly<Record<string, PermissionRow>> = {
  CONTROL: { type: 'CL', coveredBy: control },
  ALTER: { type: 'AL', impliedBy: control, coveredBy: 'ALTER ANY SCHEMA' },
  DELETE: { type: 'DL', impliedBy: control, coveredBy: 'DELETE' },
  EXECUTE: { type: 'EX', impliedBy: control, coveredBy: 'EXECUTE' },
  INSERT: { type: 'IN', impliedBy: control, coveredBy: 'INSERT' },
  REFERENCES: { type: 'RF', impliedBy: control, coveredBy: 'REFERENCES' },
  SELECT: { type: 'SL', impliedBy: control, coveredBy: 'SELECT' },
  'TAKE OWNERSHIP': { type: 'TO', impliedBy: control, coveredBy: control },
  UPDATE: { type: 'UP', impliedBy: control, coveredBy: 'UPDATE' },
  'VIEW CHANGE TRACKING': { type: 'VWCT', impliedBy: control, coveredBy: control },
  'VIEW DEFINITION': { type: 'VW', impliedBy: control, coveredBy: 'VIEW DEFINITION' },
};

const object: Readonly<Record<string, PermissionRow>> = {
  CONTROL: { type: 'CL', coveredBy: control },
  ALTER: { type: 'AL', impliedBy: control, coveredBy: 'ALTER' },
  DELETE: { type: 'DL', impliedBy: control, coveredBy: 'DELETE' },
  EXECUTE: { type: 'EX', impliedBy: control, coveredBy: 'EXECUTE' },
  INSERT: { type: 'IN', impliedBy: control, coveredBy: 'INSERT' },
  REFERENCES: { type: 'RF', impliedBy: control, coveredBy: 'REFERENCES' },
  SELECT: { type: 'SL', impliedBy: control, coveredBy: 'SELECT' },
  'TAKE OWNERSHIP': { type: 'TO', impliedBy: control, coveredBy: control },
  UPDATE: { type: 'UP', impliedBy: control, coveredBy: 'UPDATE' },
  'VIEW CHANGE TRACKING': { type: 'VWCT', impliedBy: control, coveredBy: 'VIEW CHANGE TRACKING' },
  'VIEW DEFINITION': { type: 'VW', impliedBy: control, coveredBy: 'VIEW DEFINITION' },
};

const user: Readonly<Record<string, PermissionRow>> = {
  CONTROL: { type: 'CL', coveredBy: control },
  ALTER: { type: 'AL', impliedBy: control, coveredBy: 'ALTER ANY USER' },
  IMPERSONATE: { type: 'IM', impliedBy: control, coveredBy: control },
  'VIEW DEFINITION': { type: 'VW', impliedBy: control, coveredBy: 'VIEW DEFINITION' },
};

const role: Readonly<Record<string, PermissionRow>> = {
  CONTROL: { type: 'CL', coveredBy: control },
  ALTER: { type: 'AL', impliedBy: control, coveredBy: 'ALTER ANY ROLE' },
  'TAKE OWNERSHIP': { type: 'TO', impliedBy: control, coveredBy: control },
  'VIEW DEFINITION': { type: 'VW', impliedBy: control, coveredBy: 'VIEW DEFINITION' },
};

export const permissionTables: Readonly<
  Record<SecurableClass, Readonly<Record<string, PermissionRow>>>
> = { database, schema, object, user, role };

/** Permissions that may be given on single columns. */
export const columnPermissions: ReadonlySet<string> = new Set(['SELECT', 'UPDATE', 'REFERENCES']);

/** Which permissions go with which kind of object: a procedure is not selected from, a table not executed. */
export const objectPermissions: Readonly<
  Record<'table' | 'view' | 'procedure', readonly string[]>
> = {
  table: Object.keys(object).filter((name) => name !== 'EXECUTE'),
  view: Object.keys(object).filter((name) => name !== 'EXECUTE'),
  procedure: ['CONTROL', 'ALTER', 'EXECUTE', 'TAKE OWNERSHIP', 'VIEW DEFINITION'],
};

/** A securable with what it is in: column in object in schema in database. */
export interface SecurablePlace {
  readonly kind: SecurableClass;
  readonly securable: Securable;
  readonly within?: SecurablePlace;
}

export interface Cover {
  readonly permission: string;
  readonly securable: Securable;
}

/**
 * The permission itself and all that hold it: a GRANT of any of them gives it, a DENY of any takes it.
 * Empty for a permission that the securable does not have.
 */
export function covers(permission: string, place: SecurablePlace): readonly Cover[] {
  const found: Cover[] = [];
  const seen = new Set<string>();
  const visit = (name: string, at: SecurablePlace): void => {
    const row = permissionTables[at.kind][name];
    const key = `${at.kind} ${name}`;
    if (!row || seen.has(key)) return;
    seen.add(key);
    found.push({ permission: name, securable: at.securable });
    if (row.impliedBy) visit(row.impliedBy, at);
    if (row.coveredBy && at.within) visit(row.coveredBy, at.within);
  };
  visit(permission, place);
  return found;
}
