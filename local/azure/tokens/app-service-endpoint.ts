// The token endpoint that App Service and Functions give to an app in IDENTITY_ENDPOINT.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
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
import { appServiceProtocol } from './app-service-protocol.ts';
import { assignedIdentities, type ResourceWithIdentity } from './assigned-identities.ts';
import { toEntraErrorBody } from './entra-error.ts';
import { IdentityHeaders } from './identity-headers.ts';
import { readSelector } from './identity-selector.ts';
import { issueManagedIdentityToken } from './issue-managed-identity-token.ts';
import { pickAppServiceIdentity } from './pick-identity.ts';
import { readQuery } from './query-parameters.ts';
import type { Tokens } from './tokens.ts';

interface AppServiceEndpointOptions {
  readonly journal: Journal;
  readonly tokens: Tokens;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly findResource: (resourceId: string) => ResourceWithIdentity | undefined;
}

/** What App Service puts into an app's environment; the second pair are aliases for older clients. */
export interface IdentityEnvironment extends Record<string, string> {
  readonly IDENTITY_ENDPOINT: string;
  readonly IDENTITY_HEADER: string;
  readonly MSI_ENDPOINT: string;
  readonly MSI_SECRET: string;
}

export interface AppServiceEndpoint {
  readonly listener: Listener;
  /** `port`: where the listener listens on loopback. The header is random, one per resource and start. */
  environmentOf(resourceId: string, port: number): IdentityEnvironment;
  /** Gives the resource a new header, as the platform does at times; the old one is refused from now on. */
  rotateHeader(resourceId: string): void;
  /** The app whose identity header a request carries, in whichever version's form. */
  resourceOf(headers: IncomingHttpHeaders): string | undefined;
}

/**
 * The endpoint of all apps: the header shows which app asks.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function createAppServiceEndpoint(options: AppServiceEndpointOptions): AppServiceEndpoint {
  const headers = new IdentityHeaders();
  return {
    listener: createJsonService({
      door: 'app-service-identity',
      journal: options.journal,
      handle: (request) => answer(request, headers, options),
      renderError: (error) => renderError(error, options.clock),
      maxBodyBytes: 4096,
    }),
    environmentOf(resourceId, port) {
      const endpoint = `http://127.0.0.1:${port}/msi/token`;
      const header = headers.headerOf(resourceId);
      return {
        IDENTITY_ENDPOINT: endpoint,
        IDENTITY_HEADER: header,
        MSI_ENDPOINT: endpoint,
        MSI_SECRET: header,
      };
    },
    rotateHeader: (resourceId) => headers.rotate(resourceId),
    resourceOf: (given) =>
      headers.resourceOf(given['x-identity-header']) ?? headers.resourceOf(given.secret),
  };
}

async function answer(
  request: ServiceRequest,
  headers: IdentityHeaders,
  options: AppServiceEndpointOptions,
): Promise<ServiceResponse> {
  assertTokenRequest(request);
  const query = readQuery(request.url);
  const protocol = appServiceProtocol(query.get('api-version'));
  const resourceId = headers.resourceOf(request.headers[protocol.secretHeader]);
  // Pretend: that it is a 401 is known, its body is not.
  if (resourceId === undefined) throw new ServiceError(401, 'Unauthorized', 'Unauthorized.');
  const audience = query.get('resource');
  if (audience === undefined || query.repeated) throw malformed(query.repeated ?? 'resource');
  const identities = assignedIdentities(options.findResource(resourceId), options.directory);
  const principal = pickAppServiceIdentity(identities, readSelector(query, protocol.selectors));
  const token = await issueManagedIdentityToken(options, {
    door: 'app-service-identity',
    principal,
    audience,
    azureResourceId: resourceId,
  });
  const body = protocol.toBody(token, audience, principal.clientId);
  return { status: 200, body, principalId: principal.principalId };
}

/** Its address in IDENTITY_ENDPOINT, with the slash that az adds and in the documentation's case, `/MSI/token`. */
function assertTokenRequest({ url, method, headers }: ServiceRequest): void {
  if (!/^\/msi\/token\/?$/i.test(url.pathname)) {
    throw new ServiceError(404, 'NotFound', 'Not found.');
  }
  if (method !== 'GET') throw new ServiceError(405, 'MethodNotAllowed', 'Only GET is allowed.');
  if (headers['x-forwarded-for'] !== undefined) {
    // Pretend: IMDS refuses forwarded requests; that App Service's endpoint does is our own caution.
    throw new ServiceError(400, 'BadRequest', 'Forwarded requests are not allowed.');
  }
}

function malformed(parameter: string): ServiceError {
  // Pretend: nobody has recorded the words.
  const message = `The query parameter '${parameter}' is required exactly once.`;
  return new ServiceError(400, 'BadRequest', message);
}

/**
 * Source: [Azure-Samples/azure-search-openai-demo#2148] for `statusCode` and `message`; MSAL reads `correlationId` too.
 * Pretend: Entra's refusals are shown whole in `message`; how the endpoint wraps them is not recorded.
 */
function renderError(error: ServiceError, clock: Clock): ServiceResponse {
  const entra = toEntraErrorBody(error, clock);
  const body = {
    statusCode: error.status,
    message: entra.error_description,
    correlationId: entra.correlation_id ?? randomUUID(),
  };
  return { status: error.status, body };
}
