// sys.database_principals, sys.database_role_members, sys.database_permissions.
import type { SecurablePlace } from '../../security/permissions/permission-hierarchy.ts';
import { permissionTables } from '../../security/permissions/permission-hierarchy.ts';
import { databasePlace } from '../../security/permissions/securable-place.ts';
import { findById, type StoredPermission } from '../catalogue-state.ts';
import { sysId } from '../initial-state.ts';
import { bit, defineView, type ViewSource } from './define-view.ts';

const typeWords = {
  S: 'SQL_USER',
  E: 'EXTERNAL_USER',
  X: 'EXTERNAL_GROUP',
  R: 'DATABASE_ROLE',
} as const;

const databasePrincipals = defineView(
  'sys',
  'database_principals',
  {
    name: 'sysname',
    principal_id: 'int',
    type: 'char(1)',
    type_desc: 'nvarchar(60)?',
    default_schema_name: 'sysname?',
    create_date: 'datetime',
    modify_date: 'datetime',
    owning_principal_id: 'int?',
    sid: 'varbinary(85)?',
    is_fixed_role: 'bit',
    authentication_type: 'int',
    authentication_type_desc: 'nvarchar(60)?',
    default_language_name: 'sysname?',
    default_language_lcid: 'int?',
    allow_encrypted_value_modifications: 'bit',
  },
  ({ state, security }) =>
    [...state.principals.values()]
      .filter(({ name }) => security.sees({ kind: 'principal', name }))
      .sort((left, right) => left.principalId - right.principalId)
      .map((principal) => {
        const { name, principalId, type, sid } = principal;
        const isExternal = type === 'E' || type === 'X';
        return {
          name,
          principal_id: principalId,
          type,
          type_desc: typeWords[type],
          default_schema_name: principal.defaultSchema ?? null,
          create_date: principal.createdAt,
          modify_date: principal.modifiedAt,
          owning_principal_id: principal.ownerId ?? null,
          sid: sid === undefined ? null : Buffer.from(sid, 'hex'),
          is_fixed_role: bit(principal.isFixedRole),
          authentication_type: isExternal ? 4 : 0,
          authentication_type_desc: isExternal ? 'EXTERNAL' : 'NONE',
          allow_encrypted_value_modifications: 0,
        };
      }),
);

/**
 * Azure: one's own membership, and all with VIEW DEFINITION.
 * Source: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-role-members-transact-sql
 */
const databaseRoleMembers = defineView(
  'sys',
  'database_role_members',
  { role_principal_id: 'int', member_principal_id: 'int' },
  ({ state, security }) =>
    [...state.memberships.values()]
      .filter(
        ({ memberId }) =>
          security.rights.principalIds.has(memberId) ||
          security.rights.has('VIEW DEFINITION', databasePlace),
      )
      .map(({ roleId, memberId }) => ({
        role_principal_id: roleId,
        member_principal_id: memberId,
      })),
);

const classWords = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  3: 'SCHEMA',
  4: 'DATABASE_PRINCIPAL',
} as const;

const stateWords = { G: 'GRANT', D: 'DENY', W: 'GRANT_WITH_GRANT_OPTION' } as const;

const databasePermissions = defineView(
  'sys',
  'database_permissions',
  {
    class: 'tinyint',
    class_desc: 'nvarchar(60)?',
    major_id: 'int',
    minor_id: 'int',
    grantee_principal_id: 'int',
    grantor_principal_id: 'int',
    type: 'char(4)',
    permission_name: 'nvarchar(128)?',
    state: 'char(1)',
    state_desc: 'nvarchar(60)?',
  },
  (source) =>
    [...source.state.permissions.values()]
      .filter((permission) => isVisible(permission, source))
      .map((permission) => ({
        class: permission.class,
        class_desc: classWords[permission.class],
        major_id: permission.majorId,
        minor_id: permission.minorId,
        grantee_principal_id: permission.granteeId,
        grantor_principal_id: permission.grantorId,
        type: typeCode(permission, source),
        permission_name: permission.permission,
        state: permission.state,
        state_desc: stateWords[permission.state],
      })),
);

/** One's own and public's; of others, whose principal can be seen beyond the built-in ones. */
function isVisible({ granteeId }: StoredPermission, { state, security }: ViewSource): boolean {
  const { rights } = security;
  if (rights.principalIds.has(granteeId)) return true;
  const grantee = findById(state.principals, granteeId);
  const mayAll = ['VIEW DEFINITION', 'ALTER ANY USER'].some((permission) =>
    rights.has(permission, databasePlace),
  );
  if (mayAll) return true;
  const isBuiltIn = granteeId <= sysId || grantee?.isFixedRole === true;
  return (
    !isBuiltIn && grantee !== undefined && security.sees({ kind: 'principal', name: grantee.name })
  );
}

function typeCode({ class: kind, majorId, permission }: StoredPermission, { state }: ViewSource) {
  const kinds: Record<StoredPermission['class'], SecurablePlace['kind']> = {
    0: 'database',
    1: 'object',
    3: 'schema',
    4: findById(state.principals, majorId)?.type === 'R' ? 'role' : 'user',
  };
  return (permissionTables[kinds[kind]][permission]?.type ?? '').padEnd(4);
}

export const principalViews = [databasePrincipals, databaseRoleMembers, databasePermissions];
