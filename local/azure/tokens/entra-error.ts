import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';

/** The errors of Entra ID that the tenant gives, by AADSTS number. Source: https://login.microsoftonline.com/error */
const ENTRA_ERRORS = {
  500011: { status: 400, code: 'invalid_resource' },
  90002: { status: 400, code: 'invalid_tenant' },
  900144: { status: 400, code: 'invalid_request' },
  70021: { status: 400, code: 'invalid_request' },
  70003: { status: 400, code: 'unsupported_grant_type' },
  700016: { status: 400, code: 'unauthorized_client' },
  // [R45] for the 401.
  7000215: { status: 401, code: 'invalid_client' },
  7000216: { status: 401, code: 'invalid_client' },
} as const;

/** An error as Entra ID words it; `text` without number and trace lines. */
export function entraError(number: keyof typeof ENTRA_ERRORS, text: string): ServiceError {
  const { status, code } = ENTRA_ERRORS[number];
  return new ServiceError(status, code, `AADSTS${number}: ${text}`);
}

/**
 * The resource that a token is asked for is not known in the tenant.
 * Source: AzureAD/microsoft-authentication-library-for-dotnet#3979
 */
export function unknownResourceError(audience: string, tenantId: string): ServiceError {
  const text =
    `The resource principal named ${audience} was not found in the tenant named ${tenantId}. ` +
    'This can happen if the application has not been installed by the administrator of the tenant ' +
    'or consented to by any user in the tenant. ' +
    'You might have sent your authentication request to the wrong tenant.';
  return entraError(50_0011, text);
}

/** What Entra ID and, under the same names, IMDS answer instead of a token. */
export interface EntraErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes?: readonly number[];
  readonly timestamp?: string;
  readonly trace_id?: string;
  readonly correlation_id?: string;
  readonly error_uri?: string;
}

/**
 * Body of an Entra error. Errors without an AADSTS number get only the first two members.
 * Source: [R45]
 */
export function toEntraErrorBody(error: ServiceError, clock: Clock): EntraErrorBody {
  const number = /^AADSTS(\d+):/.exec(error.message)?.[1];
  if (number === undefined) return { error: error.code, error_description: error.message };
  const timestamp = new Date(clock.nowMs()).toISOString().replace('T', ' ').replace(/\..*/, 'Z');
  const traceId = randomUUID();
  const correlationId = randomUUID();
  return {
    error: error.code,
    error_description: `${error.message}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
    error_codes: [Number(number)],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  };
}
