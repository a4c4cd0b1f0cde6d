// A virtual network carries nothing. Its subnets are resources of their own, however they were made, as templates
// and clients read them either way.
import { isWithinScope } from '../resource-id.ts';
import { derivedGuid } from './derived-guid.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';

const SUBNETS = 'Microsoft.Network/virtualNetworks/subnets';

/** Source: https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/create-or-update */
export function virtualNetworks(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Network/virtualNetworks',
    apiVersions: ['2025-05-01', '2024-10-01', '2024-05-01', '2023-11-01', '2022-07-01'],
    listed: true,
    put(request) {
      keepSubnets(services, request);
      const { subnets: _, ...given } = request.body.properties ?? {};
      return {
        properties: {
          ...given,
          provisioningState: 'Succeeded',
          resourceGuid: derivedGuid('network', request.id.id),
          virtualNetworkPeerings: readArray(given, 'virtualNetworkPeerings') ?? [],
          enableDdosProtection: given.enableDdosProtection ?? false,
        },
      };
    },
    current: ({ id, properties }) => ({ ...properties, subnets: subnetsOf(services, id) }),
  };
}

/**
 * Azure: without `subnets` they stay as they are.
 * https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-virtual-networks#configure-subnets-by-using-the-subnets-property
 * Pretend: one that is left out of the list stays too.
 */
function keepSubnets(services: ProviderServices, { id, body, caller }: PutRequest): void {
  for (const each of readArray(body.properties, 'subnets') ?? []) {
    const name = readString(each as Properties, 'name');
    if (name === undefined) continue;
    const properties = readObject(each as Properties, 'properties');
    services.keepChild(
      `${id.id}/subnets/${name}`,
      { ...properties, provisioningState: 'Succeeded' },
      caller,
    );
  }
}

/** In the order of their creation. */
function subnetsOf(services: ProviderServices, networkId: string): readonly Properties[] {
  return services
    .listResources()
    .filter(({ id, type }) => sameType(type) && isWithinScope(id, networkId))
    .map(({ id, properties }) => ({
      name: id.slice(id.lastIndexOf('/') + 1),
      id,
      properties,
      type: SUBNETS,
    }));
}

function sameType(type: string): boolean {
  return type.toLowerCase() === SUBNETS.toLowerCase();
}
