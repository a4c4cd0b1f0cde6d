// The four services of a storage account: each has one resource, `default`, that is there from the start.
import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import type { Properties } from './read-property.ts';

export const blobServices = (services: ProviderServices) =>
  storageService(services, 'blobServices', {
    cors: { corsRules: [] },
    deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false },
  });

export const queueServices = (services: ProviderServices) =>
  storageService(services, 'queueServices', { cors: { corsRules: [] } });

export const tableServices = (services: ProviderServices) =>
  storageService(services, 'tableServices', { cors: { corsRules: [] } });

export const fileServices = (services: ProviderServices) =>
  storageService(services, 'fileServices', {
    cors: { corsRules: [] },
    shareDeleteRetentionPolicy: { enabled: true, days: 7 },
  });

/** Pretend: settings of queues, tables and files are kept, with no data plane behind them. */
function storageService(
  services: ProviderServices,
  name: string,
  defaults: Properties,
): ResourceProvider {
  return {
    type: `Microsoft.Storage/storageAccounts/${name}`,
    apiVersions: [
      '2025-01-01',
      '2024-01-01',
      '2023-05-01',
      '2022-09-01',
      '2021-09-01',
      '2019-06-01',
    ],
    listed: false,
    defaultNames: ['default'],
    put({ id, body, existing }) {
      requireDefault(id, name);
      const before = existing?.properties ?? defaults;
      return { properties: { ...before, ...body.properties }, sku: skuOf(services, id) };
    },
    read: (id) => (id.name === 'default' ? { properties: defaults } : undefined),
  };
}

function requireDefault(id: ResourceId, service: string): void {
  if (id.name === 'default') return;
  // Pretend: the wording.
  throw new ServiceError(
    400,
    'InvalidResourceName',
    `The name '${id.name}' of the resource of type '${service}' is invalid: it must be 'default'.`,
  );
}

function skuOf(services: ProviderServices, { parentId = '' }: ResourceId): unknown {
  return services.findResource(parentId)?.sku;
}
