// CREATE, ALTER and DROP USER [https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql].
import type { Principal } from '../../../directory.ts';
import {
  type CatalogueState,
  type StoredPrincipal,
  withEntry,
  withoutEntry,
} from '../../catalogue/catalogue-state.ts';
import { connectOf, dboId, sysId } from '../../catalogue/initial-state.ts';
import { foldName } from '../../catalogue/names.ts';
import { cannotAlter, cannotDropPrincipal, notAllowedHere } from '../permission-errors.ts';
import { databasePlace } from '../permissions/securable-place.ts';
import {
  ambiguousDisplayName,
  badSid,
  cannotAlterFixed,
  cannotDropFixed,
  noServerIdentity,
  notInDirectory,
  principalExists,
  sidExists,
} from '../principal-errors.ts';
import { sidHex, sidOf } from '../sid.ts';
import { assertDroppable, withoutPrincipal } from './drop-principal.ts';
import { nextPrincipalId } from './next-principal-id.ts';
import type { Of, SecurityStatementContext } from './security-statement.ts';

/** Throws SqlError 15247, 15023, 15063, 15419, 33130, 33131, 33134. */
export function createUser(statement: Of<'createUser'>, context: SecurityStatementContext): void {
  const { catalogue, security } = context;
  const mayCreate =
    security.rights.has('CREATE USER', databasePlace) ||
    security.rights.has('ALTER ANY USER', databasePlace);
  if (!mayCreate) throw notAllowedHere();
  const { state, now } = catalogue;
  const { name } = statement;
  const { type, sid } = identify(statement, context);
  if (state.principals.has(foldName(name))) throw principalExists(name);
  if (sid !== undefined && [...state.principals.values()].some((each) => each.sid === sid)) {
    throw sidExists();
  }
  const principalId = nextPrincipalId(state);
  const user: StoredPrincipal = {
    principalId,
    name,
    type,
    ...(sid !== undefined && { sid }),
    // Azure: a group has no default schema unless it is given one [create-user-transact-sql, above].
    ...((statement.defaultSchema !== undefined || type !== 'X') && {
      defaultSchema: statement.defaultSchema ?? 'dbo',
    }),
    isFixedRole: false,
    createdAt: now,
    modifiedAt: now,
  };
  catalogue.change({
    principals: withEntry(state.principals, foldName(name), user),
    permissions: withEntry(state.permissions, ...connectOf(principalId)),
  });
}

function identify(
  { name, from }: Of<'createUser'>,
  context: SecurityStatementContext,
): { type: 'S' | 'E' | 'X'; sid?: string } {
  if (from.kind === 'withoutLogin') {
    // SQL Server: such a user has a SID of its own that nobody can log in with.
    return { type: 'S', sid: withoutLoginSid(context.catalogue.state) };
  }
  if (from.kind === 'sid') {
    if (from.sid.length !== 16) throw badSid();
    return { type: from.type, sid: sidHex(from.sid) };
  }
  const principal = lookUp(name, from.objectId, context);
  return { type: principal.kind === 'Group' ? 'X' : 'E', sid: sidHex(sidOfPrincipal(principal)) };
}

function withoutLoginSid(state: CatalogueState): string {
  return `01050000000000090300000000000000${nextPrincipalId(state).toString(16).padStart(24, '0')}`;
}

/** Applications and managed identities are known by their client id, users and groups by their object id. */
export function sidOfPrincipal({ kind, clientId, principalId }: Principal): Uint8Array {
  return sidOf(kind === 'User' || kind === 'Group' ? principalId : clientId);
}

/**
 * Azure: looks names up with the rights of the user who asks; if an application asks, with those of the server's
 * own identity, which needs Directory Readers. Pretend: no server here has an identity, as ARM's provider keeps none.
 * Source: https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-service-principal
 */
function lookUp(
  name: string,
  objectId: string | undefined,
  { security, directory }: SecurityStatementContext,
): Principal {
  if (security.isServicePrincipal) throw noServerIdentity(name);
  const found = directory
    .all()
    .filter((each) =>
      objectId === undefined
        ? foldName(each.displayName) === foldName(name)
        : foldName(each.principalId) === foldName(objectId),
    );
  const [principal] = found;
  if (!principal) throw notInDirectory(name);
  if (found.length > 1) throw ambiguousDisplayName(name);
  return principal;
}

/** Throws SqlError 15151, 15023, 15150. */
export function alterUser(
  { name, newName, defaultSchema }: Of<'alterUser'>,
  { catalogue, security }: SecurityStatementContext,
): void {
  const { state } = catalogue;
  const user = state.principals.get(foldName(name));
  const isSelf = user?.principalId === security.principalId && newName === undefined;
  const mayAlter = isSelf || security.has('ALTER', { kind: 'principal', name });
  if (!user || user.type === 'R' || !mayAlter) throw cannotAlter('user', name);
  if (user.principalId <= sysId) throw cannotAlterFixed('user', user.name);
  const renamed = newName ?? user.name;
  if (foldName(renamed) !== foldName(name) && state.principals.has(foldName(renamed))) {
    throw principalExists(renamed);
  }
  const changed = {
    ...user,
    name: renamed,
    ...(defaultSchema !== undefined && { defaultSchema }),
    modifiedAt: catalogue.now,
  };
  const others = withoutEntry(state.principals, foldName(name));
  catalogue.change({ principals: withEntry(others, foldName(renamed), changed) });
}

/** Throws SqlError 15151, 15150, 15138, 15284, 15421. */
export function dropUser(
  { name, ifExists }: Of<'dropUser'>,
  { catalogue, security }: SecurityStatementContext,
): void {
  const { state } = catalogue;
  const user = state.principals.get(foldName(name));
  if (!user && ifExists) return;
  const mayDrop = security.rights.has('ALTER ANY USER', databasePlace);
  if (!user || user.type === 'R' || !mayDrop) throw cannotDropPrincipal('user', name);
  if (user.principalId <= sysId && user.principalId >= dboId) {
    throw cannotDropFixed('user', user.name);
  }
  assertDroppable(state, user);
  catalogue.change(withoutPrincipal(state, user));
}
