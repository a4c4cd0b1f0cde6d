// Which identity a request for a token means: the two endpoints differ when none is named.
import type { Principal } from '../directory.ts';
import { ServiceError } from '../http/service-error.ts';
import {
  type AssignedIdentities,
  type IdentitySelector,
  isSelected,
} from './assigned-identities.ts';

/**
 * Azure: without an id it is the system-assigned identity or nothing, even if there is but one
 * user-assigned: the commonest complaint [Azure/azure-functions-host#8037]. Throws ServiceError 400.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference;
 * Azure-Samples/azure-search-openai-demo#2148 for the words, which speak of user-assigned identities only.
 */
export function pickAppServiceIdentity(
  { systemAssigned, userAssigned }: AssignedIdentities,
  selector: IdentitySelector | undefined,
): Principal {
  const principal = selector
    ? userAssigned.find((candidate) => isSelected(candidate, selector))
    : systemAssigned;
  if (principal) return principal;
  const message =
    'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
  throw new ServiceError(400, 'IdentityNotFound', message);
}

/**
 * Without an id: the system-assigned identity, else the only user-assigned one.
 * Throws ServiceError 400, never 404: clients would repeat it for minutes.
 * Source: [AzureAD/microsoft-authentication-library-for-dotnet#5423, Hexadite/acs-keyvault-agent#43]
 */
export function pickImdsIdentity(
  { systemAssigned, userAssigned }: AssignedIdentities,
  selector: IdentitySelector | undefined,
): Principal {
  const all = systemAssigned ? [systemAssigned, ...userAssigned] : userAssigned;
  const [principal, ...others] = selector ? all.filter((one) => isSelected(one, selector)) : all;
  if (!principal) throw new ServiceError(400, 'invalid_request', 'Identity not found');
  if (others.length > 0 && !systemAssigned) {
    const message =
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request';
    throw new ServiceError(400, 'invalid_request', message);
  }
  return principal;
}
