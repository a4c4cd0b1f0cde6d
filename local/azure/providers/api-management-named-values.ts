import { ServiceError } from '../http/service-error.ts';
import { readCopy, refreshCopy, withSuccess } from './api-management-vault-copies.ts';
import { apiManagementVersions } from './api-management-versions.ts';
import { checkNamedValue } from './check-named-value.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';

/** Of a service, and of a workspace in it. */
export const apiManagementNamedValues = [
  'Microsoft.ApiManagement/service/namedValues',
  'Microsoft.ApiManagement/service/workspaces/namedValues',
].map((type) => (services: ProviderServices) => namedValues(services, type));

/**
 * Named values. One that is a secret of a vault is read at once, by an identity of the service: refused there, it is
 * not made. Values of secrets are told by `listValue` and by nothing else.
 * Pretend: read again by `refreshSecret` alone; Azure also does it by itself, every four hours.
 * Source: https://learn.microsoft.com/rest/api/apimanagement/named-value
 */
function namedValues(services: ProviderServices, type: string): ResourceProvider {
  /** By lower-case id; beside the resources, so that nothing that shows a resource can show a value. */
  const values = new Map<string, string>();

  return {
    type,
    apiVersions: apiManagementVersions,
    listed: false,
    needsLocation: false,
    // [hashicorp/terraform-provider-azurerm#26078]
    notFound: () => new ServiceError(404, 'ResourceNotFound', 'NamedValue not found.'),
    put({ id: { id }, body }) {
      const key = id.toLowerCase();
      const { shown, keyVault, value } = checkNamedValue(body.properties, values.get(key));
      values.set(key, keyVault ? readCopy(services, id, keyVault).value : value);
      return { properties: keyVault ? withSuccess(services, shown) : shown };
    },
    remove: ({ id }) => void values.delete(id.toLowerCase()),
    actions: {
      // Azure: a right of its own [https://learn.microsoft.com/azure/role-based-access-control/permissions/integration].
      // Pretend: for a secret of a vault too.
      listvalue: ({ id }) => ({ value: values.get(id.toLowerCase()) }),
      refreshsecret: (resource, _body, caller) =>
        refreshCopy(services, resource, caller, ({ value }) => {
          values.set(resource.id.toLowerCase(), value);
          return {};
        }),
    },
    // Azure: 202 and a Location [Azure/azure-rest-api-specs, ApiManagementRefreshNamedValue].
    longRunningActions: new Set(['refreshsecret']),
  };
}
