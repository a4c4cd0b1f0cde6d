import { EVENT_HUB_API_VERSIONS, SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import { refuseUnserved } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/** Pairs of namespaces, which are not served: refused by name, instead of kept with nothing behind them. */
export const disasterRecoveryConfigs: readonly ((
  services: ProviderServices,
) => ResourceProvider)[] = ['Microsoft.ServiceBus', 'Microsoft.EventHub'].map(
  (namespace) => () => ({
    type: `${namespace}/namespaces/disasterRecoveryConfigs`,
    apiVersions:
      namespace === 'Microsoft.EventHub' ? EVENT_HUB_API_VERSIONS : SERVICE_BUS_API_VERSIONS,
    listed: false,
    put({ id }) {
      throw refuseUnserved(id, 'geo-disaster recovery');
    },
  }),
);
