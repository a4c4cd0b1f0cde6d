import { MovableClock, toAzureTimestamp } from '../../../../local/azure/clock.ts';
import type {
  DeploymentRecord,
  DeploymentRequest,
  DeploymentTarget,
  VaultSecretReference,
} from '../../../../local/azure/deployments/deployment.ts';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import type { ServiceError } from '../../../../local/azure/http/service-error.ts';
import { parseResourceId } from '../../../../local/azure/resource-id.ts';
import type { Resource, ResourceBody } from '../../../../local/azure/resource-manager/resource.ts';
import type { Caller } from '../../../../local/azure/tokens/tokens.ts';

export const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
export const subscriptionId = 'aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
export const groupId = `/subscriptions/${subscriptionId}/resourceGroups/rg1`;
export const groupScope = {
  tenantId,
  subscriptionId,
  resourceGroup: 'rg1',
  location: 'westeurope',
};
export const subscriptionScope = { tenantId, subscriptionId, location: 'westeurope' };

export const caller: Caller = {
  principalId: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
  clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  tenantId,
  audience: 'https://management.azure.com/',
  issuer: `https://sts.windows.net/${tenantId}/`,
};

/** ARM as far as the engine needs it: keeps what is put, computes a few run-time properties, can be told to fail. */
export class MemoryTarget implements DeploymentTarget {
  readonly clock = new MovableClock();
  readonly resources = new Map<string, Resource>();
  /** Display names by id. */
  readonly subscriptions = new Map([[subscriptionId, 'Local Azure']]);
  readonly records: DeploymentRecord[] = [];
  /** Ids in the order in which they were put. */
  readonly puts: string[] = [];
  readonly gets: string[] = [];
  readonly bodies = new Map<string, ResourceBody>();
  readonly failures = new Map<string, ServiceError>();
  refusedType: string | undefined;
  underway = 0;
  mostUnderway = 0;

  constructor() {
    this.#store(groupId, '2024-11-01', { location: 'westeurope', tags: { team: 'blue' } });
  }

  async put(_: Caller, id: string, apiVersion: string, body: ResourceBody): Promise<Resource> {
    this.underway += 1;
    this.mostUnderway = Math.max(this.mostUnderway, this.underway);
    await new Promise(setImmediate);
    this.underway -= 1;
    this.puts.push(id);
    const failure = this.failures.get(id.split('/').at(-1) ?? '');
    if (failure) throw failure;
    return this.#store(id, apiVersion, body);
  }

  #store(id: string, apiVersion: string, body: ResourceBody): Resource {
    const parsed = parseResourceId(id);
    const now = toAzureTimestamp(this.clock.nowMs());
    const name = parsed?.fullName ?? '';
    const resource: Resource = {
      ...(body as Partial<Resource>),
      id,
      name,
      type: parsed?.type ?? '',
      apiVersion,
      properties: { ...body.properties, ...runTimeProperties(parsed?.type ?? '', name) },
      ...(body.identity && {
        identity: { type: 'SystemAssigned', principalId: `principal-of-${name}` },
      }),
      createdTime: now,
      changedTime: now,
    };
    this.bodies.set(id.toLowerCase(), body);
    this.resources.set(id.toLowerCase(), resource);
    return resource;
  }

  async get(_: Caller, id: string): Promise<Resource | undefined> {
    this.gets.push(id);
    return this.resources.get(id.toLowerCase());
  }

  exists(id: string): boolean {
    return this.resources.has(id.toLowerCase());
  }

  subscriptionName(id: string): string | undefined {
    return this.subscriptions.get(id.toLowerCase());
  }

  async invoke(_: Caller, id: string, _apiVersion: string, action: string): Promise<unknown> {
    return { keys: [{ value: `${action} of ${id.split('/').at(-1)}` }] };
  }

  async readVaultSecret(_: Caller, reference: VaultSecretReference): Promise<string> {
    return `secret ${reference.secretName}`;
  }

  recordDeployment(record: DeploymentRecord): void {
    this.records.push(record);
  }

  acceptsType(type: string): boolean {
    return type !== this.refusedType;
  }

  /** The body of the one resource whose id ends so. */
  body(idEnd: string): ResourceBody & Readonly<Record<string, unknown>> {
    const found = [...this.bodies].find(([id]) => id.endsWith(idEnd.toLowerCase()));
    if (!found) throw new Error(`nothing was put at …${idEnd}: ${this.puts.join(', ')}`);
    return found[1] as ResourceBody & Readonly<Record<string, unknown>>;
  }
}

function runTimeProperties(type: string, name: string): Record<string, unknown> {
  switch (type) {
    case 'Microsoft.ManagedIdentity/userAssignedIdentities':
      return { principalId: `principal-of-${name}`, clientId: `client-of-${name}`, tenantId };
    case 'Microsoft.Storage/storageAccounts':
      return { primaryEndpoints: { blob: `https://${name}.blob.core.windows.net/` } };
    case 'Microsoft.KeyVault/vaults':
      return { vaultUri: `https://${name}.vault.azure.net/` };
    case 'Microsoft.KeyVault/vaults/secrets':
      return { secretUri: `https://${name.replace('/', '.vault.azure.net/secrets/')}` };
    default:
      return { provisioningState: 'Succeeded' };
  }
}

export function template(content: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    ...content,
    resources: content.resources ?? [],
  };
}

/** A resource of a template: a user-assigned identity, unless it says otherwise. */
export function identity(
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    apiVersion: '2024-11-30',
    name,
    location: 'westeurope',
    ...more,
  };
}

export function nested(
  name: string,
  content: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { resourceGroup, subscriptionId: subscription, location, dependsOn, ...properties } = more;
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2025-04-01',
    name,
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(subscription !== undefined && { subscriptionId: subscription }),
    ...(location !== undefined && { location }),
    ...(dependsOn !== undefined && { dependsOn }),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      template: content,
      ...properties,
    },
  };
}

export function request(
  content: unknown,
  parameters: DeploymentRequest['parameters'] = {},
  scope: DeploymentRequest['scope'] = groupScope,
): DeploymentRequest {
  return { name: 'main', scope, template: content, parameters, caller };
}

export async function deploy(
  target: MemoryTarget,
  content: unknown,
  parameters: DeploymentRequest['parameters'] = {},
  scope: DeploymentRequest['scope'] = groupScope,
): Promise<DeploymentRecord> {
  return createDeployments(target).start(request(content, parameters, scope)).done;
}

export function outputValues(record: DeploymentRecord): Record<string, unknown> {
  if (record.error) throw new Error(JSON.stringify(record.error, undefined, 2));
  return Object.fromEntries(
    Object.entries(record.outputs ?? {}).map(([name, { value }]) => [name, value]),
  );
}
