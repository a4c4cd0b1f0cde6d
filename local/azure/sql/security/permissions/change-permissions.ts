// GRANT, DENY and REVOKE [https://learn.microsoft.com/sql/t-sql/statements/grant-object-permissions-transact-sql].
import {
  permissionKey,
  type StoredPermission,
  type StoredPrincipal,
} from '../../catalogue/catalogue-state.ts';
import { dboId, guestId, informationSchemaId, sysId } from '../../catalogue/initial-state.ts';
import { foldName } from '../../catalogue/names.ts';
import { cannotFind, grantorLacksGrant } from '../permission-errors.ts';
import {
  cascadeNeeded,
  columnsNotAllowed,
  fixedRoleGrantee,
  incompatiblePermission,
  specialGrantee,
} from '../principal-errors.ts';
import type { Of, SecurityStatementContext } from '../principals/security-statement.ts';
import { columnIdsOf, findGrantTarget, type GrantTarget } from './grant-target.ts';
import { columnPermissions } from './permission-hierarchy.ts';
import { ownerOf } from './principal-rights.ts';

type PermissionStatement = Of<'grant' | 'deny' | 'revoke'>;
type Permissions = Map<string, StoredPermission>;

/** Throws SqlError 15151, 4613, 4606, 4624, 4617, 4611, 1020. */
export function changePermissions(
  statement: PermissionStatement,
  { catalogue, security }: SecurityStatementContext,
): void {
  const target = findGrantTarget(statement.on, catalogue, security);
  const onColumns = statement.on?.kind === 'object' ? statement.on.columns : undefined;
  const items = statement.permissions.flatMap(({ name, columns }) => {
    assertFits(name, columns ?? onColumns, target);
    return minorIds(columns ?? onColumns, target).map((minorId) => ({ permission: name, minorId }));
  });
  for (const { permission, minorId } of items) {
    const place = { ...target.place, securable: { ...target.place.securable, minorId } };
    if (security.rights.mayGrant(permission, place)) continue;
    throw target.place.kind === 'database' ? grantorLacksGrant() : target.missing();
  }
  const grantees = statement.principals.map((name) =>
    findGrantee(name, target, { catalogue, security }),
  );
  const grantorId = grantorOf(statement.as, target, { catalogue, security });
  const permissions: Permissions = new Map(catalogue.state.permissions);
  for (const { principalId: granteeId } of grantees) {
    for (const { permission, minorId } of items) {
      const { securable } = target.place;
      const one = { ...securable, minorId, granteeId, grantorId, permission };
      apply(statement, one, permissions);
    }
  }
  catalogue.change({ permissions });
}

function assertFits(
  permission: string,
  columns: readonly string[] | undefined,
  { allowed }: GrantTarget,
): void {
  if (!allowed.includes(permission)) throw incompatiblePermission(permission);
  if (columns !== undefined && !columnPermissions.has(permission)) throw columnsNotAllowed();
}

function minorIds(
  columns: readonly string[] | undefined,
  { object }: GrantTarget,
): readonly number[] {
  if (columns === undefined) return [0];
  if (!object) throw columnsNotAllowed();
  return columnIdsOf(object, columns);
}

type Surroundings = Pick<SecurityStatementContext, 'catalogue' | 'security'>;

function findGrantee(
  name: string,
  { place }: GrantTarget,
  { catalogue, security }: Surroundings,
): StoredPrincipal {
  const { state } = catalogue;
  const grantee = state.principals.get(foldName(name));
  if (!grantee) throw cannotFind('user', name);
  const { principalId, isFixedRole } = grantee;
  if (isFixedRole) throw fixedRoleGrantee();
  const isOwner = ownerOf(state, place.securable) === principalId;
  const isSelf = principalId === security.principalId;
  if (isOwner || isSelf || [dboId, informationSchemaId, sysId].includes(principalId)) {
    throw specialGrantee();
  }
  if (principalId === guestId) throw cannotFind('user', name);
  return grantee;
}

/** SQL Server: who owns the securable counts as the grantor for everybody that may grant by CONTROL or a fixed role. */
function grantorOf(
  as: string | undefined,
  { place }: GrantTarget,
  { catalogue, security }: Surroundings,
): number {
  const { state } = catalogue;
  if (as !== undefined) {
    const grantor = state.principals.get(foldName(as));
    const { rights } = security;
    const may =
      grantor && (security.isDatabaseOwner || rights.principalIds.has(grantor.principalId));
    if (!may) throw cannotFind('principal', as);
    return grantor.principalId;
  }
  const { rights, principalId } = security;
  const byRight = rights.owns(place) || rights.has('CONTROL', place);
  return byRight ? (ownerOf(state, place.securable) ?? dboId) : principalId;
}

function apply(
  statement: PermissionStatement,
  one: Omit<StoredPermission, 'state'>,
  permissions: Permissions,
): void {
  const key = permissionKey(one);
  const before = permissions.get(key);
  const isGrantable = before?.state === 'W';
  if (statement.kind === 'grant') {
    permissions.set(key, { ...one, state: statement.grantOption || isGrantable ? 'W' : 'G' });
    forgetOnColumns(one, permissions);
    return;
  }
  if (isGrantable && !statement.cascade) throw cascadeNeeded();
  if (isGrantable) cascade(one, permissions);
  if (statement.kind === 'revoke' && statement.grantOption) {
    if (before) permissions.set(key, { ...before, state: before.state === 'D' ? 'D' : 'G' });
    return;
  }
  permissions.delete(key);
  forgetOnColumns(one, permissions);
  if (statement.kind === 'deny') permissions.set(key, { ...one, state: 'D' });
}

/** Pretend: a permission on the whole table takes the place of those on its columns; no source says it of GRANT. */
function forgetOnColumns(one: Omit<StoredPermission, 'state'>, permissions: Permissions): void {
  if (one.minorId !== 0 || one.class !== 1) return;
  for (const [key, each] of permissions) {
    const isSame =
      each.class === 1 &&
      each.majorId === one.majorId &&
      each.permission === one.permission &&
      each.granteeId === one.granteeId &&
      each.minorId !== 0;
    if (isSame) permissions.delete(key);
  }
}

/** Takes back what the grantee granted in turn. */
function cascade(one: Omit<StoredPermission, 'state'>, permissions: Permissions): void {
  for (const [key, each] of permissions) {
    const isFrom =
      each.grantorId === one.granteeId &&
      each.class === one.class &&
      each.majorId === one.majorId &&
      each.permission === one.permission;
    if (!isFrom || !permissions.delete(key)) continue;
    cascade(each, permissions);
  }
}
