// Microsoft Graph's refusals, and the one place where a refusal of this door becomes bytes.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ServiceRequest, ServiceResponse } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import type { TokenError } from '../tokens/tokens.ts';

/** Source: https://learn.microsoft.com/graph/errors#json-representation */
export function renderGraphError(
  { status, code, message, headers }: ServiceError,
  request: ServiceRequest,
  clock: Clock,
): ServiceResponse {
  const requestId = randomUUID();
  const given = request.headers['client-request-id'];
  const innerError = {
    date: new Date(clock.nowMs()).toISOString().replace(/\..*/, ''),
    'request-id': requestId,
    'client-request-id': typeof given === 'string' ? given : requestId,
  };
  return { status, headers, body: { error: { code, message, innerError } } };
}

/**
 * Source: [microsoftgraph/microsoft-graph-docs#16208, s1t5/mail-archiver#267] for audience and expired.
 * Pretend: one wording for every other problem of a token.
 */
export function invalidToken(error: TokenError): ServiceError {
  const messages: Readonly<Record<string, string>> = {
    missing: 'Access token is empty.',
    audience: 'Access token validation failure. Invalid audience.',
    expired: 'Lifetime validation failed, the token is expired.',
  };
  const message = messages[error.problem] ?? 'Access token validation failure.';
  return new ServiceError(401, 'InvalidAuthenticationToken', message, { cause: error });
}

export function objectNotFound(id: string): ServiceError {
  return new ServiceError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function badRequest(code: string, message: string): ServiceError {
  return new ServiceError(400, code, message);
}
