import { rootRule } from './authorization-rules.ts';
import { readFlag, readWhole } from './loose-values.ts';
import { EVENT_HUB_API_VERSIONS } from './messaging-api-versions.ts';
import {
  PREMIUM_CAPACITIES,
  readSku,
  requireNamespaceName,
  showNamespace,
} from './messaging-namespace.ts';
import { refuseNamespace } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

const MAX_THROUGHPUT_UNITS = 40;
const THROUGHPUT_UNITS = Array.from({ length: MAX_THROUGHPUT_UNITS }, (_, index) => index + 1);

/** Source: https://learn.microsoft.com/rest/api/eventhub/namespaces/create-or-update; [R32] */
export function eventHubNamespaces(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.EventHub/namespaces',
    apiVersions: EVENT_HUB_API_VERSIONS,
    listed: true,
    async put(request) {
      const { id, body, existing, caller } = request;
      if (!existing) requireNamespaceName(services, id);
      const sku = readSku(request, (tier) =>
        tier === 'Premium' ? PREMIUM_CAPACITIES : THROUGHPUT_UNITS,
      );
      const isAutoInflateEnabled = readFlag(body.properties, 'isAutoInflateEnabled') ?? false;
      if (isAutoInflateEnabled && sku.name === 'Basic') {
        // Source: https://learn.microsoft.com/azure/event-hubs/resource-manager-exceptions
        throw refuseNamespace('Cannot set Auto-Inflate in basic SKU.');
      }
      const properties = showNamespace(services, request, {
        isAutoInflateEnabled,
        maximumThroughputUnits: readWhole(body.properties, 'maximumThroughputUnits') ?? 0,
        // Azure: on for every tier but Basic [R32]. Pretend: no Kafka is spoken here.
        kafkaEnabled: sku.name !== 'Basic',
      });
      await services.eventHubs?.putNamespace({ name: id.name, resourceId: id.id, sku: sku.name });
      if (!existing) services.keepChild(`${id.id}/${rootRule.path}`, rootRule.properties, caller);
      return { properties, sku };
    },
    remove: ({ name }) => services.eventHubs?.removeNamespace(name),
  };
}
