// Our own template with messaging, deployed as `npm start` does: everything is known, and the grants are those that the
// app needs, each on one entity.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../../../../local/azure/resource-manager/resource.ts';
import { deployTemplate } from '../../../../local/deploy-template.ts';
import { valueAt } from '../../../infra/deployed.ts';
import { groupId, readOwnTemplate, useLocalAzure } from '../../../support/local-azure.ts';

const azure = await useLocalAzure();

async function deploy(group: string, parameters: Readonly<Record<string, unknown>>) {
  await deployTemplate(azure, {
    name: 'main',
    resourceGroup: group,
    location: 'westeurope',
    template: readOwnTemplate(),
    parameters: Object.fromEntries(
      Object.entries({ environmentName: group, messaging: true, ...parameters }).map(
        ([name, value]) => [name, { value }],
      ),
    ),
  });
  const resources = azure.resourceManager
    .listResources()
    .filter(({ id }) => id.startsWith(`${groupId(group)}/`));
  const find = (pattern: RegExp) => resources.find(({ id }) => pattern.test(id));
  const site = find(/\/sites\/[^/]+$/);
  const identity = find(/\/userAssignedIdentities\/id-(?!sql-)[^/]+$/);
  const principalId = String(site?.identity?.principalId ?? identity?.properties.principalId);
  const may = (service: 'ServiceBus' | 'EventHub', right: 'send' | 'receive', path: RegExp) => {
    const scope = find(path)?.id;
    assert.ok(scope, String(path));
    const action = `Microsoft.${service}/namespaces/messages/${right}/action`;
    return azure.access.authorize({ principalId, action, isDataAction: true, scope }).allowed;
  };
  return { find, site, may };
}

function alwaysReady(site: Resource | undefined): unknown {
  return valueAt(site, 'properties.functionAppConfig.scaleAndConcurrency.alwaysReady');
}

const paths = {
  requests: /\/queues\/scan-requests$/,
  rejected: /\/queues\/rejected$/,
  topic: /\/topics\/new-resources$/,
  inventory: /\/subscriptions\/inventory$/,
  vaults: /\/topics\/new-resources\/subscriptions\/vaults$/,
  hub: /\/eventhubs\/resource-events$/,
  bus: /Microsoft\.ServiceBus\/namespaces\/[^/]+$/,
  hubs: /Microsoft\.EventHub\/namespaces\/[^/]+$/,
};

test('the template with messaging deploys, and grants on entities alone', async () => {
  const { find, site, may } = await deploy('rg-messaging', {});
  const { requests, rejected, topic, inventory, vaults, hub, bus, hubs } = paths;
  assert.deepEqual(
    [requests, rejected, topic, inventory, vaults, bus].map((path) => [
      may('ServiceBus', 'send', path),
      may('ServiceBus', 'receive', path),
    ]),
    [
      [true, true],
      [true, false],
      [true, false],
      // Send is inherited from the topic; nobody sends to a subscription.
      [true, true],
      [true, true],
      [false, false],
    ],
  );
  assert.deepEqual(
    [hub, hubs].map((path) => [may('EventHub', 'send', path), may('EventHub', 'receive', path)]),
    [
      [true, true],
      [false, false],
    ],
  );
  const rules = azure.resourceManager
    .listResources()
    .filter(({ id }) => /\/subscriptions\/vaults\/rules\//.test(id));
  assert.deepEqual(
    rules.map(({ name, properties }) => [name.split('/').at(-1), properties.filterType]),
    [['$Default', 'SqlFilter']],
  );
  assert.equal(find(/resource-events\/consumergroups\/archive$/)?.location, 'westeurope');
  assert.deepEqual(alwaysReady(site), [
    { name: 'function:scanOnRequest', instanceCount: 1 },
    { name: 'function:recordResource', instanceCount: 1 },
  ]);
});

test('it does so with a system-assigned identity and Data Owner, and then keeps nothing ready', async () => {
  const { site, may } = await deploy('rg-owner', {
    identityKind: 'systemAssigned',
    scaleByOwner: true,
  });
  assert.equal(may('ServiceBus', 'receive', paths.requests), true);
  assert.equal(may('ServiceBus', 'receive', paths.rejected), false);
  assert.equal(may('ServiceBus', 'receive', paths.bus), false);
  assert.deepEqual(alwaysReady(site), []);
});

test('a second deployment of the same adds nothing and changes nothing', async () => {
  const settled = () =>
    azure.resourceManager
      .listResources()
      .filter(
        ({ id, type }) =>
          id.includes('/rg-messaging/') && /^Microsoft\.(ServiceBus|EventHub)\//.test(type),
      )
      .map(({ id, properties: { updatedAt, subscriptionCount, ...settled } }) => ({ id, settled }));
  const before = settled();
  assert.ok(before.length >= 13, 'namespaces, entities and rules');
  await deploy('rg-messaging', {});
  assert.deepEqual(settled(), before);
});

test('a stranger\u2019s template, as the quickstarts have them, deploys and gets its connection string', async () => {
  const namespace = "[parameters('name')]";
  const record = await deployTemplate(azure, {
    name: 'strange',
    resourceGroup: 'rg-strange',
    location: 'eastus',
    strict: false,
    parameters: { name: { value: 'contoso-bus' } },
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      parameters: { name: { type: 'string' } },
      resources: [
        {
          apiVersion: '2017-04-01',
          name: namespace,
          type: 'Microsoft.ServiceBus/Namespaces',
          location: 'East US',
          sku: { name: 'Standard' },
          resources: [
            {
              apiVersion: '2017-04-01',
              name: 'work',
              type: 'Queues',
              dependsOn: ["[concat('Microsoft.ServiceBus/namespaces/', parameters('name'))]"],
              properties: {
                lockDuration: 'PT5M',
                maxSizeInMegabytes: '1024',
                requiresDuplicateDetection: 'false',
                defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S',
                autoDeleteOnIdle: 'P10675199DT2H48M5.4775807S',
                enablePartitioning: 'true',
              },
            },
          ],
        },
      ],
      outputs: {
        connection: {
          type: 'string',
          value:
            "[listKeys(resourceId('Microsoft.ServiceBus/namespaces/authorizationRules', parameters('name'), 'RootManageSharedAccessKey'), '2017-04-01').primaryConnectionString]",
        },
      },
    },
  });
  assert.match(
    String(record.outputs?.connection?.value),
    /^Endpoint=sb:\/\/contoso-bus\.servicebus\.windows\.net\/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=[\w+/]{43}=$/,
  );
});
