import type { Operation } from '../arm-context.ts';
import { hasAnyRole, requireAction } from '../authorization.ts';
import { subscriptionNotFound } from '../gateway-errors.ts';
import { renderSubscription } from '../render-subscription.ts';

/** Pretend: a role anywhere in the subscription is enough to see it, as for the list of subscriptions. */
export const getSubscription: Operation = (arm, { caller }, { subscriptionId = '' }) => {
  const subscription = arm.store.findSubscription(subscriptionId);
  if (!subscription) throw subscriptionNotFound(subscriptionId);
  const scope = `/subscriptions/${subscription.subscriptionId}`;
  if (!hasAnyRole(arm, caller, scope)) {
    requireAction(arm, caller, 'Microsoft.Resources/subscriptions/read', scope);
  }
  return { status: 200, body: renderSubscription(subscription, arm.directory.tenantId) };
};
