// The firewall of a namespace: one resource, `default`, that is there from the start.
import type { ResourceId } from '../resource-id.ts';
import { readFlag } from './loose-values.ts';
import { EVENT_HUB_API_VERSIONS, SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import { findNamespace, openEntity } from './messaging-entity.ts';
import { refuseNamespace } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readString } from './read-property.ts';

export const serviceBusNetworkRuleSets = (services: ProviderServices) =>
  networkRuleSets(services, 'Microsoft.ServiceBus', SERVICE_BUS_API_VERSIONS);

export const eventHubNetworkRuleSets = (services: ProviderServices) =>
  networkRuleSets(services, 'Microsoft.EventHub', EVENT_HUB_API_VERSIONS);

/** Keys in the order of [R49]. Pretend: kept and shown, not enforced; our own template may not close it. */
function networkRuleSets(
  services: ProviderServices,
  namespace: string,
  apiVersions: readonly string[],
): ResourceProvider {
  return {
    type: `${namespace}/namespaces/networkRuleSets`,
    apiVersions,
    listed: false,
    defaultNames: ['default'],
    put(request) {
      requireDefault(request.id);
      const { location, given } = openEntity(services, request);
      return { properties: show(given), ...(location && { location }) };
    },
    read(id) {
      const location = findNamespace(services, id)?.location;
      return id.name.toLowerCase() === 'default'
        ? { properties: show({}), ...(location !== undefined && { location }) }
        : undefined;
    },
  };
}

function requireDefault(id: ResourceId): void {
  if (id.name.toLowerCase() === 'default') return;
  // Pretend: the words.
  throw refuseNamespace(`The name '${id.name}' of the network rule set must be 'default'.`);
}

function show(given: Properties | undefined): Properties {
  return {
    publicNetworkAccess: readString(given, 'publicNetworkAccess') ?? 'Enabled',
    defaultAction: readString(given, 'defaultAction') ?? 'Allow',
    virtualNetworkRules: readArray(given, 'virtualNetworkRules') ?? [],
    ipRules: readArray(given, 'ipRules') ?? [],
    trustedServiceAccessEnabled: readFlag(given, 'trustedServiceAccessEnabled') ?? false,
  };
}
