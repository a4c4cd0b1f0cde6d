import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { getProvider } from './list-providers.ts';

/** Pretend: every namespace is registered from the start, so registering changes nothing. */
export const registerProvider: Operation = (arm, request, values) => {
  const { subscriptionId = '', namespace = '' } = values;
  requireAction(
    arm,
    request.caller,
    `${namespace}/register/action`,
    `/subscriptions/${subscriptionId}`,
  );
  return getProvider(arm, request, values);
};
