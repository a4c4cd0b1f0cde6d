import type { Operation } from '../arm-context.ts';
import { hasAnyRole } from '../authorization.ts';
import { renderSubscription } from '../render-subscription.ts';

/** Only those on which, or in which, the caller has a role. */
export const listSubscriptions: Operation = (arm, { caller }) => {
  const value = arm.store
    .subscriptions()
    .filter(({ subscriptionId }) => hasAnyRole(arm, caller, `/subscriptions/${subscriptionId}`))
    .map((subscription) => renderSubscription(subscription, arm.directory.tenantId));
  return { status: 200, body: { value, count: { type: 'Total', value: value.length } } };
};
