import type { Subscription } from './resource-store.ts';

/** Keys in the order of [R11]. */
export function renderSubscription(
  { subscriptionId, displayName, tags }: Subscription,
  tenantId: string,
): Record<string, unknown> {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    ...(tags && { tags }),
    subscriptionId,
    tenantId,
    displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}
