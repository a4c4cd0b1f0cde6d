import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
import {
  caller,
  deploy,
  groupId,
  identity,
  MemoryTarget,
  nested,
  outputValues,
  subscriptionId,
  subscriptionScope,
  template,
} from './memory-target.ts';

const moduleTemplate = template({
  parameters: { name: { type: 'string' }, secret: { type: 'secureString', defaultValue: 'none' } },
  resources: [identity("[parameters('name')]")],
  outputs: {
    clientId: {
      type: 'string',
      value:
        "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', parameters('name')), '2024-11-30').clientId]",
    },
    secret: { type: 'secureString', value: "[parameters('secret')]" },
  },
});

test("a nested deployment's outputs feed its siblings and its parent", async () => {
  const target = new MemoryTarget();
  const first = "reference(resourceId('Microsoft.Resources/deployments', 'first'), '2025-04-01')";
  const content = template({
    resources: [
      nested('second', moduleTemplate, {
        parameters: { name: { value: `[concat(${first}.outputs.clientId.value, '-2')]` } },
      }),
      nested('first', moduleTemplate, { parameters: { name: { value: 'one' } } }),
    ],
    outputs: { first: { type: 'string', value: `[${first}.outputs.clientId.value]` } },
  });
  const record = await deploy(target, content);
  assert.deepEqual(outputValues(record), { first: 'client-of-one' });
  assert.deepEqual(
    target.puts.map((id) => id.split('/').at(-1)),
    ['one', 'client-of-one-2'],
  );
  assert.deepEqual(record.outputResources?.length, 2);
});

test('a nested deployment has a record of its own, with the correlation id of the whole', async () => {
  const target = new MemoryTarget();
  const content = template({
    resources: [nested('n', moduleTemplate, { parameters: { name: { value: 'x' } } })],
  });
  const record = await deploy(target, content);
  const own = target.records.filter(({ name }) => name === 'n');
  assert.deepEqual(
    own.map(({ state }) => state),
    ['Running', 'Succeeded'],
  );
  const last = own.at(-1);
  assert.equal(last?.id, `${groupId}/providers/Microsoft.Resources/deployments/n`);
  assert.equal(last?.correlationId, record.correlationId);
  assert.deepEqual(last?.parameters, {
    name: { type: 'String', value: 'x' },
    secret: { type: 'SecureString' },
  });
  assert.deepEqual(last?.outputs?.secret, { type: 'SecureString' });
});

