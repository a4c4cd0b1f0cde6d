// The machine has no password, no public address, and one grant on one secret: held against what either kind of
// identity deploys, and each rule is seen to turn red when its property changes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { snapshotTemplate } from '../../../local/azure/deployments/snapshot.ts';
import { type DeployedResource, type Template, valueAt, withValueAt } from '../deployed.ts';
import { complaints, type Rule } from '../rules.ts';

const text = await readFile(
  join(import.meta.dirname, '../../../infra/examples/virtual-machine.json'),
  'utf8',
);
const template = JSON.parse(text) as Template;
const group =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-managed-identities';
const secret = `${group}/providers/Microsoft.KeyVault/vaults/kv-one/secrets/demo`;
const machine = 'Microsoft.Compute/virtualMachines';
const network = 'Microsoft.Network';

const rules: readonly Rule[] = [
  {
    sentence: 'nobody signs in by password',
    type: machine,
    path: 'properties.osProfile.linuxConfiguration.disablePasswordAuthentication',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'there is no password',
    type: machine,
    path: 'properties.osProfile.adminPassword',
    allowed: [undefined],
    refused: ['hunter2'],
  },
  {
    sentence: 'the machine starts only what is signed',
    type: machine,
    path: 'properties.securityProfile.uefiSettings.secureBootEnabled',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'it is a Trusted Launch machine',
    type: machine,
    path: 'properties.securityProfile.securityType',
    allowed: ['TrustedLaunch'],
    refused: ['Standard'],
  },
  {
    sentence: 'it has no public address',
    type: `${network}/networkInterfaces`,
    path: 'properties.ipConfigurations.0.properties.publicIPAddress',
    allowed: [undefined],
    refused: [{ id: 'pip' }],
  },
  {
    sentence: 'it has no way out to the internet that nobody has asked for',
    type: `${network}/virtualNetworks`,
    path: 'properties.subnets.0.properties.defaultOutboundAccess',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: "nothing is let in beyond Azure's own rules",
    type: `${network}/networkSecurityGroups`,
    path: 'properties.securityRules',
    allowed: [undefined],
    refused: [[{ name: 'ssh' }]],
  },
];

for (const identityKind of ['userAssigned', 'systemAssigned']) {
  describe(`the virtual machine, ${identityKind}`, () => {
    const resources = deployedAs(identityKind);

    for (const rule of rules) {
      it(rule.sentence, () => {
        assert.deepEqual(complaints(rule, resources), []);
        const index = resources.findIndex(({ type }) => type === rule.type);
        const values = rule.allowed.includes(undefined)
          ? rule.refused
          : [...rule.refused, undefined];
        for (const value of values) {
          const broken = resources.map((resource, at) =>
            at === index ? withValueAt(resource, rule.path, value) : resource,
          );
          assert.equal(complaints(rule, broken).length, 1);
        }
      });
    }

    it('may do one thing: read one secret', () => {
      const grants = resources.filter(({ type }) => type.endsWith('/roleAssignments'));
      assert.deepEqual(
        grants.map((grant) => [
          grant.id?.split('/providers/Microsoft.Authorization/')[0],
          String(valueAt(grant, 'properties.roleDefinitionId')).split('/').at(-1),
          valueAt(grant, 'properties.principalType'),
        ]),
        // Key Vault Secrets User
        [[secret, '4633458b-17de-408a-b874-0445c86b69e6', 'ServicePrincipal']],
      );
    });

    it('makes nothing but the machine, its identity, its grant and its network', () => {
      const expected = [
        `${machine}`,
        `${network}/networkInterfaces`,
        `${network}/networkSecurityGroups`,
        `${network}/virtualNetworks`,
        'Microsoft.Authorization/roleAssignments',
        ...(identityKind === 'userAssigned'
          ? ['Microsoft.ManagedIdentity/userAssignedIdentities']
          : []),
      ];
      assert.deepEqual(resources.map(({ type }) => type).sort(), expected.sort());
    });
  });
}

describe('the template of the virtual machine', () => {
  it('grants before it makes the machine, and after where the identity comes with the machine', () => {
    const dependsOn = (name: string) =>
      (valueAt(template, `resources.${name}.dependsOn`) ?? []) as string[];
    assert.ok(dependsOn('machine').includes('userAssignedReadsSecret'));
    assert.ok(dependsOn('systemAssignedReadsSecret').includes('machine'));
  });

  it('asks for no key, and takes and holds no secret', () => {
    assert.doesNotMatch(text, /\blist[A-Z]\w*\(/);
    assert.doesNotMatch(text, /"secure(String|Object)"|adminPassword|getSecret/i);
  });
});

function deployedAs(identityKind: string): readonly DeployedResource[] {
  const parameters = {
    vaultName: 'kv-one',
    secretName: 'demo',
    sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILocal test@local',
    identityKind,
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
