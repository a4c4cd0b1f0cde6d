import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
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
  const content = template({ resources: [identity('a')], outputs: { o: { type: 'string', value: 'x' } } });
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
      { type: 'Microsoft.Authorization/locks', apiVersion: '2020-05-01', name: 'l', scope: `[resourceId('${identityType}', 'b')]`, dependsOn: ['b'] },
    ],
  });
  const record = await deploy(new MemoryTarget(), content);
  assert.deepEqual(record.providers, [
    {
      namespace: 'Microsoft.ManagedIdentity',
      resourceTypes: [{ resourceType: 'userAssignedIdentities', locations: ['westeurope', 'northeurope'] }],
    },
    { namespace: 'Microsoft.Authorization', resourceTypes: [{ resourceType: 'locks', locations: [null] }] },
  ]);
  const reference = (name: string) => ({ id: identityId(name), resourceType: identityType, resourceName: name });
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
      resources: [identity("[format('i{0}', copyIndex())]", { copy: { name: 'l', count: 9, ...more } })],
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
    resources: [identity('off', { condition: '[equals(1, 2)]' }), identity('after', { dependsOn: ['off'] })],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.puts, [identityId('after')]);
});

test('existing resources are read, with their keys, whole if asked for', async () => {
  const target = new MemoryTarget();
  const id = `${groupId}/providers/Microsoft.Storage/storageAccounts/old`;
  await target.put(caller, id, '2024-01-01', { location: 'northeurope' });
  const content = template({
    languageVersion: '2.0',
    resources: {
      old: { existing: true, type: 'Microsoft.Storage/storageAccounts', apiVersion: '2024-01-01', name: 'old' },
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

test('an existing resource that is not there fails the one that refers to it', async () => {
  const id = `${groupId}/providers/Microsoft.Storage/storageAccounts/gone`;
  const content = template({
    resources: [identity('a', { tags: { x: `[reference('${id}', '2024-01-01').a]` } }), identity('b')],
  });
  const target = new MemoryTarget();
  const { error } = await deploy(target, content);
  assert.deepEqual(error?.details?.map(({ code, message }) => [code, message.slice(0, 86)]), [
    ['ResourceNotFound', "The Resource 'Microsoft.Storage/storageAccounts/gone' under resource group 'rg1' was n"],
  ]);
  assert.deepEqual(target.puts, [identityId('b')]);
});

test('onlyIfNotExists leaves what is there as it is', async () => {
  const target = new MemoryTarget();
  const content = (tag: string) =>
    template({ resources: [identity('kept', { '@options': { onlyIfNotExists: [] }, tags: { tag } })] });
  await deploy(target, content('first'));
  assert.equal((await deploy(target, content('second'))).state, 'Succeeded');
  assert.deepEqual(target.body('kept').tags, { tag: 'first' });
});

test('a second deployment puts the same resources again, and says OK instead of Created', async () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { tags: { type: 'object', defaultValue: '[resourceGroup().tags]' } },
    resources: [identity("[uniqueString(resourceGroup().id, parameters('tags').team)]", { tags: "[parameters('tags')]" })],
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

test('deployer(), deployment(), subscription(), tenant(), environment() know the deployment', async () => {
  const value = (text: string) => ({ type: 'string', value: `[${text}]` });
  const content = template({
    outputs: {
      who: value('deployer().objectId'),
      name: value('deployment().name'),
      subscription: value('subscription().displayName'),
      tenant: value('tenant().tenantId'),
      vaults: value('environment().suffixes.keyvaultDns'),
      login: value('environment().authentication.loginEndpoint'),
    },
  });
  assert.deepEqual(outputValues(await deploy(new MemoryTarget(), content)), {
    who: caller.principalId,
    name: 'main',
    subscription: 'Local Azure',
    tenant: caller.tenantId,
    vaults: '.vault.azure.net',
    login: 'https://login.microsoftonline.com/',
  });
});

test('a parameter may be a secret of a vault; a target that reads none refuses it by name', async () => {
  const content = template({
    parameters: { password: { type: 'secureString' } },
    resources: [identity('a', { properties: { value: "[parameters('password')]" } })],
  });
  const reference = { keyVault: { id: `${groupId}/providers/Microsoft.KeyVault/vaults/v` }, secretName: 'demo' };
  const target = new MemoryTarget();
  const record = await deploy(target, content, { password: { reference } });
  assert.deepEqual(target.body('/a').properties, { value: 'secret demo' });
  assert.equal(JSON.stringify(record).includes('secret demo'), false);

  const without = new MemoryTarget();
  Object.defineProperty(without, 'readVaultSecret', { value: undefined });
  assert.throws(() => createDeployments(without).start(request(content, { password: { reference } })), {
    message: /The Key Vault reference of parameter 'password' is not supported/,
  });
});

test('secure parameters and outputs are in no record', async () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { password: { type: 'securestring' }, settings: { type: 'secureObject' } },
    resources: [identity('a', { properties: { value: "[parameters('password')]" } })],
    outputs: { echo: { type: 'secureString', value: "[parameters('password')]" } },
  });
  const record = await deploy(target, content, {
    password: { value: 'pa55word' },
    settings: { value: { key: 'pa55word' } },
  });
  assert.deepEqual(record.outputs, { echo: { type: 'SecureString' } });
  assert.equal(JSON.stringify(target.records).includes('pa55word'), false);
  assert.deepEqual(target.body('/a').properties, { value: 'pa55word' });
});

test('outputs: conditions, loops, null where it may be, and the type is checked', async () => {
  const content = template({
    outputs: {
      off: { type: 'string', condition: false, value: 'x' },
      loop: { type: 'array', copy: { count: 3, input: '[mul(copyIndex(), 2)]' } },
      nothing: { type: 'string', nullable: true, value: '[null()]' },
    },
  });
  assert.deepEqual(outputValues(await deploy(new MemoryTarget(), content)), { loop: [0, 2, 4], nothing: null });

  const wrong = template({ outputs: { o: { type: 'string', value: '[createArray(1)]' } } });
  const { error } = await deploy(new MemoryTarget(), wrong);
  assert.equal(error?.code, 'DeploymentOutputEvaluationFailed');
  assert.match(error?.details?.[0]?.message ?? '', /Expected a value of type 'String, Uri', but received a value of type 'Array'/);
});

test('after a failure dependents are not started, everything else is finished', async () => {
  const target = new MemoryTarget();
  target.failures.set('bad', new ServiceError(409, 'Conflict', 'the name is taken'));
  const content = template({
    resources: [
      identity('bad'),
      identity('dependent', { dependsOn: ['bad'] }),
      identity('good'),
      identity('after-good', { dependsOn: ['good'] }),
    ],
  });
  const record = await deploy(target, content);
  assert.deepEqual(record.error, {
    code: 'DeploymentFailed',
    target: record.id,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details: [{ code: 'Conflict', message: 'the name is taken' }],
  });
  assert.equal(record.state, 'Failed');
  assert.equal(record.outputs, undefined);
  assert.deepEqual(
    target.puts.map((id) => id.split('/').at(-1)),
    ['bad', 'good', 'after-good'],
  );
  const failed = record.operations.find(({ provisioningState }) => provisioningState === 'Failed');
  assert.deepEqual(failed?.statusMessage, { error: { code: 'Conflict', message: 'the name is taken' } });
});

test('an expression that fails at run time says in which resource, in ARM’s words', async () => {
  const content = template({
    resources: [identity('a'), identity('b', { properties: { x: "[reference('a').nope]" } })],
  });
  const { error } = await deploy(new MemoryTarget(), content);
  assert.equal(error?.details?.[0]?.code, 'InvalidTemplate');
  assert.match(
    error?.details?.[0]?.message ?? '',
    /^Unable to process template language expressions for resource '.*\/b' at line '1' and column '\d+'\. 'The language expression property 'nope' doesn't exist, available properties are 'x?/,
  );
});
