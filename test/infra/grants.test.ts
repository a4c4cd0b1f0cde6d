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
    name: 'scan-state',
  },
];

/** Of the Functions host, which runs as the same identity. */
const hostGrants = [
  // Storage Blob Data Owner: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
  { role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', on: 'Microsoft.Storage/storageAccounts' },
  // Monitoring Metrics Publisher
  { role: '3913510d-42f4-4e42-8a64-420c390055eb', on: 'Microsoft.Insights/components' },
];

const blobContainers = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const bus = 'Microsoft.ServiceBus/namespaces';
const serviceBusDataOwner = '090c5cfd-751d-490a-894a-3ce6f1109419';

/** With Event Hubs and Service Bus. `trigger`: the role where a trigger reads from Service Bus. */
function messagingGrants(trigger: string): readonly Grant[] {
  const sender = appRoles.serviceBusDataSender.id;
  return [
    { role: sender, on: `${bus}/queues`, name: 'scan-requests' },
    { role: trigger, on: `${bus}/queues`, name: 'scan-requests' },
    { role: sender, on: `${bus}/queues`, name: 'rejected' },
    { role: sender, on: `${bus}/topics`, name: 'new-resources' },
    { role: trigger, on: `${bus}/topics/subscriptions`, name: 'inventory' },
    {
      role: appRoles.serviceBusDataReceiver.id,
      on: `${bus}/topics/subscriptions`,
      name: 'vaults',
    },
    {
      role: appRoles.eventHubsDataSender.id,
      on: 'Microsoft.EventHub/namespaces/eventhubs',
      name: 'resource-events',
    },
    {
      role: appRoles.eventHubsDataReceiver.id,
      on: 'Microsoft.EventHub/namespaces/eventhubs',
      name: 'resource-events',
    },
    { role: appRoles.storageBlobDataContributor.id, on: blobContainers, name: 'events' },
  ];
}

/** Of the app in a variant, or of a developer in it. */
function grantsIn({ messaging }: Variant, who: 'app' | 'developer'): readonly Grant[] {
  if (!messaging) return appGrants;
  const isOwner = messaging === 'owner' && who === 'app';
  const trigger = isOwner ? serviceBusDataOwner : appRoles.serviceBusDataReceiver.id;
  return [...appGrants, ...messagingGrants(trigger)];
}

interface Grant {
  readonly role: string;
  /** Type of what it is granted on. */
  readonly on: string;
  /** Of what it is granted on, where there are several of the type. */
  readonly name?: string;
}

for (const variant of variants) {
  describe(`the ${variant.name} variant`, () => {
    it('grants its identity what the app and the host need, and no more', async () => {
      const assignments = (await assignmentsOf(variant)).filter(isOfApp);
      const expected = [...grantsIn(variant, 'app'), ...hostGrants];
      assert.deepEqual(sorted(assignments.map(grantOf)), sorted(expected));
      // The same output is spelled otherwise in a module of a module: with another way to its deployment.
      const sources = assignments.map((assignment) =>
        String(principalOf(assignment)).replace(/^.+(?=\.outputs\.)/, ''),
      );
      assert.equal(new Set(sources).size, 1);
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
    for (const variant of [named('subscription'), named('without-messaging')]) {
      const grants = (await assignmentsOf(variant)).filter((assignment) => !isOfApp(assignment));
      assert.deepEqual(sorted(grants.map(grantOf)), sorted(grantsIn(variant, 'developer')));
    }
  });

  it('who is not named gets none', async () => {
    for (const name of ['user-assigned', 'system-assigned', 'scale-by-owner']) {
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
    // Which of two a trigger gets is settled by a parameter.
    used.push(...(template.includes("variables('triggerRole')") ? ['serviceBusDataOwner'] : []));
    assert.deepEqual([...new Set(used)].sort(), [
      'eventHubsDataReceiver',
      'eventHubsDataSender',
      'keyVaultSecretsUser',
      'monitoringMetricsPublisher',
      'reader',
      'serviceBusDataOwner',
      'serviceBusDataReceiver',
      'serviceBusDataSender',
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
    const messaging = messagingGrants(appRoles.serviceBusDataReceiver.id);
    const granted = [...appGrants, ...hostGrants, ...messaging].map(({ role }) => role);
    const expected = [...new Set(granted)].toSorted();
    assert.equal(conditions.length, 2, 'one for writing, one for deleting');
    for (const roles of conditions) assert.deepEqual(roles.toSorted(), expected);
    assert.ok(page.includes(serviceBusDataOwner), 'the role of scaleByOwner');
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
  const scope = scopeOf(assignment);
  const on = scopeType(scope);
  const grant = { role: roleOf(assignment), on };
  const isOneOfSeveral = on === blobContainers || /^Microsoft\.(ServiceBus|EventHub)\//.test(on);
  return isOneOfSeveral ? { ...grant, name: scope.split('/').at(-1) ?? '' } : grant;
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
  const key = ({ role, on, name = '' }: Grant) => `${role} ${on} ${name}`;
  return grants.toSorted((a, b) => key(a).localeCompare(key(b)));
}

function named(name: string): Variant {
  const variant = variants.find((candidate) => candidate.name === name);
  assert.ok(variant);
  return variant;
}
