import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readBoolean } from './read-property.ts';

/** Whether user name and password may publish, over FTP and over SCM, to a site or to a slot. */
export const basicPublishingCredentialsPolicies = [
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
  'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies',
].map((type) => (_services: ProviderServices) => policies(type));

function policies(type: string): ResourceProvider {
  return {
    type,
    apiVersions: [
      '2025-03-01',
      '2024-11-01',
      '2024-04-01',
      '2023-12-01',
      '2022-09-01',
      '2021-02-01',
    ],
    listed: false,
    defaultNames: ['ftp', 'scm'],
    put({ id, body }) {
      const allow = readBoolean(body.properties, 'allow');
      if (!/^(ftp|scm)$/i.test(id.name) || allow === undefined) {
        // Pretend: the wording.
        throw new ServiceError(
          400,
          'BadRequest',
          "The policy must be 'ftp' or 'scm' and say whether to allow.",
        );
      }
      return { properties: { allow } };
    },
    // Azure: allowed unless it was forbidden. https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable
    read: ({ name }) => (/^(ftp|scm)$/i.test(name) ? { properties: { allow: true } } : undefined),
  };
}
