import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DeploymentRecord } from '../../../../local/azure/deployments/deployment.ts';
import { tenantId } from '../../../support/open-door.ts';
import { group, openResourceManager, subscriptionId } from './open-resource-manager.ts';

const arm = await openResourceManager();
const path = join(import.meta.dirname, '..', '..', '..', '..', 'infra', 'azuredeploy.json');
const template = JSON.parse(readFileSync(path, 'utf8'));
const caller = {
  principalId: arm.owner.principalId,
  clientId: arm.owner.clientId,
  tenantId,
  audience: 'https://management.azure.com',
  issuer: `https://sts.windows.net/${tenantId}/`,
};

const environmentName = { value: 'test' };

function deploy(
  template: unknown,
  parameters: Record<string, { value: unknown }> = { environmentName },
): Promise<DeploymentRecord> {
  const scope = { tenantId, subscriptionId, resourceGroup: 'rg-test', location: 'eastus' };
  return arm.manager.deployments(true).start({ name: 'main', scope, template, parameters, caller })
    .done;
}

test('our own template deploys where unknown types and unheeded properties are refused', async () => {
  const record = await deploy(template);
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  const types = new Set(arm.manager.listResources().map(({ type }) => type));
  for (const type of ['Microsoft.Web/sites', 'Microsoft.KeyVault/vaults/secrets']) {
    assert.ok(types.has(type), type);
  }
});

test('deployed again it makes nothing new and keeps ids, principals and times of creation', async () => {
  const facts = () =>
    arm.manager
      .listResources()
      .map(({ id, createdTime, identity }) => ({ id, createdTime, identity }));
  const before = facts();
  const record = await deploy(template);
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  assert.deepEqual(facts(), before);
});

test('a property that no service here heeds is refused by name in our own template', async () => {
  const vault = {
    type: 'Microsoft.KeyVault/vaults',
    apiVersion: '2024-11-01',
    name: 'kv-closed',
    location: 'eastus',
    properties: {
      tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      networkAcls: { defaultAction: 'Deny' },
    },
  };
  const record = await deploy(
    {
      ...template,
      parameters: {},
      variables: {},
      outputs: {},
      resources: [vault],
    },
    {},
  );
  assert.equal(record.state, 'Failed');
  assert.equal(record.error?.details?.[0]?.code, 'PropertyNotServed');
  assert.match(
    record.error?.details?.[0]?.message ?? '',
    /'properties\.networkAcls\.defaultAction'/,
  );
  const { status } = await arm.call(
    'PUT',
    `${group}/providers/${vault.type}/${vault.name}?api-version=2024-11-01`,
    {
      body: vault,
    },
  );
  assert.equal(status, 200);
});
