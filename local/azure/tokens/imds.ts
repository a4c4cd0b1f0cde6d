// The Instance Metadata Service of one virtual machine, at 169.254.169.254: tokens, and a little about the machine.
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
import { assignedIdentities, type ResourceWithIdentity } from './assigned-identities.ts';
import { toEntraErrorBody } from './entra-error.ts';
import { readSelector } from './identity-selector.ts';
import {
  assertImdsRequest,
  assertImdsVersion,
  firstIdentityVersion,
  imdsVersions,
  toVersionErrorBody,
} from './imds-request.ts';
import { toInstanceMetadata } from './instance-metadata.ts';
import { issueManagedIdentityToken } from './issue-managed-identity-token.ts';
import { pickImdsIdentity } from './pick-identity.ts';
import { type QueryParameters, readQuery } from './query-parameters.ts';
import type { IssuedToken, Tokens } from './tokens.ts';

interface ImdsOptions {
  readonly journal: Journal;
  readonly tokens: Tokens;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly findResource: (resourceId: string) => ResourceWithIdentity | undefined;
  /** The machine. */
  readonly resourceId: string;
}

/** Source: Azure/azure-rest-api-specs, imds.json; App Service's `mi_res_id` is not among them. */
const SELECTORS = {
  client_id: 'clientId',
  object_id: 'principalId',
  msi_res_id: 'resourceId',
} as const;

/**
 * The listener that `http://169.254.169.254` leads to.
 * Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export function createImds(options: ImdsOptions): Listener {
  return createJsonService({
    door: 'imds',
    journal: options.journal,
    handle: (request) => answer(request, options),
    renderError: (error) => ({
      status: error.status,
      body: toVersionErrorBody(error) ?? toEntraErrorBody(error, options.clock),
    }),
    maxBodyBytes: 4096,
  });
}

async function answer(request: ServiceRequest, options: ImdsOptions): Promise<ServiceResponse> {
  assertImdsRequest(request);
  const query = readQuery(request.url);
  const [area, ...path] = metadataPath(request.url);
  const version = query.get('api-version');
  if (area === 'versions') return { status: 200, body: { apiVersions: imdsVersions } };
  if (area === 'instance') {
    assertImdsVersion(version);
    const machine = options.findResource(options.resourceId);
    if (!machine) throw notFound();
    return { status: 200, body: toInstanceMetadata(machine, path, query.get('format')) };
  }
  const endpoint = [area, ...path].join('/').toLowerCase();
  if (endpoint !== 'identity/oauth2/token' && endpoint !== 'identity/info') throw notFound();
  assertImdsVersion(version, firstIdentityVersion);
  if (endpoint === 'identity/oauth2/token') return answerToken(query, options);
  return { status: 200, body: { tenantId: options.directory.tenantId } };
}

async function answerToken(query: QueryParameters, options: ImdsOptions): Promise<ServiceResponse> {
  const { findResource, directory, resourceId } = options;
  // Pretend: documented as an invalid_request ("includes a parameter more than once"), without the words.
  if (query.repeated) throw invalidRequest(`Query variable '${query.repeated}' is repeated`);
  const audience = query.get('resource');
  // Source: Azure/azure-sdk-for-net, the answer of IMDS that its tests replay.
  if (audience === undefined) throw invalidRequest("Required query variable 'resource' is missing");
  const identities = assignedIdentities(findResource(resourceId), directory);
  const principal = pickImdsIdentity(identities, readSelector(query, SELECTORS));
  const token = await issueManagedIdentityToken(options, {
    door: 'imds',
    principal,
    audience,
    azureResourceId: resourceId,
  });
  const body = toTokenBody(token, audience, principal.clientId);
  return { status: 200, body, principalId: principal.principalId };
}

/** Azure: every member is a string, numbers too. Source: [R42] */
function toTokenBody(token: IssuedToken, audience: string, clientId: string): object {
  return {
    access_token: token.accessToken,
    client_id: clientId,
    expires_in: String(token.expiresIn),
    expires_on: String(token.expiresOn),
    ext_expires_in: String(token.expiresIn - 1),
    not_before: String(token.notBefore),
    resource: audience,
    token_type: 'Bearer',
  };
}

/** `/metadata/identity/info/` → `['identity', 'info']`; [] outside of `/metadata`. */
function metadataPath({ pathname }: URL): string[] {
  const [root, area = '', ...path] = pathname.split('/').filter((segment) => segment !== '');
  return root?.toLowerCase() === 'metadata' ? [area.toLowerCase(), ...path] : [];
}

function invalidRequest(message: string): ServiceError {
  return new ServiceError(400, 'invalid_request', message);
}

function notFound(): ServiceError {
  return new ServiceError(404, 'not_found', 'Not found');
}