test('a secure output reaches the sibling that lists it, and no record', async () => {
  const target = new MemoryTarget();
  const content = template({
    languageVersion: '2.0',
    resources: {
      source: nested('source', moduleTemplate, {
        parameters: { name: { value: 'a' }, secret: { value: 'pa55word' } },
      }),
      user: identity('user', {
        properties: { value: "[listOutputsWithSecureValues('source', '2025-04-01').secret]" },
        dependsOn: ['source'],
      }),
    },
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.body('/user').properties, { value: 'pa55word' });
});

test('by default the parent evaluates a nested template; with inner scope it evaluates itself', async () => {
  const target = new MemoryTarget();
  const inside = (name: string) =>
    template({
      variables: { from: 'inner' },
      resources: [identity(name, { tags: { from: "[variables('from')]" } })],
    });
  const outer = { expressionEvaluationOptions: undefined };
  const content = template({
    variables: { from: 'outer' },
    resources: [nested('o', inside('by-parent'), outer), nested('i', inside('by-itself'))],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(target.body('by-parent').tags, { from: 'outer' });
  assert.deepEqual(target.body('by-itself').tags, { from: 'inner' });
});

test('a nested deployment goes into another group, with that group’s name and location', async () => {
  const target = new MemoryTarget();
  const otherId = `/subscriptions/${subscriptionId}/resourceGroups/other`;
  await target.put(caller, otherId, '2024-11-01', { location: 'northeurope' });
  const inside = template({
    resources: [
      identity("[concat(resourceGroup().name, '-id')]", { location: '[resourceGroup().location]' }),
    ],
  });
  const record = await deploy(
    target,
    template({ resources: [nested('n', inside, { resourceGroup: 'other' })] }),
  );
  assert.equal(record.state, 'Succeeded');
  assert.equal(target.body('/other-id').location, 'northeurope');
  assert.ok(
    target.puts.includes(
      `${otherId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other-id`,
    ),
  );
});

test('a group that is not there fails the deployment that goes into it', async () => {
  const content = template({ resources: [nested('n', template({}), { resourceGroup: 'gone' })] });
  const { error } = await deploy(new MemoryTarget(), content);
  assert.deepEqual(error?.details, [
    { code: 'ResourceGroupNotFound', message: "Resource group 'gone' could not be found." },
  ]);
});

test('at subscription scope a group is made, and a module deployed into it', async () => {
  const target = new MemoryTarget();
  const content = template({
    $schema:
      'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    resources: [
      {
        type: 'Microsoft.Resources/resourceGroups',
        apiVersion: '2024-11-01',
        name: 'made',
        location: '[deployment().location]',
      },
      nested('n', moduleTemplate, {
        resourceGroup: 'made',
        parameters: { name: { value: 'x' } },
        dependsOn: ["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'made')]"],
      }),
    ],
    outputs: {
      clientId: {
        type: 'string',
        value:
          "[reference(extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, 'made'), 'Microsoft.Resources/deployments', 'n'), '2025-04-01').outputs.clientId.value]",
      },
    },
  });
  const record = await deploy(target, content, {}, subscriptionScope);
  assert.deepEqual(outputValues(record), { clientId: 'client-of-x' });
  assert.equal(
    record.id,
    `/subscriptions/${subscriptionId}/providers/Microsoft.Resources/deployments/main`,
  );
  assert.deepEqual(
    target.puts.map((id) => id.split('/').slice(3).join('/')),
    [
      'resourceGroups/made',
      'resourceGroups/made/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x',
    ],
  );
});

test('from a group, a nested deployment may go to the subscription', async () => {
  const target = new MemoryTarget();
  const inside = template({
    resources: [{ type: 'Microsoft.Authorization/locks', apiVersion: '2020-05-01', name: 'l' }],
  });
  const more = { subscriptionId: '[subscription().subscriptionId]', location: 'westeurope' };
  const record = await deploy(target, template({ resources: [nested('n', inside, more)] }));
  assert.equal(record.state, 'Succeeded');
  assert.deepEqual(target.puts, [
    `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/locks/l`,
  ]);
});

const otherSubscriptionId = 'bbbb0b0b-cc1c-dd2d-ee3e-ffffff4f4f4f';
const elsewhere = { subscriptionId: otherSubscriptionId, resourceGroup: 'elsewhere' };
const whereItRuns = template({
  outputs: { where: { type: 'string', value: '[subscription().displayName]' } },
  resources: [identity('x')],
});

test('a nested deployment may go to a group of another subscription, and is told its name', async () => {
  const target = new MemoryTarget();
  const group = `/subscriptions/${otherSubscriptionId}/resourceGroups/elsewhere`;
  target.subscriptions.set(otherSubscriptionId, 'Elsewhere');
  await target.put(caller, group, '2024-11-01', { location: 'eastus' });
  const content = template({
    outputs: {
      there: {
        type: 'string',
        value: `[reference(resourceId('${otherSubscriptionId}', 'elsewhere', 'Microsoft.Resources/deployments', 'n'), '2025-04-01').outputs.where.value]`,
      },
      here: { type: 'string', value: '[subscription().displayName]' },
    },
    resources: [nested('n', whereItRuns, elsewhere)],
  });
  const record = await deploy(target, content);
  assert.deepEqual(outputValues(record), { there: 'Elsewhere', here: 'Local Azure' });
  assert.equal(
    target.puts.at(-1),
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x`,
  );
});

test('a nested deployment into a subscription that is not in the tenant is refused before anything is put', async () => {
  const target = new MemoryTarget();
  const content = template({ resources: [identity('first'), nested('n', whereItRuns, elsewhere)] });
  await assert.rejects(async () => deploy(target, content), {
    code: 'SubscriptionNotFound',
    status: 404,
    message: `The subscription '${otherSubscriptionId}' could not be found.`,
  });
  assert.deepEqual(target.puts, []);
});

test('resourceGroup() at subscription scope is refused', async () => {
  const content = template({
    $schema:
      'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    resources: [identity('[resourceGroup().name]')],
  });
  await assert.rejects(async () => deploy(new MemoryTarget(), content, {}, subscriptionScope), {
    code: 'InvalidTemplate',
    message: /The template function 'resourceGroup' is not expected at this location/,
  });
});

test('a failure deep inside is told at every level, as ARM nests it', async () => {
  const target = new MemoryTarget();
  target.failures.set('x', new ServiceError(403, 'AuthorizationFailed', 'not allowed'));
  const middle = template({
    resources: [nested('inner', moduleTemplate, { parameters: { name: { value: 'x' } } })],
  });
  const { error } = await deploy(target, template({ resources: [nested('middle', middle)] }));
  const failed = (name: string, details: unknown) => ({
    code: 'DeploymentFailed',
    target: `${groupId}/providers/Microsoft.Resources/deployments/${name}`,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details: [details],
  });
  const terminal = (name: string, details: unknown) => ({
    code: 'ResourceDeploymentFailure',
    target: `${groupId}/providers/Microsoft.Resources/deployments/${name}`,
    message:
      "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.",
    details: [details],
  });
  const cause = { code: 'AuthorizationFailed', message: 'not allowed' };
  const innermost = terminal('inner', failed('inner', cause));
  assert.deepEqual(error, failed('main', terminal('middle', failed('middle', innermost))));
});

test('a value that only run time knows may decide what a nested deployment deploys', async () => {
  const target = new MemoryTarget();
  const inside = template({
    parameters: { clientId: { type: 'string' } },
    resources: [
      identity("[format('{0}-{1}', parameters('clientId'), copyIndex())]", {
        copy: { name: 'each', count: "[length(take(parameters('clientId'), 2))]" },
      }),
      identity('after', { dependsOn: ['each'] }),
    ],
  });
  const content = template({
    resources: [
      identity('source'),
      nested('n', inside, {
        parameters: { clientId: { value: "[reference('source').clientId]" } },
      }),
    ],
  });
  assert.equal((await deploy(target, content)).state, 'Succeeded');
  assert.deepEqual(
    target.puts.map((id) => id.split('/').at(-1)),
    ['source', 'client-of-source-0', 'client-of-source-1', 'after'],
  );
});
