// Token requests for 100 concurrent calls, cold and again at the token's half-life, beside the bare SDK.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { TokenCredential } from '@azure/core-auth';
import { ManagedIdentityCredential } from '@azure/identity';
import { type LocalAzure, startAzure } from '../../local/azure/start-azure.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import { appSettingsOf } from '../../local/run-app.ts';
import { createCredential } from '../../shared/credential.ts';
import { readOwnTemplate } from '../support/local-azure.ts';

const CALLERS = 100;
const HALF_LIFE_MS = 12.5 * 3600 * 1000;

export async function bench(): Promise<string[]> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const stateDirectory = mkdtempSync(join(tmpdir(), 'bench-'));
  const azure = await startAzure({ stateDirectory });
  try {
    await deployTemplate(azure, {
      name: 'bench',
      resourceGroup: 'rg-bench',
      location: 'westeurope',
      template: readOwnTemplate(),
      parameters: { environmentName: { value: 'bench' } },
    });
    const site = azure.resourceManager
      .listResources()
      .find(({ type }) => type === 'Microsoft.Web/sites');
    const siteId = site?.id ?? '';
    Object.assign(process.env, azure.identityEnvironmentOf(siteId));
    const clientId = appSettingsOf(azure, siteId).AZURE_CLIENT_ID ?? '';
    // Another audience each: msal-node keeps one token cache for the whole process.
    const ours = await countRequests(
      azure,
      createCredential({ kind: 'userAssigned', clientId }),
      'https://vault.azure.net/.default',
    );
    const bare = await countRequests(
      azure,
      new ManagedIdentityCredential({ clientId }),
      'https://storage.azure.com/.default',
    );
    return [
      `${CALLERS} concurrent calls, cold: ${ours.cold} token request (bare SDK: ${bare.cold})`,
      `${CALLERS} more at half-life: ${ours.halfLife} token request (bare SDK: ${bare.halfLife})`,
    ];
  } finally {
    mock.timers.reset();
    await azure.stop();
    rmSync(stateDirectory, { recursive: true });
  }
}

async function countRequests(
  azure: LocalAzure,
  credential: TokenCredential,
  scope: string,
): Promise<{ cold: number; halfLife: number }> {
  const cold = await requestsDuring(azure, credential, scope);
  mock.timers.setTime(Date.now() + HALF_LIFE_MS);
  return { cold, halfLife: await requestsDuring(azure, credential, scope) };
}

/** Token requests that the identity endpoint saw, the background refresh included. */
async function requestsDuring(
  azure: LocalAzure,
  credential: TokenCredential,
  scope: string,
): Promise<number> {
  const since = azure.journal.position;
  await Promise.all(Array.from({ length: CALLERS }, () => credential.getToken(scope)));
  await azure.journal.waitFor('a token request', isTokenRequest, { since });
  // One more call, answered after any refresh that the others began.
  await credential.getToken(scope);
  return azure.journal.since(since).filter(isTokenRequest).length;
}

function isTokenRequest(entry: { readonly kind: string; readonly door?: string }): boolean {
  return entry.kind === 'request' && entry.door === 'app-service-identity';
}
