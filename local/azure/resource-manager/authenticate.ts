import type { ServiceRequest } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import { resourceManagerAudiences } from '../tokens/audiences.ts';
import { type Caller, TokenError, type TokenProblem, type Tokens } from '../tokens/tokens.ts';
import { toDotNetTime } from './dot-net-time.ts';

/** In the order in which ARM's refusal names them. */
const AUDIENCES = resourceManagerAudiences.toReversed();

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
 * (`https://localhost:9443`); tokens for it are accepted, as custom clouds need (bicepconfig.json, `cloud`).
 * Throws ServiceError 401 with Azure's code and challenge [hashicorp/go-azure-helpers#51].
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
  // Azure: login.windows.net, and the tenant only where the address names a subscription
  // (hashicorp/packer-plugin-azure, FindTenantID).
  const authority = `https://login.windows.net/${inSubscription ? tenantId : ''}`;
  const isAbsent = request.headers.authorization === undefined;
  // Azure: a header of another form has words of its own ([Azure/azure-sdk-for-python#4124]).
  const isOfOtherForm = error.problem === 'missing' && !isAbsent;
  const code = isOfOtherForm ? 'AuthenticationFailedInvalidHeader' : CODES[error.problem];
  const message = isOfOtherForm
    ? "Authentication failed. The 'Authorization' header is provided in an invalid format."
    : messageFor(error, tenantId);
  const description = isAbsent
    ? "The authentication failed because of missing 'Authorization' header."
    : message;
  return new ServiceError(401, code, message, {
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
      // [Azure/LogicAppsUX#9068]
      return (
        `The access token is from the wrong issuer '${found}'. It must match the tenant ` +
        `'https://sts.windows.net/${tenantId}/' associated with this subscription. ` +
        `Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. ` +
        'Note, if the subscription is transferred to another tenant there is no impact to the services, but ' +
        'information about new tenant could take time to propagate (up to an hour). ' +
        'If you just transferred your subscription and see this error message, please try back later.'
      );
    case 'expired':
      // [microsoft/foundry-dev-tools#461]
      return (
        `The access token expiry UTC time '${toDotNetTime(error.times?.expiresOn ?? 0)}' is earlier than ` +
        `current UTC time '${toDotNetTime(error.times?.now ?? 0)}'.`
      );
    default:
      // Pretend: one wording for all else that is wrong with a token.
      return 'The access token is invalid.';
  }
}
