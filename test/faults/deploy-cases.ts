// One embedded Azure, and in it many apps that share nothing but its doors, so that faults can be tried side by side:
// each case has its own identity, group, secret and container, and its own pattern for the calls that are its own.
import type { Door } from '../../local/azure/doors.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { createServices, type Services } from '../../shared/services.ts';
import type { Environment } from '../../shared/settings.ts';
import { addIdentity, grant, groupId, subscriptionId } from '../support/local-azure.ts';
import { sendRaw } from '../support/open-door.ts';

const VAULT = 'kv-faults';
const ACCOUNT = 'stfaults';
const APP_GROUP = 'rg-app';

/** Settings that differ from the case's own, and how long the identity endpoint is asked. */
export type ServiceOptions = [changes?: Environment, limits?: Parameters<typeof createServices>[1]];

export interface FaultCase {
  readonly groupName: string;
  readonly groupId: string;
  readonly secretName: string;
  readonly secretValue: string;
  readonly principalId: string;
  readonly clientId: string;
  readonly settings: Environment;
  /** Fits the calls of this case at the door and no others, for a fault's `operation`. */
  operationAt(door: Door): string;
  /** Fresh ones: no token, no client, nothing remembered (but msal-node's own cache, by client id). */
  createServices(...options: ServiceOptions): Services;
  /** Deploys `count` resources more into the group of the case, as the deployer. */
  createResources(count: number): Promise<void>;
  createResource(name: string): Promise<void>;
}

/** Where the app runs, and so which identity endpoint it finds. */
export type Machine = keyof typeof machines;

const machines = {
  'function app': {
    type: 'Microsoft.Web/sites',
    apiVersion: '2024-11-01',
    name: 'func-faults',
    kind: 'functionapp,linux',
  },
  'virtual machine': {
    type: 'Microsoft.Compute/virtualMachines',
    apiVersion: '2024-11-01',
    name: 'vm-faults',
  },
} as const;

export function machineIdOf(machine: Machine): string {
  const { type, name } = machines[machine];
  return inAppGroup(`${type}/${name}`);
}

/** Deploys the app's surroundings once, on a machine that has the identities of all, and gives `count` cases. */
export async function deployCases(
  azure: LocalAzure,
  count: number,
  machine: Machine,
): Promise<FaultCase[]> {
  await azure.storageReady;
  const names = Array.from(
    { length: count },
    (_, index) => `case-${String(index).padStart(3, '0')}`,
  );
  const secrets = new Map(names.map((name) => [name, crypto.randomUUID() + crypto.randomUUID()]));
  await deploy(azure, APP_GROUP, [
    ...surroundings(secrets),
    {
      ...machines[machine],
      location: 'westeurope',
      identity: {
        type: 'UserAssigned',
        userAssignedIdentities: Object.fromEntries(names.map((name) => [identityIdOf(name), {}])),
      },
      properties: {},
      dependsOn: names.map((name) => identityIdOf(name)),
    },
  ]);
  return Promise.all(
    [...secrets].map(([name, secretValue]) => createCase(azure, name, secretValue)),
  );
}

async function createCase(
  azure: LocalAzure,
  name: string,
  secretValue: string,
): Promise<FaultCase> {
  const groupName = `rg-${name}`;
  const scope = groupId(groupName);
  azure.resourceManager.addResourceGroup({
    subscriptionId,
    name: groupName,
    location: 'westeurope',
  });
  const { principalId = '', clientId = '' } =
    azure.resourceManager.findResource(identityIdOf(name))?.properties ?? {};
  const principal = { principalId: String(principalId) };
  grant(azure, principal, 'Reader', scope);
  grant(azure, principal, 'Key Vault Secrets User', secretIdOf(name));
  grant(azure, principal, 'Storage Blob Data Contributor', containerIdOf(name));
  const settings: Environment = {
    IDENTITY_KIND: 'userAssigned',
    AZURE_CLIENT_ID: String(clientId),
    KEY_VAULT_URL: `https://${VAULT}.vault.azure.net/`,
    SCAN_SCHEDULE: '0 */5 * * * *',
    SCAN_SCOPES: scope,
    SCAN_LOOKBACK: 'P1D',
    SCAN_OVERLAP: 'PT48H',
    SCAN_STATE_CONTAINER_URL: `https://${ACCOUNT}.blob.core.windows.net/${name}`,
  };
  let created = 0;
  const patterns: Readonly<Partial<Record<Door, string>>> = {
    'resource-manager': `*/resourcegroups/${groupName}*`,
    'key-vault': `*/secrets/${name}*`,
    blob: `*/${name}/*`,
    'app-service-identity': `*client_id=${clientId}*`,
    imds: `*client_id=${clientId}*`,
  };
  return {
    groupName,
    groupId: scope,
    secretName: name,
    secretValue,
    principalId: String(principalId),
    clientId: String(clientId),
    settings,
    operationAt: (door) => patterns[door] ?? '*',
    createServices: (changes = {}, limits = {}) =>
      createServices({ ...settings, ...changes }, limits),
    async createResources(more) {
      const nextName = () => `thing-${String(++created).padStart(6, '0')}`;
      await deploy(azure, groupName, things(Array.from({ length: more }, nextName)));
    },
    createResource: (resource) => deploy(azure, groupName, things([resource])),
  };
}

