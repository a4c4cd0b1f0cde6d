import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readArray, readString } from './read-property.ts';

/** Azure: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_CREDENTIALS = 20;

/**
 * Trust in another issuer's tokens. Kept and shown; Pretend: no token is exchanged for them.
 * Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 * Pretend: the refusals but for the conflict.
 */
export function federatedIdentityCredentials(services: ProviderServices): ResourceProvider {
  const type = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
  return {
    type,
    apiVersions: ['2024-11-30', '2023-01-31', '2022-01-31-preview'],
    listed: false,
    put({ id, body, existing }) {
      const issuer = readString(body.properties, 'issuer');
      const subject = readString(body.properties, 'subject');
      const audiences = readArray(body.properties, 'audiences');
      if (!issuer || !subject || audiences?.length !== 1) {
        throw new ServiceError(
          400,
          'BadRequest',
          'A federated identity credential needs an issuer, a subject and exactly one audience.',
        );
      }
      const siblings = services
        .listResources()
        .filter((each) => each.type === type && each.id.startsWith(`${id.parentId}/`));
      if (!existing && siblings.length >= MAX_CREDENTIALS) {
        throw new ServiceError(
          400,
          'TooManyFederatedIdentityCredentials',
          `The identity has ${MAX_CREDENTIALS} federated identity credentials already, the most there can be.`,
        );
      }
      const isTaken = siblings.some(
        ({ id: other, properties }) =>
          other !== existing?.id &&
          other !== id.id &&
          properties.issuer === issuer &&
          properties.subject === subject,
      );
      if (isTaken) {
        // [Azure/bicep-types-az#2054]
        throw new ServiceError(
          409,
          'Conflict',
          'Issuer and subject combination already exists for this Managed Identity.',
        );
      }
      return { properties: { issuer, subject, audiences } };
    },
  };
}
