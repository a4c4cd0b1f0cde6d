import { assignedIdentities } from '../tokens/assigned-identities.ts';
import { showHostNames } from './api-management-host-names.ts';
import { apiManagementVersions } from './api-management-versions.ts';
import { toLocationName } from './location-name.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readArray } from './read-property.ts';

/**
 * API Management services: their addresses, and the certificates of their host names.
 * Pretend: no gateway, portal or management endpoint answers at these, and nothing else of the body is looked at.
 * Source: https://learn.microsoft.com/rest/api/apimanagement/api-management-service/create-or-update
 */
export function apiManagementServices(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ApiManagement/service',
    apiVersions: apiManagementVersions,
    listed: true,
    put({ id, body, existing, identity }) {
      const name = id.name.toLowerCase();
      const holder = { id: id.id, name, ...(identity && { identity }) };
      const identities = assignedIdentities(holder, services.directory);
      const location = toLocationName(existing?.location ?? body.location ?? '');
      return {
        properties: {
          ...body.properties,
          ...showCertificates(body.properties),
          provisioningState: 'Succeeded',
          targetProvisioningState: '',
          gatewayUrl: `https://${name}.azure-api.net`,
          gatewayRegionalUrl: `https://${name}-${location}-01.regional.azure-api.net`,
          developerPortalUrl: `https://${name}.developer.azure-api.net`,
          managementApiUrl: `https://${name}.management.azure-api.net`,
          scmUrl: `https://${name}.scm.azure-api.net`,
          hostnameConfigurations: showHostNames(services, { id, body }, identities),
        },
      };
    },
  };
}

/** Certificates of authorities, without what was uploaded: as in Azure, that is not shown. */
function showCertificates(given: Properties | undefined): Properties {
  const certificates = readArray(given, 'certificates') as readonly Properties[] | undefined;
  if (!certificates) return {};
  return {
    certificates: certificates.map(
      ({ encodedCertificate, certificatePassword, ...shown }) => shown,
    ),
  };
}
