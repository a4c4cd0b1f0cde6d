// Production and slot are locked up alike, and each principal may do two things: held against what either kind of
// identity deploys, and each rule is seen to turn red when its property changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeployedResource, valueAt } from '../deployed.ts';
import { breakages, complaints, type Rule, rules } from '../rules.ts';
import { readExample, roleIds } from './example.ts';

const { text, deploy } = await readExample('deployment-slots');
const site = 'Microsoft.Web/sites';
const slot = `${site}/slots`;
const { keyVaultSecretsUser, storageBlobDataOwner } = roleIds;

/** Those of main.bicep for what is here too, but for its plan's; and for the slot those of the site. */
function rulesFor(resources: readonly DeployedResource[]): readonly Rule[] {
  const own: readonly Rule[] = [
    {
      sentence: 'the app runs on Node 24',
      type: site,
      path: 'properties.siteConfig.linuxFxVersion',
      allowed: ['NODE|24'],
      refused: ['NODE|18'],
    },
    {
      sentence: 'nothing is published by FTP',
      type: site,
      path: 'properties.siteConfig.ftpsState',
      allowed: ['Disabled'],
      refused: ['AllAllowed', 'FtpsOnly'],
    },
  ];
  const inherited = rules.filter(
    ({ type, path }) => !type.endsWith('/serverfarms') && !path.includes('.functionAppConfig.'),
  );
  const all = [...inherited, ...own];
  const ofSlot = all.flatMap((rule) =>
    rule.type.startsWith(site)
      ? [{ ...rule, type: rule.type.replace(site, slot), sentence: `in the slot ${rule.sentence}` }]
      : [],
  );
  return [...all, ...ofSlot].filter((rule) => resources.some(({ type }) => type === rule.type));
}

for (const identityKind of ['systemAssigned', 'userAssigned']) {
  describe(`the app with a slot, ${identityKind}`, () => {
    const resources = deployedAs({ identityKind });
    const appRules = rulesFor(resources);

    it('is held against rules for site, slot and storage', () => {
      const types = new Set(appRules.map(({ type }) => type));
      for (const type of [site, slot, 'Microsoft.Storage/storageAccounts']) {
        assert.ok(types.has(type), type);
      }
    });

    for (const rule of appRules) {
      it(rule.sentence, () => {
        assert.deepEqual(complaints(rule, resources), []);
        for (const broken of breakages(rule, resources)) {
          assert.equal(complaints(rule, broken).length, 1);
        }
      });
    }

    it('names in slotConfigNames every setting that tells who the app is', () => {
      const list = resources.find(({ name }) => name.endsWith('slotConfigNames'));
      const sticky = valueAt(list ?? {}, 'properties.appSettingNames') as readonly string[];
      const told = [site, slot].map((type) => settingsOf(resources, type));
      for (const names of told) {
        const identity = names.filter((name) => /client_?id$|^IDENTITY_KIND$/i.test(name));
        assert.ok(identity.length > 0);
        assert.deepEqual(
          identity.filter((name) => !sticky.includes(name)),
          [],
        );
      }
      assert.deepEqual(told[0], told[1], 'a setting that only one slot has would come and go');
    });
  });
}

describe('the grants of the app with a slot', () => {
  it('are the same two for each system-assigned principal', () => {
    const grants = grantsOf(deployedAs({}));
    assert.deepEqual(grants, [
      [keyVaultSecretsUser, 'secrets', site],
      [keyVaultSecretsUser, 'secrets', slot],
      [storageBlobDataOwner, 'storageAccounts', site],
      [storageBlobDataOwner, 'storageAccounts', slot],
    ]);
  });

  it('are production’s alone where the slot is to be refused', () => {
    assert.deepEqual(grantsOf(deployedAs({ grantSlot: false })), [
      [keyVaultSecretsUser, 'secrets', site],
      [storageBlobDataOwner, 'storageAccounts', site],
    ]);
  });

  it('are two in all for an identity that both share', () => {
    const identity = 'Microsoft.ManagedIdentity/userAssignedIdentities';
    assert.deepEqual(grantsOf(deployedAs({ identityKind: 'userAssigned' })), [
      [keyVaultSecretsUser, 'secrets', identity],
      [storageBlobDataOwner, 'storageAccounts', identity],
    ]);
  });

  it('need no key: none is asked for, and no parameter or output is secret', () => {
    assert.doesNotMatch(text, /\blist[A-Z]\w*\(/);
    assert.doesNotMatch(text, /"secure(String|Object)"|getSecret|AccountKey/i);
  });
});

/** Role, last type of what it is on, and type of whose principal it is for, as the engine leaves the expression. */
function grantsOf(resources: readonly DeployedResource[]) {
  return resources
    .filter(({ type }) => type.endsWith('/roleAssignments'))
    .map((grant) => {
      const scope = String(grant.id).split('/providers/Microsoft.Authorization/')[0] ?? '';
      const principal = String(valueAt(grant, 'properties.principalId'));
      const [, whose = principal] = /providers\/([\w.]+(?:\/\w+\/[\w-]+)+)'/i.exec(principal) ?? [];
      const types = whose.split('/').filter((_, index) => index === 0 || index % 2 === 1);
      const role = String(valueAt(grant, 'properties.roleDefinitionId')).split('/').at(-1);
      return [role, scope.split('/').at(-2), types.join('/')];
    })
    .sort();
}

function settingsOf(resources: readonly DeployedResource[], wanted: string): readonly string[] {
  const found = resources.find(({ type }) => type === wanted);
  const list = valueAt(found ?? {}, 'properties.siteConfig.appSettings');
  return (list as readonly { name: string }[]).map(({ name }) => name);
}

function deployedAs(more: Readonly<Record<string, unknown>>): readonly DeployedResource[] {
  return deploy({ vaultName: 'kv-one', secretName: 'demo', name: 'func-slots', ...more });
}
