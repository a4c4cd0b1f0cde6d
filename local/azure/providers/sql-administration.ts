// Who administers a server: what the server is created with and what its children `administrators/ActiveDirectory` and
// `azureADOnlyAuthentications/Default` set later is one and the same, and is kept in the children.
import type { Resource } from '../resource-manager/resource.ts';
import { isGuid } from './guid.ts';
import type { ProviderServices, SqlServerSettings } from './provider.ts';
import { type Properties, readBoolean, readString } from './read-property.ts';
import { invalidParameter } from './sql-refusals.ts';

export type Administrator = NonNullable<SqlServerSettings['administrator']>;

export const administratorId = (serverId: string) => `${serverId}/administrators/ActiveDirectory`;
export const entraOnlyId = (serverId: string) => `${serverId}/azureADOnlyAuthentications/Default`;

/** What a body says of an administrator. Throws 400. */
export function readAdministrator(services: ProviderServices, given: Properties): Administrator {
  const login = readString(given, 'login');
  const sid = readString(given, 'sid');
  const tenantId = readString(given, 'tenantId') ?? services.directory.tenantId;
  if (!login) throw invalidParameter('ExternalAdministratorLoginName');
  if (!sid || !isGuid(sid)) throw invalidParameter('ExternalAdministratorLoginSid');
  if (!isGuid(tenantId)) throw invalidParameter('ExternalAdministratorTenantId');
  return { login, sid, tenantId, principalType: readPrincipalType(services, given, sid) };
}

const PRINCIPAL_TYPES = ['User', 'Group', 'Application'] as const;

function readPrincipalType(
  { directory }: ProviderServices,
  given: Properties,
  sid: string,
): Administrator['principalType'] {
  const wanted = readString(given, 'principalType');
  if (wanted !== undefined) {
    const known = PRINCIPAL_TYPES.find((type) => type.toLowerCase() === wanted.toLowerCase());
    if (!known) throw invalidParameter('ExternalAdministratorPrincipalType');
    return known;
  }
  const kind = directory.find(sid)?.kind ?? 'User';
  return kind === 'ManagedIdentity' ? 'Application' : kind;
}

/** The administrator as the data plane has to know it, read from what is kept. */
export function keptAdministrator(
  services: ProviderServices,
  serverId: string,
): Administrator | undefined {
  const kept = services.findResource(administratorId(serverId));
  return kept && readAdministrator(services, kept.properties);
}

export function isEntraOnly(services: ProviderServices, serverId: string): boolean {
  const kept = services.findResource(entraOnlyId(serverId));
  return readBoolean(kept?.properties, 'azureADOnlyAuthentication') ?? false;
}

/** `administrators` of a server as a GET shows it [R7]; absent without one. */
export function showAdministrators(
  services: ProviderServices,
  serverId: string,
): Properties | undefined {
  const administrator = keptAdministrator(services, serverId);
  if (!administrator) return undefined;
  const { principalType, login, sid, tenantId } = administrator;
  return {
    administratorType: 'ActiveDirectory',
    ...{ principalType, login, sid, tenantId },
    azureADOnlyAuthentication: isEntraOnly(services, serverId),
  };
}

/** Tells the data plane what is kept of a server. `changed` wins over what is kept. */
export function applyServer(
  { sql, ...services }: ProviderServices,
  server: Pick<Resource, 'id' | 'name'> & { readonly properties: Properties },
  changed: Partial<Pick<SqlServerSettings, 'azureADOnlyAuthentication'>> & {
    readonly administrator?: Administrator | null;
  } = {},
): void | Promise<void> {
  const administrator =
    changed.administrator === undefined
      ? keptAdministrator(services, server.id)
      : (changed.administrator ?? undefined);
  return sql?.putServer({
    name: server.name,
    resourceId: server.id,
    ...(administrator && { administrator }),
    azureADOnlyAuthentication:
      changed.azureADOnlyAuthentication ?? isEntraOnly(services, server.id),
    publicNetworkAccess: readNetworkAccess(server.properties),
  });
}

const NETWORK_ACCESS = ['Enabled', 'Disabled', 'SecuredByPerimeter'] as const;

/** Throws 400. */
export function readNetworkAccess(from: Properties): SqlServerSettings['publicNetworkAccess'] {
  const wanted = readString(from, 'publicNetworkAccess') ?? 'Enabled';
  const known = NETWORK_ACCESS.find((one) => one.toLowerCase() === wanted.toLowerCase());
  if (!known) throw invalidParameter('PublicNetworkAccess');
  return known;
}