/** Over REST, as a principal that may do so. Throws if it is refused. */
export async function deleteResource(azure: LocalAzure, id: string): Promise<void> {
  const operator = addIdentity(azure, 'operator');
  grant(azure, operator, 'Contributor', id);
  const { accessToken } = await azure.tokens.issue(operator, 'https://management.azure.com/');
  const { status, body } = await sendRaw('management.azure.com', `${id}?api-version=2024-05-01`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (status >= 400) throw new Error(`${status} ${body}`);
}

/** Resources to be found by a scan, of a type without a service behind it. */
export function things(names: readonly string[]): object[] {
  return names.map((name) => ({
    type: 'Microsoft.Network/publicIPAddresses',
    apiVersion: '2024-05-01',
    name,
    location: 'westeurope',
    properties: {},
  }));
}

/** As the deployer; types that the embedded Azure does not know are kept as plain ARM data. */
export async function deploy(
  azure: LocalAzure,
  resourceGroup: string,
  resources: readonly object[],
): Promise<void> {
  const location = 'westeurope';
  azure.resourceManager.addResourceGroup({ subscriptionId, name: resourceGroup, location });
  const { done } = azure.deployments(false).start({
    name: `deploy-${crypto.randomUUID()}`,
    scope: { tenantId: azure.deployer.tenantId, subscriptionId, resourceGroup, location },
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources,
    },
    parameters: {},
    caller: azure.deployer,
  });
  const { state, error } = await done;
  if (state !== 'Succeeded') throw new Error(JSON.stringify(error));
}

function surroundings(secrets: ReadonlyMap<string, string>): object[] {
  const names = [...secrets.keys()];
  const location = 'westeurope';
  return [
    ...names.map((name) => ({
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      apiVersion: '2024-11-30',
      name: `id-${name}`,
      location,
    })),
    {
      type: 'Microsoft.KeyVault/vaults',
      apiVersion: '2024-11-01',
      name: VAULT,
      location,
      properties: {
        tenantId: '[subscription().tenantId]',
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
      },
    },
    ...names.map((name) => ({
      type: 'Microsoft.KeyVault/vaults/secrets',
      apiVersion: '2024-11-01',
      name: `${VAULT}/${name}`,
      properties: { value: secrets.get(name) },
      dependsOn: [`Microsoft.KeyVault/vaults/${VAULT}`],
    })),
    {
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: '2025-01-01',
      name: ACCOUNT,
      location,
      sku: { name: 'Standard_LRS' },
      kind: 'StorageV2',
      properties: { allowSharedKeyAccess: false },
    },
    ...names.map((name) => ({
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
      apiVersion: '2025-01-01',
      name: `${ACCOUNT}/default/${name}`,
      properties: {},
      dependsOn: [`Microsoft.Storage/storageAccounts/${ACCOUNT}`],
    })),
  ];
}

export function vaultId(): string {
  return inAppGroup(`Microsoft.KeyVault/vaults/${VAULT}`);
}

const inAppGroup = (path: string) => `${groupId(APP_GROUP)}/providers/${path}`;
const identityIdOf = (name: string) =>
  inAppGroup(`Microsoft.ManagedIdentity/userAssignedIdentities/id-${name}`);
const secretIdOf = (name: string) =>
  inAppGroup(`Microsoft.KeyVault/vaults/${VAULT}/secrets/${name}`);
const containerIdOf = (name: string) =>
  inAppGroup(
    `Microsoft.Storage/storageAccounts/${ACCOUNT}/blobServices/default/containers/${name}`,
  );
