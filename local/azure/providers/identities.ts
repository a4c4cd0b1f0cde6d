import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/**
 * `{resource}/providers/Microsoft.ManagedIdentity/identities/default`: the system-assigned identity of a resource,
 * the one place where ARM tells its client id.
 */
export function identities(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ManagedIdentity/identities',
    apiVersions: ['2024-11-30', '2023-01-31', '2018-11-30', '2015-08-31-preview'],
    listed: false,
    put: () => {
      // Pretend: the wording.
      throw new ServiceError(
        405,
        'MethodNotAllowed',
        'A system-assigned identity is set on its resource.',
      );
    },
    read({ name, scope }) {
      const owner = services.findResource(scope);
      const principalId = owner?.identity?.principalId;
      const principal = principalId && services.directory.find(principalId);
      if (!principal || name.toLowerCase() !== 'default') return undefined;
      const { clientId } = principal;
      return {
        ...(owner.location !== undefined && { location: owner.location }),
        properties: {
          clientId,
          clientSecretUrl: `https://control-${owner.location ?? 'eastus'}.identity.azure.net${scope}/credentials/v2/systemassigned`,
          principalId,
          tenantId: services.directory.tenantId,
        },
      };
    },
  };
}
