// Who administers a server by Entra, and whether Entra alone lets anybody in.
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { readBoolean, readString } from './read-property.ts';
import {
  applyServer,
  isEntraOnly,
  keptAdministrator,
  readAdministrator,
} from './sql-administration.ts';
import { SQL_API_VERSIONS } from './sql-api-versions.ts';
import { childNotFound, entraOnlyIsEnabled, invalidParameter, refuseSql } from './sql-refusals.ts';

/** Source: https://learn.microsoft.com/rest/api/sql/server-azure-ad-administrators; [R7] */
export function sqlAdministrators(services: ProviderServices): ResourceProvider {
  const type = 'Microsoft.Sql/servers/administrators';
  return {
    type,
    apiVersions: SQL_API_VERSIONS,
    listed: false,
    async put({ id, body }) {
      requireActiveDirectory(id.name, body.properties);
      const administrator = readAdministrator(services, body.properties ?? {});
      await applyToServer(services, id.parentId ?? '', { administrator });
      const { login, sid, tenantId, principalType } = administrator;
      return {
        properties: { administratorType: 'ActiveDirectory', principalType, login, sid, tenantId },
      };
    },
    // The server alone shows what kind of principal it is [R7].
    current: ({ properties: { principalType, ...shown } }) => shown,
    async remove({ id }) {
      const serverId = parentOf(id);
      // Where the whole server goes, the switch goes before: the longer id is first (delete-resource.ts).
      // Pretend: that it is refused so; Azure says to disable the other first.
      if (isEntraOnly(services, serverId)) throw entraOnlyIsEnabled();
      await applyToServer(services, serverId, { administrator: null });
    },
    notFound: ({ name }) => childNotFound(type, name),
  };
}

/** [Azure/bicep#12589] */
function requireActiveDirectory(name: string, given: PutRequest['body']['properties']): void {
  const kind = readString(given, 'administratorType') ?? 'ActiveDirectory';
  if ([name, kind].every((each) => each.toLowerCase() === 'activedirectory')) return;
  throw refuseSql('Server active directory administrator type should be ActiveDirectory');
}

/** Source: https://learn.microsoft.com/rest/api/sql/server-azure-ad-only-authentications */
export function sqlEntraOnlyAuthentications(services: ProviderServices): ResourceProvider {
  const type = 'Microsoft.Sql/servers/azureADOnlyAuthentications';
  return {
    type,
    apiVersions: SQL_API_VERSIONS,
    listed: false,
    async put({ id, body }) {
      const serverId = id.parentId ?? '';
      const entraOnly = readBoolean(body.properties, 'azureADOnlyAuthentication');
      if (id.name.toLowerCase() !== 'default' || entraOnly === undefined) {
        throw invalidParameter('AzureADOnlyAuthentication');
      }
      if (entraOnly && !keptAdministrator(services, serverId)) {
        throw invalidParameter('AzureADOnlyAuthentication');
      }
      await applyToServer(services, serverId, { azureADOnlyAuthentication: entraOnly });
      return { properties: { azureADOnlyAuthentication: entraOnly } };
    },
    remove: ({ id }) => applyToServer(services, parentOf(id), { azureADOnlyAuthentication: false }),
    notFound: ({ name }) => childNotFound(type, name),
  };
}

async function applyToServer(
  services: ProviderServices,
  serverId: string,
  changed: Parameters<typeof applyServer>[2],
): Promise<void> {
  const server = services.findResource(serverId);
  // Absent while the server goes, and its children before it.
  if (server) await applyServer(services, server, changed);
}

function parentOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}
