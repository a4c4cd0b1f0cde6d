import type { ServiceRequest, ServiceResponse } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import { requireArmApiVersion } from './api-version.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from './arm-context.ts';
import { namespaceOf, rateLimitHeaders, requestIdsOf } from './arm-headers.ts';
import { authenticate } from './authenticate.ts';
import { methodNotAllowed } from './gateway-errors.ts';
import { type Allowance, requireAllowance } from './request-limits.ts';
import { requireId } from './require-id.ts';
import { findRoute } from './route-table.ts';
import { armRoutes, findGenericOperation } from './routes.ts';

/** What a request's headers and journal entry need, once its token is verified. */
export interface KnownCaller {
  readonly principalId: string;
  /** Where ARM's buckets are switched on. */
  readonly allowance?: Extract<Allowance, { allowed: true }>;
}

/**
 * One request to ARM: who calls, whether there is a token in the bucket, which operation, its answer with ARM's
 * headers. `onCaller` is told at each step what is known for a refusal. Throws ServiceError.
 */
export async function handleRequest(
  arm: ArmContext,
  http: ServiceRequest,
  advertisedEndpoint: string | undefined,
  onCaller: (caller: KnownCaller) => void,
): Promise<ServiceResponse> {
  const caller = await authenticate(arm.tokens, http, arm.directory.tenantId, advertisedEndpoint);
  const { principalId } = caller;
  onCaller({ principalId });
  const limits = arm.limits?.();
  const allowance = limits && requireAllowance(limits, http, principalId);
  if (allowance) onCaller({ principalId, allowance });
  const query = new Map(
    [...http.url.searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const request: ArmRequest = {
    method: http.method,
    path: decodePath(http.url.pathname),
    query,
    apiVersion: query.get('api-version') ?? '',
    caller,
    correlationId: requestIdsOf(http).correlationId,
    origin: http.url.origin,
    http,
  };
  const { operation, values } = findOperation(arm, request);
  const response = await operation(arm, request, values);
  return {
    ...response,
    principalId,
    headers: {
      ...rateLimitHeaders(http, allowance),
      ...contentType(http, response),
      ...response.headers,
    },
  };
}

function findOperation(
  arm: ArmContext,
  { method, path, apiVersion }: ArmRequest,
): { operation: Operation; values: RouteValues } {
  const route = findRoute(armRoutes, method, path);
  if ('operation' in route) {
    requireArmApiVersion(apiVersion, arm.clock.nowMs());
    return route;
  }
  // A resource's api-version is checked with its type; that there is one, here.
  if (apiVersion === '') requireArmApiVersion(apiVersion, arm.clock.nowMs());
  const operation = findGenericOperation(method, path);
  if (operation) return { operation, values: {} };
  if (route.allowed.length > 0) throw methodNotAllowed(method);
  requireId(path);
  throw methodNotAllowed(method);
}

/** Azure: Web and Storage answer without a charset [R36], [R37]. */
function contentType({ url }: ServiceRequest, { body }: ServiceResponse): Record<string, string> {
  const isBare = /^microsoft\.(web|storage)$/.test(namespaceOf(url.pathname) ?? '');
  return isBare && body !== undefined ? { 'Content-Type': 'application/json' } : {};
}

/** Clients escape scopes as a whole or not at all; doubled and trailing slashes do not count. */
function decodePath(pathname: string): string {
  try {
    const segments = decodeURIComponent(pathname).split('/');
    return `/${segments.filter((segment) => segment !== '').join('/')}`;
  } catch {
    throw new ServiceError(400, 'InvalidRequestUri', 'The request URI is not well-formed.', {
      fromGateway: true,
    });
  }
}
