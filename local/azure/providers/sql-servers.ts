import { randomBytes } from 'node:crypto';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readBoolean, readObject, readString } from './read-property.ts';
import {
  administratorId,
  applyServer,
  entraOnlyId,
  isEntraOnly,
  keptAdministrator,
  readAdministrator,
  readNetworkAccess,
  showAdministrators,
} from './sql-administration.ts';
import { SQL_API_VERSIONS } from './sql-api-versions.ts';
import {
  entraOnlyIsEnabled,
  invalidParameter,
  nameAlreadyExists,
  refuseSql,
} from './sql-refusals.ts';

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftsql */
const NAME = /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Source: https://learn.microsoft.com/rest/api/sql/servers/create-or-update; [R7] */
export function sqlServers(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Sql/servers',
    apiVersions: SQL_API_VERSIONS,
    listed: true,
    async put(request) {
      const { id, existing, caller } = request;
      if (!existing) requireName(services, id.name);
      requireLogin(services, request);
      const administrators = readAdministrators(request);
      const administrator = administrators
        ? readAdministrator(services, administrators)
        : keptAdministrator(services, id.id);
      const entraOnly = readEntraOnly(services, request, administrators);
      const properties = show(request);
      await applyServer(
        services,
        { id: id.id, name: id.name, properties },
        { ...(administrator && { administrator }), azureADOnlyAuthentication: entraOnly },
      );
      if (administrator) {
        const { principalType, login, sid, tenantId } = administrator;
        services.keepChild(
          administratorId(id.id),
          { administratorType: 'ActiveDirectory', principalType, login, sid, tenantId },
          caller,
        );
        services.keepChild(entraOnlyId(id.id), { azureADOnlyAuthentication: entraOnly }, caller);
      }
      return { properties, kind: 'v12.0' };
    },
    remove: ({ name }) => services.sql?.removeServer(name),
    current: ({ id, properties }) => withAdministrators(services, id, properties),
  };
}

function requireName(services: ProviderServices, name: string): void {
  if (!NAME.test(name)) {
    throw refuseSql(
      "Invalid server name. Server name can't be empty or null. It can only be made up of lowercase letters 'a'-'z', " +
        'the numbers 0-9 and the hyphen. The hyphen may not lead or trail in the name.',
    );
  }
  const isTaken = services
    .listResources()
    .some(
      (each) =>
        each.type === 'Microsoft.Sql/servers' && each.name.toLowerCase() === name.toLowerCase(),
    );
  if (isTaken || services.sql?.isServerNameTaken(name)) throw nameAlreadyExists(name);
}

/**
 * A new server needs an administrator: an Entra one, or a login with its password [Azure/azure-service-operator#4954].
 * The login cannot change [MicrosoftDocs/azure-docs#41639]; the password not while Entra alone counts.
 */
function requireLogin(services: ProviderServices, request: PutRequest): void {
  const { id, body, existing } = request;
  const login = readString(body.properties, 'administratorLogin');
  const password = readString(body.properties, 'administratorLoginPassword');
  if (existing) {
    if (login !== undefined && login !== existing.properties.administratorLogin) {
      throw invalidParameter('Login');
    }
    if (password !== undefined && isEntraOnly(services, id.id)) throw entraOnlyIsEnabled();
    return;
  }
  if (readAdministrators(request)) return;
  if (login === undefined) throw invalidParameter('Login');
  if (password === undefined) throw invalidParameter('Password');
}

/**
 * Azure: one that says only its type names nobody, and counts as none beside a login
 * [Azure/bicep-registry-modules avm/res/sql/server].
 */
function readAdministrators({ body }: PutRequest): Properties | undefined {
  const given = readObject(body.properties, 'administrators');
  const names = Object.keys(given ?? {}).some((name) => name !== 'administratorType');
  const login = readString(body.properties, 'administratorLogin');
  return names || login === undefined ? given : undefined;
}

/** Azure: an update may repeat it, not change it [Azure/bicep-types-az#2320]. */
function readEntraOnly(
  services: ProviderServices,
  { id, existing }: PutRequest,
  administrators: Properties | undefined,
): boolean {
  const now = isEntraOnly(services, id.id);
  const given = readBoolean(administrators, 'azureADOnlyAuthentication');
  if (existing && given !== undefined && given !== now) {
    throw invalidParameter('AzureADOnlyAuthentication');
  }
  return given ?? now;
}

/** In the order of [R7]; `administrators` comes with `current`. */
function show({ id, body, existing }: PutRequest): Properties {
  const given = body.properties;
  const before = existing?.properties;
  const keep = (name: string) => readString(given, name) ?? readString(before, name);
  const primaryUserAssignedIdentityId = keep('primaryUserAssignedIdentityId');
  return {
    administratorLogin: keep('administratorLogin') ?? inventedLogin(),
    version: '12.0',
    state: 'Ready',
    fullyQualifiedDomainName: `${id.name}.database.windows.net`,
    privateEndpointConnections: [],
    minimalTlsVersion: readTlsVersion(keep('minimalTlsVersion')),
    publicNetworkAccess: readNetworkAccess({ publicNetworkAccess: keep('publicNetworkAccess') }),
    ...(primaryUserAssignedIdentityId !== undefined && { primaryUserAssignedIdentityId }),
    restrictOutboundNetworkAccess: keep('restrictOutboundNetworkAccess') ?? 'Disabled',
    externalGovernanceStatus: 'Disabled',
  };
}

/** Azure: a server has one, even if nobody can log in with it [Azure/azure-quickstart-templates#13691]. */
function inventedLogin(): string {
  return `CloudSA${randomBytes(4).toString('hex')}`;
}

function readTlsVersion(version = '1.2'): string {
  if (['None', '1.0', '1.1', '1.2', '1.3'].includes(version)) return version;
  throw invalidParameter('MinimalTlsVersion');
}

/** In the place of [R7]. */
function withAdministrators(
  services: ProviderServices,
  serverId: string,
  properties: Properties,
): Properties {
  const administrators = showAdministrators(services, serverId);
  if (!administrators) return properties;
  const { restrictOutboundNetworkAccess, externalGovernanceStatus, ...before } = properties;
  return { ...before, administrators, restrictOutboundNetworkAccess, externalGovernanceStatus };
}
