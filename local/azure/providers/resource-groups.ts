import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
const NAME = /^[\p{L}\p{N}_().-]{1,90}$/u;

export function resourceGroups(_services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Resources/resourceGroups',
    apiVersions: [
      '2025-04-01',
      '2024-11-01',
      '2024-03-01',
      '2022-09-01',
      '2021-04-01',
      '2020-06-01',
    ],
    listed: false,
    needsLocation: true,
    put({ id }) {
      if (NAME.test(id.name) && !id.name.endsWith('.')) {
        return { properties: { provisioningState: 'Succeeded' } };
      }
      throw new ServiceError(
        400,
        'InvalidResourceGroup',
        'The provided resource group name has these invalid characters or is too long: ' +
          `'${id.name}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_', ` +
          'of at most 90, and not end with a period.',
        { fromGateway: true },
      );
    },
  };
}
