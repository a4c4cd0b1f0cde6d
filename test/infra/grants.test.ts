// Least privilege: every grant of the template, written out once more. A grant that is added, widened or dropped
// shows here.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { roles as appRoles } from '../../shared/operations.ts';
import { createdBy, type DeployedResource, deployedBy, readTemplate, valueAt } from './deployed.ts';
import { developerPrincipalId, type Variant, variants } from './snapshot.ts';

/** Of the app, by what shared/operations.ts says that its calls need. */
const appGrants = [
  { role: appRoles.reader.id, on: 'Microsoft.Resources/resourceGroups' },
  { role: appRoles.keyVaultSecretsUser.id, on: 'Microsoft.KeyVault/vaults/secrets' },
  {
    role: appRoles.storageBlobDataContributor.id,
    on: 'Microsoft.Storage/storageAccounts/blobServices/containers',
  },
];

/** Of the Functions host, which runs as the same identity. */
const hostGrants = [
  // Storage Blob Data Owner: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
  { role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', on: 'Microsoft.Storage/storageAccounts' },
  // Monitoring Metrics Publisher
  { role: '3913510d-42f4-4e42-8a64-420c390055eb', on: 'Microsoft.Insights/components' },
];

interface Grant {
  readonly role: string;
  readonly on: string;
}

for (const variant of variants) {
  describe(`the ${variant.name} variant`, () => {
    it('grants its identity what the app and the host need, and no more', async () => {
      const assignments = (await assignmentsOf(variant)).filter(isOfApp);
      assert.deepEqual(sorted(assignments.map(grantOf)), sorted([...appGrants, ...hostGrants]));
      assert.equal(new Set(assignments.map(principalOf)).size, 1);
    });

    it('says of each grant what it is for and what kind of principal gets it', async () => {
      for (const assignment of await assignmentsOf(variant)) {
        assert.match(String(valueAt(assignment, 'properties.description')), /^\w.+\.$/);
        const kind = isOfApp(assignment) ? 'ServicePrincipal' : 'User';
        assert.equal(valueAt(assignment, 'properties.principalType'), kind);
      }
    });

    it('gives each assignment a name of its own', async () => {
      const names = (await assignmentsOf(variant)).map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      for (const name of names) assert.match(name, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });
  });
}

describe('a developer', () => {
  it('who is named gets the grants of the app, and none of the host', async () => {
    const variant = named('subscription');
    const grants = (await assignmentsOf(variant)).filter((assignment) => !isOfApp(assignment));
    assert.deepEqual(sorted(grants.map(grantOf)), sorted(appGrants));
  });

  it('who is not named gets none', async () => {
    for (const name of ['user-assigned', 'system-assigned']) {
      const assignments = await assignmentsOf(named(name));
      assert.deepEqual(
        assignments.filter((assignment) => !isOfApp(assignment)),
        [],
      );
    }
  });
});

describe('the two kinds of identity', () => {
  it('get the same roles on the same scopes', async () => {
    const scoped = async (name: string) =>
      (await assignmentsOf(named(name))).map((assignment) => [
        roleOf(assignment),
        scopeOf(assignment),
      ]);
    assert.deepEqual(await scoped('user-assigned'), await scoped('system-assigned'));
  });

  it('get them before the app and after it', async () => {
    const { resources } = await readTemplate();
    const dependencies = (name: string) => valueAt(resources, `${name}.dependsOn`);
    assert.ok([dependencies('functionApp')].flat().includes('userAssignedGrants'));
    assert.ok([dependencies('systemAssignedGrants')].flat().includes('functionApp'));
  });
});

describe('azuredeploy.json', () => {
  it('assigns only roles that are granted above', async () => {
    const template = JSON.stringify(createdBy(await readTemplate()).filter(isAssignment));
    const used = [...template.matchAll(/variables\('roles'\)\.(\w+)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(used)].sort(), [
      'keyVaultSecretsUser',
      'monitoringMetricsPublisher',
      'reader',
      'storageBlobDataContributor',
      'storageBlobDataOwner',
    ]);
    assert.doesNotMatch(template, /[0-9a-f]{8}-[0-9a-f]{4}-/, 'a role by its id');
  });

  it('deploys into no other scope than its own resource group', async () => {
    assert.doesNotMatch(JSON.stringify(await readTemplate()), /"(subscriptionId|resourceGroup)":/);
  });
});

describe('docs/deploy.md', () => {
  it('lets a deployer assign exactly the roles of the template', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');
    const conditions = [...page.matchAll(/GuidEquals \{([^}]+)\}/g)].map(([, ids = '']) =>
      ids.split(',').map((id) => id.trim()),
    );
    const granted = [...appGrants, ...hostGrants].map(({ role }) => role);
    assert.equal(conditions.length, 2, 'one for writing, one for deleting');
    for (const roles of conditions) assert.deepEqual(roles.toSorted(), granted.toSorted());
  });
});

async function assignmentsOf(variant: Variant): Promise<readonly DeployedResource[]> {
  return (await deployedBy(variant)).filter(isAssignment);
}

function isAssignment({ type }: DeployedResource): boolean {
  return type === 'Microsoft.Authorization/roleAssignments';
}

function isOfApp(assignment: DeployedResource): boolean {
  return principalOf(assignment) !== developerPrincipalId;
}

function principalOf(assignment: DeployedResource): unknown {
  return valueAt(assignment, 'properties.principalId');
}

function roleOf(assignment: DeployedResource): string {
  return String(valueAt(assignment, 'properties.roleDefinitionId')).split('/').at(-1) ?? '';
}

function scopeOf({ id }: DeployedResource): string {
  return (id ?? '').replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/, '');
}

function grantOf(assignment: DeployedResource): Grant {
  return { role: roleOf(assignment), on: scopeType(scopeOf(assignment)) };
}

/** Type of the resource that an id names: every other segment after the provider. */
function scopeType(scope: string): string {
  const [container = '', provider] = scope.split('/providers/');
  if (provider === undefined) {
    return container.includes('/resourceGroups/')
      ? 'Microsoft.Resources/resourceGroups'
      : 'Microsoft.Resources/subscriptions';
  }
  const [namespace, ...rest] = provider.split('/');
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}

function sorted(grants: readonly Grant[]): readonly Grant[] {
  return grants.toSorted((a, b) => a.role.localeCompare(b.role));
}

function named(name: string): Variant {
  const variant = variants.find((candidate) => candidate.name === name);
  assert.ok(variant);
  return variant;
}
