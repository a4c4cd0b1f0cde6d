// login.microsoftonline.com: where verifiers of tokens find the tenant's keys, and where nobody gets a token.
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import {
  createJsonService,
  type ServiceRequest,
  type ServiceResponse,
} from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Journal } from '../journal.ts';
import { entraError, toEntraErrorBody } from './entra-error.ts';
import { openIdMetadata, sharedTenants } from './openid-metadata.ts';
import { refuseTokenRequest } from './refuse-token-request.ts';
import type { SigningKeys } from './signing-keys.ts';

interface OpenIdServiceOptions {
  readonly journal: Journal;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly clock: Clock;
}

/**
 * Discovery for both versions, the keys, and a token endpoint that refuses.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function createOpenIdService(options: OpenIdServiceOptions): Listener {
  const { journal, clock } = options;
  return createJsonService({
    door: 'entra',
    journal,
    handle: async (request) => answer(request, options),
    renderError: (error) => ({
      status: error.status,
      headers: { 'Cache-Control': 'no-store, no-cache', ...error.headers },
      body: toEntraErrorBody(error, clock),
    }),
    commonHeaders: () => ({
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-Content-Type-Options': 'nosniff',
    }),
    maxBodyBytes: 64 * 1024,
  });
}

function answer(request: ServiceRequest, options: OpenIdServiceOptions): ServiceResponse {
  const [tenantName = '', ...rest] = request.url.pathname.split('/').slice(1);
  const endpoint = rest.join('/').toLowerCase();
  const isToken = endpoint === 'oauth2/token' || endpoint === 'oauth2/v2.0/token';
  const allowed = isToken ? ['POST'] : ['GET', 'HEAD'];
  if (!allowed.includes(request.method)) {
    const headers = { Allow: allowed.join(', ') };
    throw new ServiceError(405, 'invalid_request', 'The method is not allowed.', { headers });
  }
  const tenant = resolveTenant(tenantName, options.directory);
  if (isToken) throw refuseTokenRequest(request.body, options.directory);
  const headers = { 'Cache-Control': 'max-age=86400, private', 'Access-Control-Allow-Origin': '*' };
  return { status: 200, headers, body: discover(endpoint, tenant, options) };
}

function discover(endpoint: string, tenant: string, options: OpenIdServiceOptions): object {
  const { keys, directory } = options;
  switch (endpoint) {
    case '.well-known/openid-configuration':
      return openIdMetadata(tenant, '1.0');
    case 'v2.0/.well-known/openid-configuration':
      return openIdMetadata(tenant, '2.0');
    case 'discovery/keys':
      return { keys: keys.published() };
    case 'discovery/v2.0/keys': {
      const { issuer } = openIdMetadata(tenant, '2.0');
      return { keys: keys.published().map((key) => ({ ...key, issuer })) };
    }
    case 'discovery/instance':
      return instanceDiscovery(directory.tenantId);
    default:
      throw new ServiceError(404, 'not_found', 'There is no such endpoint.');
  }
}

/**
 * The tenant's id, or a shared name. Throws ServiceError as Entra does for a stranger.
 * Source: https://login.microsoftonline.com/error?code=90002
 */
function resolveTenant(name: string, directory: Directory): string {
  const tenant = name.toLowerCase();
  if (tenant === directory.tenantId || sharedTenants.includes(tenant)) return tenant;
  const text =
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are ` +
    'signing into the correct cloud. Check with your subscription administrator, this may happen ' +
    'if there are no active subscriptions for the tenant.';
  throw entraError(90002, text);
}

/** MSAL asks it before it trusts an authority. Source: AzureAD/microsoft-authentication-library-for-js */
function instanceDiscovery(tenantId: string): object {
  return {
    tenant_discovery_endpoint: `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: [
          'login.microsoftonline.com',
          'login.windows.net',
          'login.microsoft.com',
          'sts.windows.net',
        ],
      },
    ],
  };
}
