// An example as it is committed, and what it deploys, by the embedded Azure's own engine without deploying anything.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotTemplate } from '../../../local/azure/deployments/snapshot.ts';
import { type DeployedResource, type Template, valueAt } from '../deployed.ts';

const scope = {
  tenantId: '22222222-2222-2222-2222-222222222222',
  subscriptionId: '11111111-1111-1111-1111-111111111111',
  resourceGroup: 'rg-managed-identities',
  location: 'westeurope',
};

export const tenantId = scope.tenantId;
/** Id of the group that examples are deployed into here. */
export const group = `/subscriptions/${scope.subscriptionId}/resourceGroups/${scope.resourceGroup}`;

/** Built-in roles: their ids are the same in every tenant. */
export const roleIds = {
  keyVaultCertificateUser: 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
} as const;

export interface Example {
  readonly text: string;
  readonly template: Template;
  /** What it deploys with these values of its parameters. */
  deploy(parameters: Readonly<Record<string, unknown>>): readonly DeployedResource[];
}

/** `name`: of the file in infra/examples, without its end. */
export async function readExample(name: string): Promise<Example> {
  const file = join(import.meta.dirname, '../../../infra/examples', `${name}.json`);
  const text = await readFile(file, 'utf8');
  const template = JSON.parse(text) as Template;
  return {
    text,
    template,
    deploy(values) {
      const parameters = Object.fromEntries(
        Object.entries(values).map(([parameter, value]) => [parameter, { value }]),
      );
      return snapshotTemplate({ template, parameters, scope }).predictedResources;
    },
  };
}

/** What is granted on and which role, of each grant; all are for service principals. */
export function grantsIn(resources: readonly DeployedResource[]): string[][] {
  return resources
    .filter(({ type }) => type.endsWith('/roleAssignments'))
    .map((grant) => {
      assert.equal(valueAt(grant, 'properties.principalType'), 'ServicePrincipal');
      const [on = ''] = grant.id?.split('/providers/Microsoft.Authorization/') ?? [];
      const role = String(valueAt(grant, 'properties.roleDefinitionId')).split('/').at(-1) ?? '';
      return [on, role];
    });
}
