// What is in a database before anybody made anything.
import type { CatalogueParts, StoredPrincipal, StoredSchema } from './catalogue-state.ts';
import { permissionKey } from './catalogue-state.ts';

/** Ids as SQL Server numbers them [sys.database_principals]; each has a schema of its name and id. */
export const fixedRoles = {
  db_owner: 16384,
  db_accessadmin: 16385,
  db_securityadmin: 16386,
  db_ddladmin: 16387,
  db_backupoperator: 16389,
  db_datareader: 16390,
  db_datawriter: 16391,
  db_denydatareader: 16392,
  db_denydatawriter: 16393,
} as const;

export const publicId = 0;
export const dboId = 1;
export const guestId = 2;
export const informationSchemaId = 3;
export const sysId = 4;

const builtInUsers = {
  dbo: { principalId: dboId, sid: '01', defaultSchema: 'dbo' },
  guest: { principalId: guestId, sid: '00', defaultSchema: 'guest' },
  INFORMATION_SCHEMA: { principalId: informationSchemaId },
  sys: { principalId: sysId },
} as const;

/** `at`: time of the database's creation, `2026-11-25 02:13:00.123`. */
export function initialState(at: string): CatalogueParts {
  const principals = [
    role('public', publicId, at, false),
    ...Object.entries(builtInUsers).map(([name, more]) => user(name, more, at)),
    ...Object.entries(fixedRoles).map(([name, principalId]) => role(name, principalId, at, true)),
  ];
  const schemas: StoredSchema[] = [
    { schemaId: 1, name: 'dbo', ownerId: dboId },
    { schemaId: 2, name: 'guest', ownerId: guestId },
    { schemaId: 3, name: 'INFORMATION_SCHEMA', ownerId: informationSchemaId },
    { schemaId: 4, name: 'sys', ownerId: sysId },
    ...Object.entries(fixedRoles).map(([name, id]) => ({ schemaId: id, name, ownerId: id })),
  ];
  return {
    schemas: new Map(schemas.map((schema) => [schema.name.toLowerCase(), schema])),
    objects: new Map(),
    principals: new Map(principals.map((each) => [each.name.toLowerCase(), each])),
    memberships: new Map([
      [`${fixedRoles.db_owner}:${dboId}`, { roleId: fixedRoles.db_owner, memberId: dboId }],
    ]),
    permissions: new Map([connectOf(dboId)]),
    counters: new Map(),
  };
}

function user(
  name: string,
  more: Pick<StoredPrincipal, 'principalId' | 'sid' | 'defaultSchema'>,
  at: string,
): StoredPrincipal {
  return { name, type: 'S', ...more, isFixedRole: false, createdAt: at, modifiedAt: at };
}

function role(
  name: string,
  principalId: number,
  at: string,
  isFixedRole: boolean,
): StoredPrincipal {
  const times = { createdAt: at, modifiedAt: at };
  return { name, type: 'R', principalId, ownerId: dboId, isFixedRole, ...times };
}

/** The permission that every user gets with its creation. */
export function connectOf(principalId: number) {
  const permission = {
    class: 0,
    majorId: 0,
    minorId: 0,
    granteeId: principalId,
    grantorId: dboId,
    permission: 'CONNECT',
    state: 'G',
  } as const;
  return [permissionKey(permission), permission] as const;
}
