// The embedded Azure in the test's own process, with the CA trusted and Azure's names redirected,
// so that unmodified SDK clients of this process reach it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import tls from 'node:tls';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { Principal } from '../../local/azure/directory.ts';
import { type AzureOptions, type LocalAzure, startAzure } from '../../local/azure/start-azure.ts';
import { subscription } from '../../local/azure/tenant.ts';
import { installRedirect } from '../../local/redirect/redirect.ts';
import { unrefLongTimers } from './long-timers.ts';

export const subscriptionId = subscription.subscriptionId;
export const projectDirectory = join(import.meta.dirname, '..', '..');
export const groupId = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;

/** Starts an embedded Azure for this test file and stops it after the last test. Call it at the top level of the file. */
export async function useLocalAzure(
  options: Partial<AzureOptions> = {},
): Promise<LocalAzure & { trustRedirect(more: Readonly<Record<string, number>>): void }> {
  unrefLongTimers();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'local-azure-'));
  const azure = await startAzure({ stateDirectory, ...options });
  const undo = [installRedirect(azure.redirect)];
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, azure.certificateAuthority.certificatePem]);
  after(async () => {
    tls.setDefaultCACertificates(trusted);
    for (const step of undo.reverse()) step();
    await azure.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  return Object.assign(azure, {
    trustRedirect(more: Readonly<Record<string, number>>) {
      undo.push(installRedirect(more));
    },
  });
}

/** A credential that gives this principal's genuine tokens, for tests of a target rather than of an identity endpoint. */
export function credentialOf(azure: LocalAzure, principal: Principal): TokenCredential {
  return {
    async getToken(scopes): Promise<AccessToken> {
      const [scope = ''] = [scopes].flat();
      const audience = scope.replace(/\/\.default$/, '');
      const token = await azure.tokens.issue(principal, audience);
      return { token: token.accessToken, expiresOnTimestamp: token.expiresOn * 1000 };
    },
  };
}

/** A managed identity that no template made: in the directory, with no role. */
export function addIdentity(azure: LocalAzure, name: string): Principal {
  const principal: Principal = {
    principalId: crypto.randomUUID(),
    clientId: crypto.randomUUID(),
    kind: 'ManagedIdentity',
    displayName: name,
    resourceId: `${groupId('rg-test')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  };
  azure.directory.add(principal);
  return principal;
}

/** Gives a role; returns what takes it away again. `role` is a role name, as Azure spells it. */
export function grant(
  azure: LocalAzure,
  principal: Pick<Principal, 'principalId'>,
  role: string,
  scope: string,
): () => void {
  const definition = azure.access.listDefinitions().find(({ roleName }) => roleName === role);
  if (!definition) throw new Error(`no role is called ${role}`);
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`;
  azure.access.addAssignment({
    id,
    scope,
    principalId: principal.principalId,
    roleDefinitionId: definition.id,
  });
  return () => azure.access.removeAssignment(id);
}

export function readOwnTemplate(): unknown {
  return JSON.parse(readFileSync(join(projectDirectory, 'infra', 'azuredeploy.json'), 'utf8'));
}
