// Who a verified token is in one database.
import type { Directory, Principal } from '../../../directory.ts';
import type { SqlServerSettings } from '../../../providers/provider.ts';
import type { CatalogueState, StoredPrincipal } from '../../catalogue/catalogue-state.ts';
import { dboId } from '../../catalogue/initial-state.ts';
import type { SecurityIdentity } from '../database-security-context.ts';
import { PrincipalRights } from '../permissions/principal-rights.ts';
import { databasePlace } from '../permissions/securable-place.ts';
import { sidOfPrincipal } from '../principals/change-user.ts';
import { sidHex } from '../sid.ts';

/**
 * The server's administrator, or member of the group that is, is `dbo` everywhere. Others need a user of their SID
 * in this very database, their own or one of a group's, with CONNECT. Undefined: nobody here.
 */
export function findIdentity(
  principal: Principal,
  { administrator }: SqlServerSettings,
  state: CatalogueState,
  directory: Directory,
): SecurityIdentity | undefined {
  const groups = directory.groupsOf(principal.principalId);
  const loginName = loginNameOf(principal, directory);
  const login = {
    loginName,
    originalLoginName: loginName,
    isServicePrincipal: principal.kind !== 'User',
  };
  const isAdministrator =
    administrator !== undefined &&
    administrator.tenantId.toLowerCase() === directory.tenantId.toLowerCase() &&
    [principal, ...groups].some((each) => isNamed(each, administrator.sid));
  if (isAdministrator) return { ...login, principalIds: [dboId] };
  const [first, ...others] = [principal, ...groups]
    .map((each) => userOf(each, state))
    .filter((user) => user !== undefined)
    .map(({ principalId }) => principalId);
  if (first === undefined) return undefined;
  const principalIds = [first, ...others] as const;
  const mayConnect = new PrincipalRights(state, principalIds).has('CONNECT', databasePlace);
  return mayConnect ? { ...login, principalIds } : undefined;
}

/**
 * Azure: an administrator's `sid` is an object id; for an application its client id counts as well
 * (it is what its token shows as `appid`).
 * Source: https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure
 */
function isNamed({ principalId, clientId, kind }: Principal, sid: string): boolean {
  const wanted = sid.toLowerCase();
  if (principalId.toLowerCase() === wanted) return true;
  return (
    (kind === 'Application' || kind === 'ManagedIdentity') && clientId.toLowerCase() === wanted
  );
}

function userOf(principal: Principal, { principals }: CatalogueState): StoredPrincipal | undefined {
  const sid = sidHex(sidOfPrincipal(principal));
  const type = principal.kind === 'Group' ? 'X' : 'E';
  return [...principals.values()].find((each) => each.sid === sid && each.type === type);
}

/** `SUSER_SNAME()` of a token's principal. */
function loginNameOf({ kind, clientId, displayName }: Principal, { tenantId }: Directory): string {
  return kind === 'User' || kind === 'Group' ? displayName : `${clientId}@${tenantId}`;
}
