import type { ServiceRequest } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import { type Caller, TokenError, type TokenProblem, type Tokens } from '../tokens/tokens.ts';

const AUDIENCES = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
];

const CODES: Readonly<Record<TokenProblem, string>> = {
  missing: 'AuthenticationFailed',
  malformed: 'InvalidAuthenticationToken',
  signature: 'InvalidAuthenticationToken',
  expired: 'ExpiredAuthenticationToken',
  notYetValid: 'InvalidAuthenticationToken',
  issuer: 'InvalidAuthenticationTokenTenant',
  audience: 'InvalidAuthenticationTokenAudience',
  // Pretend: Azure accepts the token of a deleted principal until it expires and finds no role for it.
  principal: 'InvalidAuthenticationToken',
};

/**
 * The caller of a request to ARM. `advertisedEndpoint`: an address that clients were told to reach ARM at
 * (`https://localhost:9443`); tokens for it are accepted, as custom clouds need (bicep.md).
 * Throws ServiceError 401 with Azure's code and challenge (recorded.md 1, "401").
 */
export async function authenticate(
  tokens: Tokens,
  request: ServiceRequest,
  tenantId: string,
  advertisedEndpoint: string | undefined,
): Promise<Caller> {
  const own = advertisedEndpoint?.replace(/\/+$/, '');
  const audiences = own === undefined ? AUDIENCES : [...AUDIENCES, own, `${own}/`];
  try {
    return await tokens.verifyRequest(request.rawHeaders, audiences);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw refuse(error, request, tenantId);
  }
}

function refuse(error: TokenError, request: ServiceRequest, tenantId: string): ServiceError {
  const inSubscription = /^\/+subscriptions\/+[^/]/i.test(request.url.pathname);
  // Azure: login.windows.net, and the tenant only where the address names a subscription.
  const authority = `https://login.windows.net/${inSubscription ? tenantId : ''}`;
  const description =
    error.problem === 'missing'
      ? "The authentication failed because of missing 'Authorization' header."
      : messageFor(error, tenantId);
  return new ServiceError(401, CODES[error.problem], messageFor(error, tenantId), {
    fromGateway: true,
    headers: {
      'WWW-Authenticate':
        `Bearer authorization_uri="${authority}", error="invalid_token", ` +
        `error_description="${description}"`,
    },
    cause: error,
  });
}

function messageFor(error: TokenError, tenantId: string): string {
  const found = error.found?.replaceAll(/[\r\n"]/g, '') ?? '';
  switch (error.problem) {
    case 'missing':
      return "Authentication failed. The 'Authorization' header is missing.";
    case 'audience':
      return (
        `The access token has been obtained for wrong audience or resource '${found}'. It should exactly match ` +
        `with one of the allowed audiences ${AUDIENCES.map((audience) => `'${audience}'`).join(',')}.`
      );
    case 'issuer':
      return (
        `The access token is from the wrong issuer '${found}'. It must match the tenant ` +
        `'https://sts.windows.net/${tenantId}/' associated with this subscription. ` +
        `Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token.`
      );
    case 'expired':
      return 'The access token expiry UTC time is earlier than current UTC time.';
    default:
      return 'The access token is invalid.';
  }
}
