// CREATE, ALTER and DROP ROLE [https://learn.microsoft.com/sql/t-sql/statements/alter-role-transact-sql].
import {
  type CatalogueState,
  membershipKey,
  type StoredPrincipal,
  withEntry,
  withoutEntry,
} from '../../catalogue/catalogue-state.ts';
import { fixedRoles, publicId, sysId } from '../../catalogue/initial-state.ts';
import { foldName } from '../../catalogue/names.ts';
import {
  cannotAdd,
  cannotAlter,
  cannotDropPrincipal,
  cannotFind,
  notAllowedHere,
} from '../permission-errors.ts';
import { databasePlace } from '../permissions/securable-place.ts';
import {
  cannotAlterFixed,
  cannotDropFixed,
  memberOfItself,
  principalExists,
  publicMembership,
  roleHasMembers,
  specialPrincipal,
} from '../principal-errors.ts';
import { assertDroppable, withoutPrincipal } from './drop-principal.ts';
import { nextPrincipalId } from './next-principal-id.ts';
import type { Of, SecurityStatementContext } from './security-statement.ts';

/** Throws SqlError 15247, 15151, 15023. */
export function createRole(
  { name, owner }: Of<'createRole'>,
  { catalogue, security }: SecurityStatementContext,
): void {
  if (!security.rights.has('CREATE ROLE', databasePlace)) throw notAllowedHere();
  const { state, now } = catalogue;
  const ownerId = owner === undefined ? security.principalId : ownerFor(state, owner, security);
  if (state.principals.has(foldName(name))) throw principalExists(name);
  const role: StoredPrincipal = {
    principalId: nextPrincipalId(state),
    name,
    type: 'R',
    ownerId,
    isFixedRole: false,
    createdAt: now,
    modifiedAt: now,
  };
  catalogue.change({ principals: withEntry(state.principals, foldName(name), role) });
}

/** AUTHORIZATION to another needs IMPERSONATE on a user, membership in or ALTER on a role. Throws SqlError 15151. */
export function ownerFor(
  state: CatalogueState,
  name: string,
  security: SecurityStatementContext['security'],
): number {
  const owner = state.principals.get(foldName(name));
  if (!owner) throw cannotFind('principal', name);
  const isOwn = security.rights.principalIds.has(owner.principalId);
  const permission = owner.type === 'R' ? 'ALTER' : 'IMPERSONATE';
  if (!isOwn && !security.has(permission, { kind: 'principal', name })) {
    throw cannotFind('principal', name);
  }
  return owner.principalId;
}

/** Throws SqlError 15151, 15081, 15405, 15413, 15023. */
export function alterRole(statement: Of<'alterRole'>, context: SecurityStatementContext): void {
  const { catalogue, security } = context;
  const role = findAlterable(statement.name, context);
  if (statement.change === 'rename') {
    rename(role, statement.member, context);
    return;
  }
  if (role.principalId === publicId) throw publicMembership();
  const { state } = catalogue;
  const member = state.principals.get(foldName(statement.member));
  const adds = statement.change === 'addMember';
  if (!member || !security.sees({ kind: 'principal', name: statement.member })) {
    throw adds ? cannotAdd(statement.member) : cannotDropPrincipal('principal', statement.member);
  }
  if (isSpecial(member)) throw specialPrincipal(member.name);
  const membership = { roleId: role.principalId, memberId: member.principalId };
  const key = membershipKey(membership);
  if (!adds) {
    if (!state.memberships.has(key)) throw cannotDropPrincipal('principal', statement.member);
    catalogue.change({ memberships: withoutEntry(state.memberships, key) });
    return;
  }
  if (contains(state, member.principalId, role.principalId)) throw memberOfItself();
  catalogue.change({ memberships: withEntry(state.memberships, key, membership) });
}

/** Azure: members of fixed roles are db_owner's to change; of others, who has ALTER on the role or ALTER ANY ROLE. */
function findAlterable(
  name: string,
  { catalogue, security }: SecurityStatementContext,
): StoredPrincipal {
  const role = catalogue.state.principals.get(foldName(name));
  if (role?.type !== 'R') throw cannotAlter('role', name);
  const { rights } = security;
  const mayAlter = role.isFixedRole
    ? security.isDatabaseOwner || rights.principalIds.has(fixedRoles.db_owner)
    : security.has('ALTER', { kind: 'principal', name });
  if (!mayAlter) throw cannotAlter('role', name);
  return role;
}

function rename(
  role: StoredPrincipal,
  newName: string,
  { catalogue }: SecurityStatementContext,
): void {
  if (role.isFixedRole || role.principalId === publicId) throw cannotAlterFixed('role', role.name);
  const { state, now } = catalogue;
  if (foldName(newName) !== foldName(role.name) && state.principals.has(foldName(newName))) {
    throw principalExists(newName);
  }
  const others = withoutEntry(state.principals, foldName(role.name));
  const renamed = { ...role, name: newName, modifiedAt: now };
  catalogue.change({ principals: withEntry(others, foldName(newName), renamed) });
}

/** dbo, guest, INFORMATION_SCHEMA, sys, public and the fixed roles are members of no role of ours. */
function isSpecial({ principalId, isFixedRole }: StoredPrincipal): boolean {
  return isFixedRole || principalId <= sysId;
}

/** Whether `role` has `member` in it, directly or not, or is it. */
function contains(state: CatalogueState, role: number, member: number): boolean {
  if (role === member) return true;
  return [...state.memberships.values()].some(
    ({ roleId, memberId }) => roleId === role && contains(state, memberId, member),
  );
}

/** Throws SqlError 15151, 15150, 15144, 15138, 15284. */
export function dropRole(
  { name, ifExists }: Of<'dropRole'>,
  { catalogue, security }: SecurityStatementContext,
): void {
  const { state } = catalogue;
  const role = state.principals.get(foldName(name));
  if (!role && ifExists) return;
  const mayDrop = security.has('CONTROL', { kind: 'principal', name });
  const mayAny = security.rights.has('ALTER ANY ROLE', databasePlace);
  if (role?.type !== 'R' || !(mayDrop || mayAny)) throw cannotDropPrincipal('role', name);
  if (role.isFixedRole || role.principalId === publicId) throw cannotDropFixed('role', role.name);
  if ([...state.memberships.values()].some(({ roleId }) => roleId === role.principalId)) {
    throw roleHasMembers();
  }
  assertDroppable(state, role);
  catalogue.change(withoutPrincipal(state, role));
}
