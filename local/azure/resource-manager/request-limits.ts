import type { ServiceRequest } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';

export type RequestKind = 'reads' | 'writes' | 'deletes';

export interface LimitedRequest {
  readonly kind: RequestKind;
  /** Undefined at tenant level. */
  readonly subscriptionId: string | undefined;
  readonly principalId: string;
}

export type Allowance =
  | {
      readonly allowed: true;
      readonly remaining: number;
      /** Of the subscription's bucket for all principals. */
      readonly globalRemaining?: number;
    }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Whether ARM lets a request through now; counts it if so. */
export interface RequestLimits {
  take(request: LimitedRequest): Allowance;
}

const SINGULAR = { reads: 'read', writes: 'write', deletes: 'delete' } as const;

/** POST is a write, but for queries of Resource Graph [R46]. Azure: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
export function requestKind(method: string, pathname: string): RequestKind {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  if (/^\/+providers\/+microsoft\.resourcegraph\//i.test(pathname)) return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

/** The subscription that a path names. */
export function subscriptionInPath(pathname: string): string | undefined {
  return /^\/+subscriptions\/+([^/]+)/i.exec(pathname)?.[1];
}

/** Takes a token for the request. Throws 429 with Retry-After where there is none. */
export function requireAllowance(
  limits: RequestLimits,
  { method, url }: ServiceRequest,
  principalId: string,
): Extract<Allowance, { allowed: true }> {
  const kind = requestKind(method, url.pathname);
  const subscriptionId = subscriptionInPath(url.pathname);
  const allowance = limits.take({ kind, subscriptionId, principalId });
  if (allowance.allowed) return allowance;
  throw throttled(kind, subscriptionId, principalId, allowance.retryAfterSeconds);
}

/**
 * Source: [velero-io/velero#9171].
 * Pretend: the tenant's code and words, and no rate limit header, as with ARM's other refusals.
 */
function throttled(
  kind: RequestKind,
  subscriptionId: string | undefined,
  principalId: string,
  retryAfterSeconds: number,
): ServiceError {
  const scope = subscriptionId === undefined ? 'tenant' : `subscription '${subscriptionId}'`;
  return new ServiceError(
    429,
    subscriptionId === undefined ? 'TenantRequestsThrottled' : 'SubscriptionRequestsThrottled',
    `Number of '${SINGULAR[kind]}' requests for ${scope} actor '${principalId}' exceeded. ` +
      `Please try again after '${retryAfterSeconds}' seconds after additional tokens are available. ` +
      'Refer to https://aka.ms/arm-throttling for additional information.',
    { fromGateway: true, headers: { 'Retry-After': String(retryAfterSeconds) } },
  );
}
