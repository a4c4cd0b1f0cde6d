// Key Vault's data plane: one listener for all vaults, told apart by the host name.
import { randomUUID } from 'node:crypto';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import {
  createJsonService,
  type ServiceRequest,
  type ServiceResponse,
} from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import type { Journal } from '../journal.ts';
import type { VaultDataPlane } from '../providers/provider.ts';
import { keyVaultAudiences } from '../tokens/audiences.ts';
import { type Caller, TokenError, type Tokens } from '../tokens/tokens.ts';
import { assertApiVersion } from './api-version.ts';
import { authorizeVaultCall } from './authorize-vault-call.ts';
import { renderVaultError, unauthorized, vaultNotFound } from './errors.ts';
import { findOperation } from './find-operation.ts';
import type { Vault } from './vault.ts';
import { VaultRegistry } from './vault-registry.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export interface KeyVaultParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly access: Access;
}

/** What is known of a request so far: refusals need it for headers and the journal. */
interface Progress {
  vault?: Vault;
  principalId?: string;
  assignmentId?: string;
}

/**
 * The listener answers `https://<vault>.vault.azure.net`; `vaults` is how ARM makes vaults and secrets.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export function createKeyVault(parts: KeyVaultParts): {
  listener: Listener;
  vaults: VaultDataPlane;
} {
  const vaults = new VaultRegistry(parts);
  const progressOf = new WeakMap<ServiceRequest, Progress>();

  async function handle(request: ServiceRequest): Promise<ServiceResponse> {
    const progress: Progress = {};
    progressOf.set(request, progress);
    const vault = vaults.findByHost(request.url.hostname);
    if (!vault) throw vaultNotFound(request.url.hostname);
    progress.vault = vault;
    const caller = await authenticate(request, vault);
    progress.principalId = caller.principalId;
    assertApiVersion(request.url);
    const { operation, name, version } = findOperation(request.method, request.url.pathname);
    const secretName = operation.path.includes(':name') ? name : undefined;
    const assignmentId = authorizeVaultCall(parts, caller, vault, operation.permission, secretName);
    if (assignmentId !== undefined) progress.assignmentId = assignmentId;
    const { url, body } = request;
    const response = operation.run({
      vault,
      name,
      url,
      body,
      ...(version !== undefined && { version }),
    });
    return { ...response, principalId: caller.principalId };
  }

  async function authenticate(request: ServiceRequest, vault: Vault): Promise<Caller> {
    try {
      return await parts.tokens.verifyRequest(request.rawHeaders, keyVaultAudiences);
    } catch (error) {
      throw error instanceof TokenError ? unauthorized(error, vault.settings.tenantId) : error;
    }
  }

  const listener = createJsonService({
    door: 'key-vault',
    journal: parts.journal,
    maxBodyBytes: MAX_BODY_BYTES,
    handle,
    renderError(error, request) {
      const principalId = progressOf.get(request)?.principalId;
      return { ...renderVaultError(error), ...(principalId !== undefined && { principalId }) };
    },
    commonHeaders: (request) => vaultHeaders(request, progressOf.get(request) ?? {}),
  });
  return { listener, vaults };
}

/** The headers of every data answer [R25]. */
function vaultHeaders(
  { headers }: ServiceRequest,
  { vault, assignmentId }: Progress,
): Record<string, string> {
  const clientRequestId = headers['x-ms-client-request-id'];
  return {
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    ...(typeof clientRequestId === 'string' && { 'x-ms-client-request-id': clientRequestId }),
    'x-ms-request-id': randomUUID(),
    ...(vault && { 'x-ms-keyvault-region': regionOf(vault) }),
    'x-ms-keyvault-service-version': '1.9.3070.2',
    'x-ms-keyvault-network-info': 'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;',
    ...(assignmentId !== undefined && {
      'x-ms-keyvault-rbac-assignment-id': assignmentId.slice(-36).replaceAll('-', ''),
    }),
    'X-Content-Type-Options': 'nosniff',
    'Strict-Transport-Security': 'max-age=31536000;includeSubDomains',
  };
}

function regionOf({ settings }: Vault): string {
  return settings.location.toLowerCase().replaceAll(' ', '');
}
