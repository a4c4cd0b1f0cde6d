import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readArray, readString } from './read-property.ts';

const DESTINATIONS = [
  'workspaceId',
  'storageAccountId',
  'eventHubAuthorizationRuleId',
  'marketplacePartnerId',
];

/** Pretend: kept and shown; no logs flow. */
export function diagnosticSettings(_services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Insights/diagnosticSettings',
    apiVersions: ['2021-05-01-preview', '2017-05-01-preview', '2016-09-01'],
    listed: false,
    put({ body }) {
      const { properties } = body;
      if (!DESTINATIONS.some((name) => readString(properties, name) !== undefined)) {
        // Pretend: the code; the sentence is quoted in public templates.
        throw new ServiceError(400, 'BadRequest', 'At least one data sink needs to be specified.');
      }
      return {
        properties: {
          ...properties,
          metrics: readArray(properties, 'metrics') ?? [],
          logs: readArray(properties, 'logs') ?? [],
        },
      };
    },
  };
}
