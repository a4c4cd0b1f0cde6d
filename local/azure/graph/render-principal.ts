import type { Principal } from '../directory.ts';

/** `servicePrincipal`, `user`, `group`, as Graph's types and `getByIds` call them. */
export function graphTypeOf({ kind }: Principal): string {
  if (kind === 'User') return 'user';
  return kind === 'Group' ? 'group' : 'servicePrincipal';
}

/**
 * A principal as Graph shows it. Pretend: only the members that `az role assignment` reads.
 * Source: https://learn.microsoft.com/graph/api/resources/serviceprincipal
 */
export function renderPrincipal(principal: Principal): Record<string, unknown> {
  const { principalId, clientId, displayName, kind, resourceId, identifierUris = [] } = principal;
  const type = graphTypeOf(principal);
  const common = { '@odata.type': `#microsoft.graph.${type}`, id: principalId };
  if (type === 'user') return { ...common, displayName, userPrincipalName: displayName };
  if (type === 'group') return { ...common, displayName };
  return {
    ...common,
    appId: clientId,
    displayName,
    accountEnabled: true,
    servicePrincipalNames: [clientId, ...identifierUris],
    servicePrincipalType: kind === 'ManagedIdentity' ? 'ManagedIdentity' : 'Application',
    alternativeNames: resourceId === undefined ? [] : [isExplicit(resourceId), resourceId],
  };
}

/** Azure: true for a user-assigned identity (seen in `az ad sp show`). */
function isExplicit(resourceId: string): string {
  return /\/userAssignedIdentities\/[^/]+$/i.test(resourceId)
    ? 'isExplicit=True'
    : 'isExplicit=False';
}
