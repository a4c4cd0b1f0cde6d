// What App Service itself answers, in front of a site's program. The reason of a 401 or 403 is not told to the caller:
// it stands in the journal, as in Azure in the log of the authentication container.
import { randomBytes, randomUUID } from 'node:crypto';
import { toAzureTimestamp } from '../clock.ts';
import type { ServiceResponse } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import type { EntraProvider } from './auth-settings.ts';
import { parseOpenIdIssuer } from './openid-issuer.ts';
import type { Site } from './site.ts';

const NO_PERMISSION = 'You do not have permission to view this directory or page.';

/** 401 with its challenge, for `code` as the journal names it. */
export function unauthorized(
  site: Site,
  provider: EntraProvider | undefined,
  tenantId: string,
  code: string,
): ServiceError {
  const headers = provider?.disableWWWAuthenticate
    ? {}
    : { 'WWW-Authenticate': challenge(site, provider, tenantId) };
  return new ServiceError(401, code, NO_PERMISSION, { headers });
}

export function forbidden(code: string): ServiceError {
  return new ServiceError(403, code, NO_PERMISSION);
}

/**
 * Azure: the portal's `HTTP 404 Not found` for calls without a token
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad).
 */
export function hidden(code: string): ServiceError {
  return new ServiceError(404, code, NO_PERMISSION);
}

/**
 * Azure: the same for a token that is wrong as for none; `resource_id` is the client id of the registration
 * (https://github.com/yeongseon/azure-paas-troubleshooting-labs, easy-auth-token-mismatch).
 * Pretend: without a provider, the realm alone.
 */
function challenge(site: Site, provider: EntraProvider | undefined, tenantId: string): string {
  const realm = `Bearer realm="${site.hostName}"`;
  if (!provider) return realm;
  const uri = authorizationEndpoint(provider, tenantId);
  return `${realm} authorization_uri="${uri}" resource_id="${provider.clientId}"`;
}

/**
 * 302 to the sign-in of Entra ID, which has no page here. `target`: path and query that were asked for.
 * Azure: without a client secret an id_token alone is asked for
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad).
 * Pretend: no Nonce cookie, as nobody comes back.
 */
export function redirectToSignIn(
  site: Site,
  provider: EntraProvider,
  { target, tenantId, apiPrefix, nowMs }: SignIn,
): ServiceError {
  const time = toAzureTimestamp(nowMs).replace(/\D/g, '').slice(0, 14);
  const query = new URLSearchParams({
    response_type: 'id_token',
    redirect_uri: `https://${site.hostName}${apiPrefix}/login/aad/callback`,
    client_id: provider.clientId,
    scope: 'openid profile email',
    response_mode: 'form_post',
    nonce: `${randomBytes(16).toString('hex')}_${time}`,
    state: `redir=${encodeURIComponent(target)}`,
  });
  const headers = { Location: `${authorizationEndpoint(provider, tenantId)}?${query}` };
  return new ServiceError(302, 'RedirectToLoginPage', '', { headers });
}

interface SignIn {
  readonly target: string;
  readonly tenantId: string;
  readonly apiPrefix: string;
  readonly nowMs: number;
}

function authorizationEndpoint({ openIdIssuer }: EntraProvider, tenantId: string): string {
  const issuer = openIdIssuer === undefined ? undefined : parseOpenIdIssuer(openIdIssuer);
  const version = issuer?.version === '2.0' ? 'v2.0/' : '';
  return `https://login.windows.net/${issuer?.tenant ?? tenantId}/oauth2/${version}authorize`;
}

/** Pretend: in Azure the name of a site that is not there does not resolve; here it does, and gets this answer. */
export function siteNotFound(hostName: string): ServiceError {
  return new ServiceError(404, 'SiteNotFound', `There is no site at ${hostName}.`);
}

/**
 * Nothing runs there. Azure: the sentence of a Functions host that does not (HostAvailabilityCheckMiddleware.cs).
 * Pretend: the other sites' page in one line.
 */
export function notRunning(site: Site): ServiceError {
  const message = site.isFunctionApp ? 'Function host is not running.' : 'Application Error';
  return new ServiceError(503, 'SiteUnavailable', message);
}

/** Pretend: nobody signs in here, so what is under `/.auth` is not there. */
export function noSignIn(): ServiceError {
  return new ServiceError(404, 'NoSignIn', '');
}

/**
 * Azure: on Linux the authentication answers without a body
 * (https://www.maxivanov.io/restrict-azure-functions-to-api-management-with-terraform/) and tells its own request id
 * (https://github.com/yeongseon/azure-paas-troubleshooting-labs).
 * Pretend: on Windows with this sentence, and the same way for 403 and 404.
 */
export function renderRefusal(error: ServiceError, site: Site | undefined): ServiceResponse {
  const { status, headers, message } = error;
  if (message === NO_PERMISSION && site?.isLinux) {
    return { status, headers: { ...headers, 'x-ms-middleware-request-id': randomUUID() } };
  }
  if (message === '') return { status, headers };
  return { status, headers: { 'Content-Type': 'text/html', ...headers }, body: message };
}
