// The one place that turns a refusal into ARM's bytes [R3], [R4], [R37].
import type { ServiceRequest, ServiceResponse } from '../http/json-service.ts';
import type { ServiceError } from '../http/service-error.ts';
import { namespaceOf, rateLimitHeaders } from './arm-headers.ts';
import type { KnownCaller } from './handle-request.ts';

/**
 * `{error{code,message,target?,details?}}`. ARM's own refusals have `x-ms-failure-cause: gateway` and no rate
 * limit; a provider's have the rate limit. Microsoft.Web has its own, PascalCase form.
 */
export function renderArmError(
  error: ServiceError,
  request: ServiceRequest,
  known?: KnownCaller,
): ServiceResponse {
  const isOwn = error.fromGateway || error.status === 401 || error.status >= 500;
  const isWeb = !isOwn && namespaceOf(request.url.pathname) === 'microsoft.web';
  return {
    status: error.status,
    ...(known && { principalId: known.principalId }),
    headers: {
      ...(isOwn
        ? { 'x-ms-failure-cause': 'gateway' }
        : rateLimitHeaders(request, known?.allowance)),
      ...(isWeb && { 'Content-Type': 'application/json' }),
      ...error.headers,
    },
    body: isWeb ? webErrorBody(error) : { error: toErrorBody(error) },
  };
}

/** The inner object, as deployments and their operations show it too. */
export function toErrorBody(error: {
  readonly code: string;
  readonly message: string;
  readonly target?: string | undefined;
  readonly details?: readonly { readonly code: string; readonly message: string }[] | undefined;
}): Record<string, unknown> {
  return {
    code: error.code,
    ...(error.target !== undefined && { target: error.target }),
    message: error.message,
    ...(error.details?.length && { details: error.details }),
  };
}

/** Azure-Samples/azure-functions-flex-consumption-samples#7 shows the three details. */
function webErrorBody(error: ServiceError): Record<string, unknown> {
  return {
    Code: error.code,
    Message: error.message,
    Target: null,
    Details: [
      { Message: error.message },
      { Code: error.code },
      { ErrorEntity: { Code: error.code, Message: error.message } },
    ],
    Innererror: null,
  };
}
