import type { Caller } from '../tokens/tokens.ts';
import type { EntraProvider } from './auth-settings.ts';

/**
 * The built-in checks of a caller whose token is good: undefined, or one sentence on what refuses it with 403.
 * `allowedTenants`: the app setting WEBSITE_AUTH_AAD_ALLOWED_TENANTS.
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#use-a-built-in-authorization-policy
 * Pretend: tokens have no `groups`, so a list of groups lets nobody in.
 */
export function refuseByPolicy(
  provider: EntraProvider,
  caller: Caller,
  allowedTenants: string | undefined,
): string | undefined {
  const { allowedApplications, allowedIdentities, allowedGroups, claimChecks } = provider;
  const { clientId, principalId, tenantId } = caller;
  if (allowedTenants && !includes(allowedTenants.split(','), tenantId)) {
    return 'WEBSITE_AUTH_AAD_ALLOWED_TENANTS does not name its tenant.';
  }
  if (asks(allowedApplications) && !includes(allowedApplications, clientId)) {
    return `allowedApplications does not name its client id ${clientId}.`;
  }
  const asksForPrincipal = asks(allowedIdentities) || asks(allowedGroups);
  if (asksForPrincipal && !includes(allowedIdentities, principalId)) {
    return `allowedPrincipals.identities does not name its object id ${principalId}.`;
  }
  const applications = claimChecks.allowedClientApplications;
  if (asks(applications) && !includes(applications, clientId)) {
    return `jwtClaimChecks.allowedClientApplications does not name its client id ${clientId}.`;
  }
  if (asks(claimChecks.allowedGroups)) {
    return 'jwtClaimChecks.allowedGroups asks for a group, and its token names none.';
  }
  return undefined;
}

function asks(list: readonly string[]): boolean {
  return list.length > 0;
}

function includes(list: readonly string[], id: string): boolean {
  return list.some((each) => each.trim().toLowerCase() === id.toLowerCase());
}
