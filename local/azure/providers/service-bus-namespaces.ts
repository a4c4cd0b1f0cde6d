import { rootRule } from './authorization-rules.ts';
import { SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import {
  PREMIUM_CAPACITIES,
  readSku,
  requireNamespaceName,
  showNamespace,
} from './messaging-namespace.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/namespaces/create-or-update; [R30] */
export function serviceBusNamespaces(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ServiceBus/namespaces',
    apiVersions: SERVICE_BUS_API_VERSIONS,
    listed: true,
    async put(request) {
      const { id, existing, caller } = request;
      if (!existing) requireNamespaceName(services, id);
      const sku = readSku(request, (tier) => (tier === 'Premium' ? PREMIUM_CAPACITIES : []));
      const properties = showNamespace(services, request);
      await services.serviceBus?.putNamespace({ name: id.name, resourceId: id.id, sku: sku.name });
      if (!existing) services.keepChild(`${id.id}/${rootRule.path}`, rootRule.properties, caller);
      return { properties, sku };
    },
    remove: ({ name }) => services.serviceBus?.removeNamespace(name),
  };
}
