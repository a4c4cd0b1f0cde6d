// The machine has no password, no public address, and one grant on one secret: held against what either kind of
// identity deploys, and each rule is seen to turn red when its property changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeployedResource, valueAt } from '../deployed.ts';
import { breakages, complaints, type Rule } from '../rules.ts';
import { grantsIn, group, readExample, roleIds } from './example.ts';

const { text, template, deploy } = await readExample('virtual-machine');
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
        for (const broken of breakages(rule, resources)) {
          assert.equal(complaints(rule, broken).length, 1);
        }
      });
    }

    it('may do one thing: read one secret', () => {
      assert.deepEqual(grantsIn(resources), [[secret, roleIds.keyVaultSecretsUser]]);
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
  return deploy({
    vaultName: 'kv-one',
    secretName: 'demo',
    sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILocal test@local',
    identityKind,
  });
}
