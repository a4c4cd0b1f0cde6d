import { operations } from '../operations.ts';
import type { Database } from './database.ts';

interface IdentityRow {
  readonly LoginName: string;
  readonly OriginalLogin: string;
  readonly UserName: string;
  readonly DatabaseName: string;
  readonly Version: string;
}

interface PermissionRow {
  readonly State: string;
  readonly Permission: string;
  readonly SchemaName: string | null;
  readonly ObjectName: string | null;
}

/** Who the app is to the database. */
export interface DatabaseIdentity {
  /** SUSER_SNAME(): of a managed identity `<client id>@<tenant id>`. */
  readonly loginName: string;
  readonly originalLogin: string;
  /** USER_NAME(): the user that the grants were made for. */
  readonly userName: string;
  readonly database: string;
  /** Of the server, first line. */
  readonly version: string;
  readonly roles: readonly string[];
  /** Granted or denied to the user itself; what roles bring is not repeated. */
  readonly permissions: readonly {
    readonly state: string;
    readonly permission: string;
    /** `schema.name`; absent: the database. */
    readonly on?: string;
  }[];
}

/** Throws AppError. */
export async function describeDatabase(
  database: Pick<Database, 'query' | 'scope'>,
): Promise<DatabaseIdentity> {
  const call = { operation: operations.connectToDatabase(database.scope) };
  const [identities, roles, permissions] = await Promise.all([
    database.query<IdentityRow>(WHO, call),
    database.query<{ readonly RoleName: string }>(ROLES, call),
    database.query<PermissionRow>(PERMISSIONS, call),
  ]);
  const [who] = identities;
  return {
    loginName: who?.LoginName ?? '',
    originalLogin: who?.OriginalLogin ?? '',
    userName: who?.UserName ?? '',
    database: who?.DatabaseName ?? '',
    version: (who?.Version ?? '').split(/[\r\n]/, 1)[0] ?? '',
    roles: roles.map(({ RoleName }) => RoleName),
    permissions: permissions.map(({ State, Permission, SchemaName, ObjectName }) => ({
      state: State,
      permission: Permission,
      ...(ObjectName !== null && { on: `${SchemaName}.${ObjectName}` }),
    })),
  };
}

const WHO =
  'SELECT SUSER_SNAME() AS LoginName, ORIGINAL_LOGIN() AS OriginalLogin, USER_NAME() AS UserName, DB_NAME() AS DatabaseName, @@VERSION AS Version;';

// A user sees itself and the fixed roles: https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
const ROLES = `SELECT r.name AS RoleName
FROM sys.database_principals AS u
JOIN sys.database_role_members AS m ON m.member_principal_id = u.principal_id
JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
WHERE u.name = USER_NAME()
ORDER BY r.name;`;

const PERMISSIONS = `SELECT p.state_desc AS State, p.permission_name AS Permission, s.name AS SchemaName, o.name AS ObjectName
FROM sys.database_principals AS u
JOIN sys.database_permissions AS p ON p.grantee_principal_id = u.principal_id
LEFT JOIN sys.objects AS o ON p.class = 1 AND o.object_id = p.major_id
LEFT JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE u.name = USER_NAME()
ORDER BY p.permission_name, o.name;`;
