import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import {
  caller,
  deploy,
  groupId,
  identity,
  MemoryTarget,
  outputValues,
  request,
  template,
} from './memory-target.ts';

const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const identityId = (name: string) => `${groupId}/providers/${identityType}/${name}`;

test('a deployment goes from Accepted over Running to Succeeded, with its operations', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [identity('a')],
    outputs: { o: { type: 'string', value: 'x' } },
  });
  const { accepted, done } = createDeployments(target).start(request(content));
  assert.equal(accepted.state, 'Accepted');
  const record = await done;
  assert.deepEqual(
    target.records.map(({ state }) => state),
    ['Accepted', 'Running', 'Succeeded'],
  );
  assert.deepEqual(record.outputs, { o: { type: 'String', value: 'x' } });
  assert.deepEqual(record.outputResources, [{ id: identityId('a') }]);
  assert.deepEqual(
    record.operations.map(({ provisioningOperation, statusCode, targetResource }) => [
      provisioningOperation,
      statusCode,
      targetResource?.resourceName,
    ]),
    [
      ['Create', 'Created', 'a'],
      ['EvaluateDeploymentOutput', 'OK', undefined],
    ],
  );
});

test('the record lists providers with locations and dependencies, as ARM does', async () => {
  const content = template({
    resources: [
      identity('a'),
      identity('b', { location: 'northeurope', dependsOn: ['a'] }),
      {
        type: 'Microsoft.Authorization/locks',
        apiVersion: '2020-05-01',
        name: 'l',
        scope: `[resourceId('${identityType}', 'b')]`,
        dependsOn: ['b'],
      },
    ],
  });
  const record = await deploy(new MemoryTarget(), content);
  assert.deepEqual(record.providers, [
    {
      namespace: 'Microsoft.ManagedIdentity',
      resourceTypes: [
        { resourceType: 'userAssignedIdentities', locations: ['westeurope', 'northeurope'] },
      ],
    },
    {
      namespace: 'Microsoft.Authorization',
      resourceTypes: [{ resourceType: 'locks', locations: [null] }],
    },
  ]);
  const reference = (name: string) => ({
    id: identityId(name),
    resourceType: identityType,
    resourceName: name,
  });
  assert.deepEqual(record.dependencies, [
    { dependsOn: [reference('a')], ...reference('b') },
    {
      dependsOn: [reference('b')],
      id: `${identityId('b')}/providers/Microsoft.Authorization/locks/l`,
      resourceType: 'Microsoft.Authorization/locks',
      resourceName: 'l',
    },
  ]);
});

test('resources wait for what they depend on: by name, id, reference() and loop', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [
      identity('last', { dependsOn: ['each'] }),
      identity("[format('each-{0}', copyIndex())]", {
        copy: { name: 'each', count: 2 },
        tags: { of: "[reference('by-id').clientId]" },
      }),
      identity('by-id', { dependsOn: [`[resourceId('${identityType}', 'by-name')]`] }),
      identity('by-name', { dependsOn: ['first'] }),
      identity('first'),
    ],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(
    target.puts.map((id) => id.split('/').at(-1)),
    ['first', 'by-name', 'by-id', 'each-0', 'each-1', 'last'],
  );
  assert.deepEqual(target.body('each-1').tags, { of: 'client-of-by-id' });
});

test('what does not wait is deployed at once; a serial loop in its batches', async () => {
  const loop = (more: object) =>
    template({
      resources: [
        identity("[format('i{0}', copyIndex())]", { copy: { name: 'l', count: 9, ...more } }),
      ],
    });
  const atOnce = async (more: object) => {
    const target = new MemoryTarget();
    assert.equal((await deploy(target, loop(more))).state, 'Succeeded');
    assert.equal(target.puts.length, 9);
    return target.mostUnderway;
  };
  assert.equal(await atOnce({}), 9);
  assert.equal(await atOnce({ mode: 'serial', batchSize: 4 }), 4);
  assert.equal(await atOnce({ mode: 'serial' }), 1);
});

test('a loop of none deploys nothing, and what depends on it goes on', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [
      identity("[format('i{0}', copyIndex())]", { copy: { name: 'none', count: 0 } }),
      identity('after', { dependsOn: ['none'] }),
    ],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.puts, [identityId('after')]);
});

test('a false condition deploys nothing, and what depends on it goes on', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [
      identity('off', { condition: '[equals(1, 2)]' }),
      identity('after', { dependsOn: ['off'] }),
    ],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.puts, [identityId('after')]);
});

test('what is not deployed need not have a name that can be evaluated', async () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { other: { type: 'object', defaultValue: {} } },
    resources: [
      identity("[parameters('other').name]", {
        condition: "[contains(parameters('other'), 'name')]",
      }),
      identity('a'),
    ],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.puts, [identityId('a')]);
});

test('a member that comes out as null is not sent, inside of properties it is', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [identity('a', { tags: '[null()]', properties: { x: '[null()]' } })],
  });
  await deploy(target, content);
  assert.deepEqual(target.body('/a'), { location: 'westeurope', properties: { x: null } });
});

test('existing resources are read, with their keys, whole if asked for', async () => {
  const target = new MemoryTarget();
  const id = `${groupId}/providers/Microsoft.Storage/storageAccounts/old`;
  await target.put(caller, id, '2024-01-01', { location: 'northeurope' });
  const content = template({
    languageVersion: '2.0',
    resources: {
      old: {
        existing: true,
        type: 'Microsoft.Storage/storageAccounts',
        apiVersion: '2024-01-01',
        name: 'old',
      },
    },
    outputs: {
      blob: { type: 'string', value: "[reference('old').primaryEndpoints.blob]" },
      location: { type: 'string', value: "[reference('old', '2024-01-01', 'full').location]" },
      key: { type: 'string', value: "[listKeys('old', '2024-01-01').keys[0].value]" },
      id: { type: 'string', value: "[resourceInfo('old').id]" },
    },
  });
  const record = await deploy(target, content);
  assert.deepEqual(outputValues(record), {
    blob: 'https://old.blob.core.windows.net/',
    location: 'northeurope',
    key: 'listKeys of old',
    id,
  });
  assert.deepEqual(target.gets, [id]);
  assert.equal(record.operations[0]?.provisioningOperation, 'Read');
});

test('onlyIfNotExists leaves what is there as it is', async () => {
  const target = new MemoryTarget();
  const content = (tag: string) =>
    template({
      resources: [identity('kept', { '@options': { onlyIfNotExists: [] }, tags: { tag } })],
    });
  await deploy(target, content('first'));
  assert.equal((await deploy(target, content('second'))).state, 'Succeeded');
  assert.deepEqual(target.body('kept').tags, { tag: 'first' });
});

test('a second deployment puts the same resources again, and says OK instead of Created', async () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { tags: { type: 'object', defaultValue: '[resourceGroup().tags]' } },
    resources: [
      identity("[uniqueString(resourceGroup().id, parameters('tags').team)]", {
        tags: "[parameters('tags')]",
      }),
    ],
  });
  const first = await deploy(target, content);
  const resources = [...target.resources.keys()];
  const second = await deploy(target, content);
  assert.deepEqual([...target.resources.keys()], resources);
  assert.deepEqual(
    [first, second].map(({ operations }) => operations[0]?.statusCode),
    ['Created', 'OK'],
  );
  assert.deepEqual(second.parameters, { tags: { type: 'Object', value: { team: 'blue' } } });
});
