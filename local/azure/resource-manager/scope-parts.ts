import type { RouteValues } from './arm-context.ts';

/** Whether a route's `{*scope}` is empty. */
export function isTenantScope({ scope = '' }: RouteValues): boolean {
  return scope === '';
}

/** Subscription id in a route's `{*scope}`; undefined if it names none. */
export function subscriptionOf({ scope = '' }: RouteValues): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
}
