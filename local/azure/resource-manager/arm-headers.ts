import { randomBytes, randomUUID } from 'node:crypto';
import type { ServiceRequest } from '../http/json-service.ts';
import { type Allowance, type RequestKind, requestKind } from './request-limits.ts';

export interface RequestIds {
  readonly requestId: string;
  readonly correlationId: string;
}

const idsOfRequest = new WeakMap<ServiceRequest, RequestIds>();

/** Azure: a client that names a correlation id gets it back (Azure/azure-resource-manager-rpc). */
export function requestIdsOf(request: ServiceRequest): RequestIds {
  const known = idsOfRequest.get(request);
  if (known) return known;
  const given = request.headers['x-ms-correlation-request-id'];
  const correlationId = typeof given === 'string' && isGuid(given) ? given : randomUUID();
  // Azure: the two are equal where ARM itself answers, and differ for a provider [R1], [R20].
  const requestId = isAnsweredByArm(request.url.pathname) ? correlationId : randomUUID();
  const ids = { requestId, correlationId };
  idsOfRequest.set(request, ids);
  return ids;
}

/** Headers on every answer [R1]; `nowMs` since 1970-01-01T00:00:00Z. */
export function armHeaders(request: ServiceRequest, nowMs: number): Record<string, string> {
  const { requestId, correlationId } = requestIdsOf(request);
  const clientRequestId = request.headers['x-ms-client-request-id'];
  const now = new Date(nowMs);
  return {
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': correlationId,
    // Pretend: the region that routed the request is always this one.
    'x-ms-routing-request-id': `EASTUS:${compactTime(now)}:${correlationId}`,
    ...(request.headers['x-ms-return-client-request-id'] === 'true' &&
      typeof clientRequestId === 'string' && { 'x-ms-client-request-id': clientRequestId }),
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'X-Cache': 'CONFIG_NOCACHE',
    'X-MSEdge-Ref':
      `Ref A: ${edgeReference()} Ref B: ${edgeReference().slice(0, 15)} ` +
      `Ref C: ${now.toISOString().replace(/\.\d+/, '')}`,
  };
}

/** What the first request of a recording sees. */
const RECORDED = {
  reads: { remaining: 1099, global: 16499 },
  writes: { remaining: 799, global: 11999 },
  deletes: { remaining: 799, global: 11999 },
} as const satisfies Record<RequestKind, object>;

/**
 * What remains, from the allowance where ARM's buckets are switched on.
 * Pretend: without them it never shrinks, and what remains of a provider's own limit never does.
 */
export function rateLimitHeaders(
  { method, url }: ServiceRequest,
  allowance?: Extract<Allowance, { allowed: true }>,
): Record<string, string> {
  const prefix = 'x-ms-ratelimit-remaining';
  const kind = requestKind(method, url.pathname);
  const { remaining, global } = RECORDED[kind];
  if (!/^\/+subscriptions\/+[^/]/i.test(url.pathname)) {
    const shown = kind === 'reads' ? 'reads' : 'writes';
    return { [`${prefix}-tenant-${shown}`]: String(allowance?.remaining ?? global) };
  }
  const isProviders =
    namespaceOf(url.pathname) === 'microsoft.web' || /\/listkeys\/*$/i.test(url.pathname);
  if (kind === 'writes' && isProviders) {
    return { [`${prefix}-subscription-resource-requests`]: '11999' };
  }
  return {
    [`${prefix}-subscription-${kind}`]: String(allowance?.remaining ?? remaining),
    [`${prefix}-subscription-global-${kind}`]: String(allowance?.globalRemaining ?? global),
  };
}

/** Lower-case namespace of the last `/providers/` in a path; undefined if there is none. */
export function namespaceOf(path: string): string | undefined {
  return /.*\/providers\/+([^/]+)\//i.exec(`${path}/`)?.[1]?.toLowerCase();
}

/** Of ARM's own parts only Microsoft.Resources shows as a namespace, and [R46] ResourceGraph; authorization is a provider's. */
function isAnsweredByArm(path: string): boolean {
  const namespace = namespaceOf(path);
  return (
    namespace === undefined ||
    namespace === 'microsoft.resources' ||
    namespace === 'microsoft.resourcegraph' ||
    /\/providers\/*$/i.test(path)
  );
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function compactTime(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

function edgeReference(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}
