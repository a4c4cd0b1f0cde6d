import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
const MAX_NAME_LENGTH = 90;
const NOT_IN_NAMES = /[^\p{L}\p{N}_().-]|\.$/gu;

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
      const invalid = [...new Set(id.name.match(NOT_IN_NAMES))].join('');
      if (invalid === '' && id.name.length <= MAX_NAME_LENGTH) {
        return { properties: { provisioningState: 'Succeeded' } };
      }
      throw invalidName(id.name, invalid);
    },
  };
}

/**
 * [microsoft/microsoft-foundry-for-vscode#53]
 * Pretend: the words for a name that is too long, which are those for deployments.
 */
function invalidName(name: string, invalid: string): ServiceError {
  const problem =
    invalid === ''
      ? `has a length of '${name.length}' which exceeds the maximum length of '${MAX_NAME_LENGTH}'.`
      : `has these invalid characters: '${invalid}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'. ` +
        'For more details, visit https://aka.ms/ResourceGroupNamingRestrictions .';
  return new ServiceError(
    400,
    'InvalidResourceGroup',
    `The provided resource group name '${name}' ${problem}`,
    { fromGateway: true },
  );
}
