import { isIPv4 } from 'node:net';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readString } from './read-property.ts';
import { readNetworkAccess } from './sql-administration.ts';
import { SQL_API_VERSIONS } from './sql-api-versions.ts';
import { childNotFound, invalidAddress, publicEndpointIsDenied } from './sql-refusals.ts';

/**
 * 0.0.0.0 to 0.0.0.0 lets in whatever runs in Azure.
 * Source: https://learn.microsoft.com/rest/api/sql/firewall-rules/create-or-update
 */
export function sqlFirewallRules(services: ProviderServices): ResourceProvider {
  const type = 'Microsoft.Sql/servers/firewallRules';
  return {
    type,
    apiVersions: SQL_API_VERSIONS,
    listed: false,
    put({ id, body }) {
      const server = services.findResource(id.parentId ?? '');
      if (readNetworkAccess(server?.properties ?? {}) === 'Disabled')
        throw publicEndpointIsDenied();
      const startIpAddress = readAddress(body.properties, 'startIpAddress');
      const endIpAddress = readAddress(body.properties, 'endIpAddress');
      if (toNumber(startIpAddress) > toNumber(endIpAddress)) throw invalidAddress('endIpAddress');
      const serverName = server?.name ?? '';
      services.sql?.putFirewallRule({ serverName, name: id.name, startIpAddress, endIpAddress });
      return { properties: { startIpAddress, endIpAddress } };
    },
    remove({ name }) {
      const [serverName = '', rule = ''] = name.split('/');
      services.sql?.removeFirewallRule(serverName, rule);
    },
    notFound: ({ name }) => childNotFound(type, name),
  };
}

function readAddress(
  given: Properties | undefined,
  name: 'startIpAddress' | 'endIpAddress',
): string {
  const address = readString(given, name) ?? '';
  if (isIPv4(address)) return address;
  throw invalidAddress(name);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
