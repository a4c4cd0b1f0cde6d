import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import { derivedGuid } from './derived-guid.ts';
import { toLocationName } from './location-name.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readBoolean, readNumber, readString } from './read-property.ts';

/** Application Insights. Pretend: kept and shown; telemetry is not received. */
export function components(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Insights/components',
    apiVersions: ['2020-02-02', '2020-02-02-preview', '2018-05-01-preview', '2015-05-01'],
    listed: true,
    put({ id, body, existing }) {
      const kind = body.kind ?? existing?.kind;
      // Azure: an empty one is taken [Azure/bicep-registry-modules avm/res/insights/component].
      if (kind === undefined)
        throw new ServiceError(400, 'BadRequest', "The property 'kind' is required.");
      const given: Properties = { ...existing?.properties, ...body.properties };
      const workspaceId = readString(given, 'WorkspaceResourceId');
      requireWorkspace(services, workspaceId);
      const instrumentationKey = derivedGuid('instrumentation', id.id);
      const applicationId = derivedGuid('application', id.id);
      const location = toLocationName(existing?.location ?? body.location ?? '');
      return {
        kind,
        properties: {
          // In the order of Azure/azure-sdk-assets js/sdk/applicationinsights recording_components_list_test.
          ApplicationId: id.name,
          AppId: applicationId,
          Application_Type: readString(given, 'Application_Type') ?? 'web',
          Flow_Type: readString(given, 'Flow_Type') ?? 'Bluefield',
          Request_Source: readString(given, 'Request_Source') ?? 'rest',
          InstrumentationKey: instrumentationKey,
          ConnectionString:
            `InstrumentationKey=${instrumentationKey};` +
            `IngestionEndpoint=https://${location}-0.in.applicationinsights.azure.com/;` +
            `LiveEndpoint=https://${location}.livediagnostics.monitor.azure.com/;` +
            `ApplicationId=${applicationId}`,
          Name: id.name,
          CreationDate: existing?.createdTime ?? toAzureTimestamp(services.clock.nowMs()),
          TenantId: id.subscriptionId,
          provisioningState: 'Succeeded',
          SamplingPercentage: null,
          RetentionInDays: readNumber(given, 'RetentionInDays') ?? 90,
          ...(workspaceId !== undefined && {
            WorkspaceResourceId: workspaceId,
            IngestionMode: 'LogAnalytics',
          }),
          publicNetworkAccessForIngestion:
            readString(given, 'publicNetworkAccessForIngestion') ?? 'Enabled',
          publicNetworkAccessForQuery:
            readString(given, 'publicNetworkAccessForQuery') ?? 'Enabled',
          ...(readBoolean(given, 'DisableLocalAuth') !== undefined && {
            DisableLocalAuth: given.DisableLocalAuth,
          }),
          Ver: 'v2',
        },
      };
    },
  };
}

/** Pretend: code and words. */
function requireWorkspace(services: ProviderServices, workspaceId: string | undefined): void {
  if (workspaceId === undefined || services.findResource(workspaceId)) return;
  throw new ServiceError(404, 'WorkspaceNotFound', `The workspace '${workspaceId}' was not found.`);
}
