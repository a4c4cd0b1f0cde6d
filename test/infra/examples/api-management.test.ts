// One grant on one secret, made before the secret is read, and no secret in the template: held against what either
// kind of identity deploys.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { snapshotTemplate } from '../../../local/azure/deployments/snapshot.ts';
import { subscription, tenantId } from '../../../local/azure/tenant.ts';
import { type DeployedResource, type Template, valueAt } from '../deployed.ts';

const text = await readFile(
  join(import.meta.dirname, '../../../infra/examples/api-management.json'),
  'utf8',
);
const template = JSON.parse(text) as Template;
const group =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-managed-identities';
const vaults = `${group}/providers/Microsoft.KeyVault/vaults`;
const service = 'Microsoft.ApiManagement/service';
const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const certificateUser = 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba';
const certificate = {
  gatewayHostName: 'api.example.com',
  certificateVaultName: 'kv-certificates',
  certificateName: 'api',
};

for (const identityKind of ['userAssigned', 'systemAssigned']) {
  describe(`API Management, ${identityKind}`, () => {
    const resources = deployedAs({ identityKind });

    it('may do one thing: read one secret', () => {
      assert.deepEqual(grantsIn(resources), [[`${vaults}/kv-one/secrets/demo`, secretsUser]]);
    });

    it('may read a certificate only where it has a host name for it, in a vault of its own', () => {
      assert.deepEqual(grantsIn(deployedAs({ identityKind, ...certificate })).sort(), [
        [`${vaults}/kv-certificates`, certificateUser],
        [`${vaults}/kv-one/secrets/demo`, secretsUser],
      ]);
    });

    it('has a named value that is a secret of the vault in its current version', () => {
      const namedValue = findOne(resources, `${service}/namedValues`);
      assert.equal(valueAt(namedValue, 'properties.secret'), true);
      assert.equal(valueAt(namedValue, 'properties.value'), undefined);
      assert.match(
        String(valueAt(namedValue, 'properties.keyVault.secretIdentifier')),
        /secretUri/,
      );
      const clientId = valueAt(namedValue, 'properties.keyVault.identityClientId');
      if (identityKind === 'userAssigned') assert.match(String(clientId), /clientId\]$/);
      else assert.equal(clientId, null);
    });

    it('has one identity, and no other door than the API', () => {
      const made = findOne(resources, service);
      assert.match(String(valueAt(made, 'identity.type')), new RegExp(`^${identityKind}$`, 'i'));
      assert.deepEqual(valueAt(made, 'properties.hostnameConfigurations'), []);
      assert.deepEqual(valueAt(findOne(resources, `${service}/apis`), 'properties.protocols'), [
        'https',
      ]);
    });
  });
}

describe('the template of API Management', () => {
  const dependsOn = (name: string) =>
    (valueAt(template, `resources.${name}.dependsOn`) ?? []) as string[];

  it('grants before the named value is made, whoever is granted', () => {
    for (const grant of ['userAssignedReadsSecret', 'systemAssignedReadsSecret']) {
      assert.ok(dependsOn('callerKey').includes(grant), grant);
    }
    assert.ok(dependsOn('systemAssignedReadsSecret').includes('service'));
    assert.ok(dependsOn('service').includes('userAssignedReadsCertificate'));
    assert.ok(dependsOn('api::policy').includes('callerKey'));
  });

  it('asks for no key, and takes and holds no secret', () => {
    assert.doesNotMatch(text, /\blist[A-Z]\w*\(/);
    assert.doesNotMatch(text, /"secure(String|Object)"|getSecret|"encodedCertificate"/i);
  });

  it('calls its backend with a token of the identity', () => {
    assert.match(text, /<authentication-managed-identity resource=/);
  });
});

describe('the parameters for the local Azure', () => {
  it('name the vault that npm start makes', async () => {
    const infra = join(import.meta.dirname, '../../../infra');
    const file = await readFile(
      join(infra, 'examples/api-management/local.parameters.json'),
      'utf8',
    );
    const { predictedResources } = snapshotTemplate({
      template: JSON.parse(await readFile(join(infra, 'azuredeploy.json'), 'utf8')),
      parameters: { environmentName: { value: 'local' } },
      scope: { ...subscription, tenantId, resourceGroup: 'rg-local', location: 'westeurope' },
    });
    const vault = predictedResources.find(({ type }) => type === 'Microsoft.KeyVault/vaults');
    assert.equal(valueAt(JSON.parse(file), 'parameters.vaultName.value'), vault?.name);
  });
});

function grantsIn(resources: readonly DeployedResource[]): string[][] {
  return resources
    .filter(({ type }) => type.endsWith('/roleAssignments'))
    .map((grant) => {
      assert.equal(valueAt(grant, 'properties.principalType'), 'ServicePrincipal');
      const [scope = ''] = grant.id?.split('/providers/Microsoft.Authorization/') ?? [];
      const role = String(valueAt(grant, 'properties.roleDefinitionId')).split('/').at(-1) ?? '';
      return [scope, role];
    });
}

function findOne(resources: readonly DeployedResource[], type: string): DeployedResource {
  const [found, ...more] = resources.filter((resource) => resource.type === type);
  assert.ok(found && more.length === 0, type);
  return found;
}

function deployedAs(more: Readonly<Record<string, string>>): readonly DeployedResource[] {
  const parameters = {
    vaultName: 'kv-one',
    secretName: 'demo',
    publisherEmail: 'api@example.com',
    ...more,
  };
  const { predictedResources } = snapshotTemplate({
    template,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value }]),
    ),
    scope: {
      tenantId: '22222222-2222-2222-2222-222222222222',
      subscriptionId: '11111111-1111-1111-1111-111111111111',
      resourceGroup: 'rg-managed-identities',
      location: 'westeurope',
    },
  });
  return predictedResources;
}
