import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { findPlan, putSite } from './put-site.ts';
import { readString } from './read-property.ts';
import { siteActions } from './site-actions.ts';
import { siteApiVersions } from './site-api-versions.ts';

/**
 * Web and function apps. App settings go to the child `config/appsettings` and are shown nowhere else.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update
 */
export function sites(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Web/sites',
    apiVersions: siteApiVersions,
    listed: true,
    put(request) {
      const { id, body, existing } = request;
      requireName(services, id.name, existing);
      const planId =
        readString(body.properties, 'serverFarmId') ??
        readString(existing?.properties, 'serverFarmId');
      return putSite(services, request, findPlan(services, planId), {
        name: id.name,
        siteName: id.name,
        hostLabel: id.name.toLowerCase(),
      });
    },
    ...siteActions(services),
  };
}

/**
 * Azure: site names are host names, so they are unique in the world
 * (MicrosoftDocs/azure-docs, includes/app-service-web-create-web-app, quotes the refusal).
 * Pretend: the wording for a name that is none.
 */
function requireName(
  services: ProviderServices,
  name: string,
  existing: Resource | undefined,
): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/.test(name)) {
    throw new ServiceError(
      400,
      'BadRequest',
      `The site name '${name}' is invalid: it must be of 2 to 60 letters, digits and hyphens.`,
    );
  }
  if (existing) return;
  const isTaken = services
    .listResources()
    .some(
      ({ type, name: other }) =>
        type === 'Microsoft.Web/sites' && other.toLowerCase() === name.toLowerCase(),
    );
  if (!isTaken) return;
  throw new ServiceError(409, 'Conflict', `Website with given name ${name} already exists.`);
}
