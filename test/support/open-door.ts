// One door of the embedded Azure alone, over TLS and under its production names, for tests through the real SDKs.

import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import type { Access } from '../../local/azure/access/access.ts';
import { createAccess } from '../../local/azure/access/authorize.ts';
import { loadCertificateAuthority } from '../../local/azure/certificate-authority.ts';
import { MovableClock } from '../../local/azure/clock.ts';
import { Directory, type Principal } from '../../local/azure/directory.ts';
import { type Listener, startServer } from '../../local/azure/http/server.ts';
import { Journal } from '../../local/azure/journal.ts';
import { createTokens } from '../../local/azure/tokens/create-tokens.ts';
import { createSigningKeys, type SigningKeys } from '../../local/azure/tokens/signing-keys.ts';
import type { Tokens } from '../../local/azure/tokens/tokens.ts';
import { installRedirect } from '../../local/redirect/redirect.ts';

export const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
export const groupId = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg-test';

export interface DoorParts {
  readonly clock: MovableClock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly access: Access;
  readonly tokens: Tokens;
  readonly keys: SigningKeys;
}

export interface TestCredential {
  getToken(): Promise<{ token: string; expiresOnTimestamp: number }>;
}

export async function createDoorParts(): Promise<DoorParts> {
  const clock = new MovableClock();
  const journal = new Journal(clock);
  const directory = new Directory(tenantId);
  const keys = await createSigningKeys();
  const tokens = createTokens({ clock, directory, keys });
  const access = createAccess({ journal, groupsOf: (id) => directory.groupsOf(id) });
  return { clock, journal, directory, access, tokens, keys };
}

/** Listens with a fresh CA that this process trusts; `name` is `.vault.azure.net:443`. Returns the undo. */
export async function openDoor(listener: Listener, name: string): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'door-'));
  const authority = await loadCertificateAuthority(directory);
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, authority.certificatePem]);
  const server = await startServer(listener, { tls: authority.serverIdentity });
  const undo = installRedirect({ [name]: server.port });
  return async () => {
    undo();
    tls.setDefaultCACertificates(trusted);
    await server.stop();
    await rm(directory, { recursive: true });
  };
}

let count = 0;

/** A managed identity of the tenant; `roles` are its assignments, by role definition id. */
export function addIdentity(
  { directory, access }: DoorParts,
  roles: readonly { roleId: string; scope: string }[] = [],
): Principal {
  const guid = (kind: string) => `${kind}-0000-4000-8000-${String(++count).padStart(12, '0')}`;
  const principal: Principal = {
    principalId: guid('11111111'),
    clientId: guid('22222222'),
    kind: 'ManagedIdentity',
    displayName: 'id-test',
    resourceId: `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-test`,
  };
  directory.add(principal);
  for (const { roleId, scope } of roles) {
    access.addAssignment({
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid('33333333')}`,
      scope,
      principalId: principal.principalId,
      roleDefinitionId: roleId,
    });
  }
  return principal;
}

/** A credential that gives a genuine token of `principal` for `audience`. */
export function credentialOf(
  { tokens }: DoorParts,
  principal: Principal,
  audience: string,
): TestCredential {
  return {
    async getToken() {
      const { accessToken, expiresOn } = await tokens.issue(principal, audience);
      return { token: accessToken, expiresOnTimestamp: expiresOn * 1000 };
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request exactly as given: no client library adds, repairs or hides anything. `path` goes out as it is. */
export async function sendRaw(
  host: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = https.request({ host, path, method, headers, agent: false }, (answer) => {
      text(answer).then(
        (content) =>
          resolve({
            status: answer.statusCode ?? 0,
            reason: answer.statusMessage ?? '',
            headers: answer.headers,
            body: content,
          }),
        reject,
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}
