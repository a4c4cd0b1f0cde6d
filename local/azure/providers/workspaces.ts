import { createHash } from 'node:crypto';
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import { derivedGuid } from './derived-guid.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readNumber, readObject, readString } from './read-property.ts';

/** Log Analytics workspaces. Pretend: kept and shown; nothing is logged to them. */
export function workspaces(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.OperationalInsights/workspaces',
    apiVersions: [
      '2025-07-01',
      '2025-02-01',
      '2023-09-01',
      '2022-10-01',
      '2021-06-01',
      '2020-08-01',
      '2020-03-01-preview',
    ],
    listed: true,
    put({ id, body, existing }) {
      if (!/^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/.test(id.name)) {
        // Pretend: code and words.
        throw new ServiceError(
          400,
          'InvalidWorkspaceName',
          `The workspace name '${id.name}' must be of 4 to 63 letters, digits and hyphens, with no hyphen at its ends.`,
        );
      }
      const now = toAzureTimestamp(services.clock.nowMs());
      const createdDate = existing?.createdTime ?? now;
      const given: Properties = { ...existing?.properties, ...body.properties };
      const sku = readObject(given, 'sku');
      return {
        properties: {
          // In the order of Azure/azure-sdk-assets js/sdk/operationalinsights recording_workspaces_get_test.
          customerId: derivedGuid('workspace', id.id),
          provisioningState: 'Succeeded',
          sku: { name: readString(sku, 'name') ?? 'PerGB2018', lastSkuUpdate: createdDate },
          retentionInDays: readNumber(given, 'retentionInDays') ?? 30,
          features: {
            legacy: 0,
            searchVersion: 1,
            enableLogAccessUsingOnlyResourcePermissions: true,
            ...readObject(given, 'features'),
          },
          workspaceCapping: readObject(given, 'workspaceCapping') ?? {
            dailyQuotaGb: -1,
            dataIngestionStatus: 'RespectQuota',
          },
          publicNetworkAccessForIngestion:
            readString(given, 'publicNetworkAccessForIngestion') ?? 'Enabled',
          publicNetworkAccessForQuery:
            readString(given, 'publicNetworkAccessForQuery') ?? 'Enabled',
          createdDate,
          modifiedDate: now,
        },
      };
    },
    actions: { listkeys: ({ id }) => sharedKeys(id), sharedkeys: ({ id }) => sharedKeys(id) },
  };
}

/**
 * Pretend: keys that nothing takes, derived from the resource id; Azure's are random.
 * Source: https://learn.microsoft.com/rest/api/loganalytics/shared-keys/get-shared-keys
 */
function sharedKeys(resourceId: string) {
  const key = (which: string) =>
    createHash('sha512').update(`${which}-${resourceId.toLowerCase()}`).digest('base64');
  return { primarySharedKey: key('primary'), secondarySharedKey: key('secondary') };
}
