import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readString } from './read-property.ts';

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/;

/** A user-assigned identity is a principal with a life of its own. */
export function userAssignedIdentities(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    apiVersions: [
      '2024-11-30',
      '2023-07-31-preview',
      '2023-01-31',
      '2022-01-31-preview',
      '2021-09-30-preview',
      '2018-11-30',
      '2015-08-31-preview',
    ],
    listed: true,
    put({ id, apiVersion, body }) {
      if (!NAME.test(id.name)) {
        // Pretend: the wording.
        throw new ServiceError(
          400,
          'InvalidResourceName',
          `The provided resource name '${id.name}' must be of 3 to 128 letters, digits, hyphens and underscores.`,
        );
      }
      const { principalId, clientId } = services.identities.findOrCreate(id.id, id.name);
      const isolationScope = readString(body.properties, 'isolationScope') ?? 'None';
      return {
        properties: {
          // Azure: since 2024-11-30 [R2].
          ...(apiVersion >= '2024-11-30' && { isolationScope }),
          tenantId: services.directory.tenantId,
          principalId,
          clientId,
        },
      };
    },
    remove: ({ id }) => services.identities.remove(id),
  };
}
