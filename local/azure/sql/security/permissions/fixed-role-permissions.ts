// What the fixed database roles may do, as permissions on the database [sp_dbfixedrolepermission; Azure SQL, fixed roles].
import { fixedRoles } from '../../catalogue/initial-state.ts';

export interface RolePermission {
  readonly permission: string;
  readonly state: 'G' | 'D' | 'W';
}

const granted = (...names: readonly string[]): readonly RolePermission[] =>
  names.map((permission) => ({ permission, state: 'G' }));
const denied = (...names: readonly string[]): readonly RolePermission[] =>
  names.map((permission) => ({ permission, state: 'D' }));

/** By principal id of the role. What GRANT may be done with them is in `may-grant.ts`. */
export const fixedRolePermissions: ReadonlyMap<number, readonly RolePermission[]> = new Map([
  [fixedRoles.db_owner, granted('CONTROL')],
  [fixedRoles.db_accessadmin, granted('ALTER ANY USER', 'CREATE SCHEMA', 'CONNECT')],
  [
    fixedRoles.db_securityadmin,
    granted('ALTER ANY ROLE', 'ALTER ANY APPLICATION ROLE', 'CREATE SCHEMA', 'VIEW DEFINITION'),
  ],
  [
    fixedRoles.db_ddladmin,
    granted(
      'ALTER ANY DATABASE DDL TRIGGER',
      'ALTER ANY SCHEMA',
      'CHECKPOINT',
      'CREATE FUNCTION',
      'CREATE PROCEDURE',
      'CREATE SCHEMA',
      'CREATE TABLE',
      'CREATE TYPE',
      'CREATE VIEW',
      'REFERENCES',
    ),
  ],
  [fixedRoles.db_backupoperator, granted('BACKUP DATABASE', 'BACKUP LOG', 'CHECKPOINT')],
  [fixedRoles.db_datareader, granted('SELECT')],
  [fixedRoles.db_datawriter, granted('INSERT', 'UPDATE', 'DELETE')],
  [fixedRoles.db_denydatareader, denied('SELECT')],
  [fixedRoles.db_denydatawriter, denied('INSERT', 'UPDATE', 'DELETE')],
]);
