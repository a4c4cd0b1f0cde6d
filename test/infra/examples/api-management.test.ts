// One grant on one secret, made before the secret is read, and no secret in the template: held against what either
// kind of identity deploys.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { snapshotTemplate } from '../../../local/azure/deployments/snapshot.ts';
import { subscription, tenantId } from '../../../local/azure/tenant.ts';
import { type DeployedResource, valueAt } from '../deployed.ts';
import { grantsIn, group, readExample, roleIds } from './example.ts';

const { text, template, deploy } = await readExample('api-management');
const vaults = `${group}/providers/Microsoft.KeyVault/vaults`;
const service = 'Microsoft.ApiManagement/service';
const { keyVaultSecretsUser: secretsUser, keyVaultCertificateUser: certificateUser } = roleIds;
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

function findOne(resources: readonly DeployedResource[], type: string): DeployedResource {
  const [found, ...more] = resources.filter((resource) => resource.type === type);
  assert.ok(found && more.length === 0, type);
  return found;
}

function deployedAs(more: Readonly<Record<string, string>>): readonly DeployedResource[] {
  const always = { vaultName: 'kv-one', secretName: 'demo', publisherEmail: 'api@example.com' };
  return deploy({ ...always, ...more });
}
