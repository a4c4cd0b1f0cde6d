// ARM alone, behind its production name: the data planes only remember what ARM's providers told them.
import { after } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import type { BlobDataPlane, VaultDataPlane } from '../../../../local/azure/providers/provider.ts';
import {
  createResourceManager,
  type ResourceManager,
  type ResourceManagerOptions,
} from '../../../../local/azure/resource-manager/create-resource-manager.ts';
import {
  addIdentity,
  createDoorParts,
  type DoorParts,
  openDoor,
  type RawAnswer,
  sendRaw,
} from '../../../support/open-door.ts';

export const subscriptionId = 'aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
export const subscription = `/subscriptions/${subscriptionId}`;
export const group = `${subscription}/resourceGroups/rg-test`;

export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
} as const;

export interface TestArm extends DoorParts {
  readonly manager: ResourceManager;
  readonly owner: Principal;
  readonly vaults: VaultDataPlane & { readonly secrets: Map<string, string> };
  /** A request with a genuine token of `caller` (default: the owner); `body` is sent as JSON. */
  call(
    method: string,
    path: string,
    options?: { caller?: Principal; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
}

export interface Answer extends Omit<RawAnswer, 'body'> {
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read member by member in assertions.
  readonly body: any;
}

/** A subscription with the group rg-test in eastus and an owner. Call it at the top level of a test file. */
export async function openResourceManager(
  planes: Pick<ResourceManagerOptions, 'eventHubs' | 'serviceBus' | 'sql'> = {},
): Promise<TestArm> {
  const parts = await createDoorParts();
  const vaults = rememberVaults();
  const manager = createResourceManager({
    ...parts,
    ...planes,
    vaults,
    blobs: rememberAccounts(),
  });
  manager.addSubscription({ subscriptionId, displayName: 'Test' });
  manager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
  const owner = addIdentity(parts, [{ roleId: roles.owner, scope: subscription }]);
  const close = await openDoor(manager.listener, 'management.azure.com:443');
  after(close);
  return { ...parts, manager, owner, vaults, call };

  async function call(
    method: string,
    path: string,
    {
      caller = owner,
      body,
      headers = {},
    }: { caller?: Principal; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { accessToken } = await parts.tokens.issue(caller, 'https://management.azure.com');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await sendRaw('management.azure.com', path, {
      method,
      headers: { Authorization: `Bearer ${accessToken}`, ...headers },
      ...(text !== undefined && { body: text }),
    });
    const isJson = answer.body.startsWith('{');
    return { ...answer, text: answer.body, body: isJson ? JSON.parse(answer.body) : undefined };
  }
}

export function rememberVaults(): TestArm['vaults'] {
  const names = new Set<string>();
  const secrets = new Map<string, string>();
  return {
    secrets,
    putVault: ({ name }) => void names.add(name.toLowerCase()),
    removeVault: () => undefined, // Soft-deleted: the name stays taken.
    isVaultNameTaken: (name) => names.has(name.toLowerCase()),
    setSecret(vault, name, { value }) {
      secrets.set(`${vault}/${name}`, value);
      const secretUri = `https://${vault}.vault.azure.net/secrets/${name}`;
      return { secretUri, secretUriWithVersion: `${secretUri}/0123456789abcdef0123456789abcdef` };
    },
    readSecret: (_, { vaultHost, secretName }) => ({
      value: secrets.get(`${vaultHost.split('.')[0]}/${secretName}`) ?? '',
    }),
  };
}

export function rememberAccounts(): BlobDataPlane {
  const names = new Set<string>();
  return {
    putAccount: async ({ name }) => void names.add(name),
    removeAccount: async (name) => void names.delete(name),
    isAccountNameTaken: (name) => names.has(name),
    putContainer: async () => undefined,
    removeContainer: async () => undefined,
    listAccountKeys: () => ['key1', 'key2'].map((keyName) => ({ keyName, value: 'a2V5' })),
  };
}
