// The app's HTTP targets as servers whose answers a test writes, and the call that the app makes to each.
import { createBlobs } from '../../shared/blobs.ts';
import { createKeyVault } from '../../shared/key-vault.ts';
import { createResourceManager } from '../../shared/resource-manager.ts';
import { createWebApi } from '../../shared/web-api.ts';
import { canaryCredential, openScriptedDoor, type ScriptedDoor } from '../shared/scripted-door.ts';

export interface ScriptedTarget {
  readonly name: 'Resource Manager' | 'Key Vault' | 'blob storage' | 'a web API';
  readonly door: ScriptedDoor;
  readonly ask: () => Promise<unknown>;
}

/** The vault's client asks without a token first, for this. */
export const CHALLENGE =
  'Bearer authorization="https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee", resource="https://vault.azure.net"';

/** Closed after the tests of the file. The credential gives CANARY_TOKEN. */
export async function openScriptedTargets(): Promise<readonly ScriptedTarget[]> {
  const principalIdInHand = () => 'oid-in-hand';
  const parts = [canaryCredential, principalIdInHand] as const;
  const scope = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg-app';
  const resourceManager = createResourceManager(...parts);
  const keyVault = createKeyVault(new URL('https://kv-app.vault.azure.net/'), ...parts);
  const blobs = createBlobs(new URL('https://stapp.blob.core.windows.net/state'), ...parts);
  const webApi = createWebApi(
    {
      url: new URL('https://graph.microsoft.com/v1.0/organization'),
      scope: 'https://graph.microsoft.com/.default',
    },
    ...parts,
  );
  return [
    {
      name: 'Resource Manager',
      door: await openScriptedDoor('management.azure.com:443'),
      ask: () => resourceManager.listPage(scope),
    },
    {
      name: 'Key Vault',
      door: await openScriptedDoor('.vault.azure.net:443'),
      ask: () => keyVault.readSecret('demo'),
    },
    {
      name: 'blob storage',
      door: await openScriptedDoor('.blob.core.windows.net:443'),
      ask: () => blobs.read('scan-report.json'),
    },
    {
      name: 'a web API',
      door: await openScriptedDoor('graph.microsoft.com:443'),
      ask: () => webApi.call(),
    },
  ];
}
