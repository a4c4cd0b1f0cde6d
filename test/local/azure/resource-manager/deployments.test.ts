import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2025-04-01';
const deployments = `${group}/providers/Microsoft.Resources/deployments`;

const template = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: {
    name: { type: 'string' },
    location: { type: 'string', defaultValue: '[resourceGroup().location]' },
  },
  resources: [
    {
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      apiVersion: '2023-01-31',
      name: "[parameters('name')]",
      location: "[parameters('location')]",
    },
    {
      type: 'Microsoft.Authorization/roleAssignments',
      apiVersion: '2022-04-01',
      name: "[guid(resourceGroup().id, parameters('name'))]",
      properties: {
        roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${roles.reader}')]`,
        principalId:
          "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', parameters('name')), '2023-01-31').principalId]",
        principalType: 'ServicePrincipal',
      },
      dependsOn: [
        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', parameters('name'))]",
      ],
    },
  ],
  outputs: {
    clientId: {
      type: 'string',
      value:
        "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', parameters('name')), '2023-01-31').clientId]",
    },
  },
};

const bodyFor = (name: string, more: Record<string, unknown> = {}) => ({
  properties: { mode: 'Incremental', template, parameters: { name: { value: name } }, ...more },
});

async function poll(address: unknown) {
  const url = new URL(String(address));
  let answer = await arm.call('GET', url.pathname + url.search);
  while (answer.body.status === 'Running' || answer.body.status === 'Accepted') {
    answer = await arm.call('GET', url.pathname + url.search);
  }
  return answer;
}

test('PUT answers 201 at once, the status runs to Succeeded, GET has outputs and what was made', async () => {
  const put = await arm.call('PUT', `${deployments}/main?${version}`, { body: bodyFor('id-main') });
  assert.equal(put.status, 201, put.text);
  assert.deepEqual(Object.keys(put.body), ['id', 'name', 'type', 'properties']);
  assert.equal(put.body.properties.provisioningState, 'Accepted');
  assert.deepEqual(put.body.properties.parameters.location, { type: 'String', value: 'eastus' });
  assert.equal('outputs' in put.body.properties, false);
  assert.match(
    String(put.headers['azure-asyncoperation']),
    /^https:\/\/management\.azure\.com\/.*\/deployments\/main\/operationStatuses\/\d{20}\?api-version=/,
  );
  assert.equal(put.headers.location, undefined);
  const status = await poll(put.headers['azure-asyncoperation']);
  assert.deepEqual(status.body, { status: 'Succeeded' });

  const { body } = await arm.call('GET', `${deployments}/main?${version}`);
  const identity = arm.manager.findResource(
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-main`,
  );
  assert.deepEqual(body.properties.outputs, {
    clientId: { type: 'String', value: identity?.properties.clientId },
  });
  assert.equal(body.properties.outputResources.length, 2);
  const again = await arm.call('PUT', `${deployments}/main?${version}`, {
    body: bodyFor('id-main'),
  });
  assert.equal(again.status, 200);
  assert.deepEqual((await poll(again.headers['azure-asyncoperation'])).body, {
    status: 'Succeeded',
  });
});

test('the requests of az: validate, a body with an unquoted key, list with a slash, operations by the short path', async () => {
  const path = `${subscription}/resourcegroups/rg-test/providers/Microsoft.Resources/deployments`;
  const azVersion = 'api-version=2021-04-01';
  const text = JSON.stringify(template, undefined, 2).replace('{', '{ // from a file\n');
  const body = `{"properties": {"parameters": {"name": {"value": "id-az"}}, "mode": "Incremental", template:${text}\n}}`;
  const valid = await arm.call('POST', `${path}/az/validate?${azVersion}`, { body });
  assert.equal(valid.status, 200, valid.text);
  assert.equal(valid.body.properties.timestamp, '0001-01-01T00:00:00Z');
  assert.equal(valid.body.properties.duration, 'PT0S');
  assert.equal(valid.body.properties.validatedResources.length, 2);
  assert.equal((await arm.call('HEAD', `${path}/az?${azVersion}`)).status, 404);

  const put = await arm.call('PUT', `${path}/az?${azVersion}`, { body });
  assert.equal(put.status, 201, put.text);
  await poll(put.headers['azure-asyncoperation']);
  assert.equal((await arm.call('HEAD', `${path}/az?${azVersion}`)).status, 204);
  const list = await arm.call('GET', `${path}/?${azVersion}`);
  assert.ok(list.body.value.some(({ name }: { name: string }) => name === 'az'));
  const short = `${subscription}/resourcegroups/rg-test/deployments/az/operations?${azVersion}`;
  const operations = await arm.call('GET', short);
  assert.equal(operations.status, 200, operations.text);
  const last = operations.body.value.at(-1);
  assert.equal(last.properties.provisioningOperation, 'EvaluateDeploymentOutput');
  assert.equal('targetResource' in last.properties, false);
  const exported = await arm.call('POST', `${path}/az/exportTemplate?${azVersion}`);
  assert.deepEqual(exported.body.template.parameters, template.parameters);
  assert.equal((await arm.call('DELETE', `${path}/az?${azVersion}`)).status, 204);
  assert.equal(
    (await arm.call('GET', `${path}/az?${azVersion}`)).body.error.code,
    'DeploymentNotFound',
  );
});

test('what-if is a 202 whose answer tells what would be created, deployed again, left alone', async () => {
  const put = await arm.call('PUT', `${deployments}/known?${version}`, {
    body: bodyFor('id-known'),
  });
  await poll(put.headers['azure-asyncoperation']);
  const started = await arm.call('POST', `${deployments}/new/whatIf?${version}`, {
    body: bodyFor('id-new'),
  });
  assert.equal(started.status, 202);
  assert.equal(started.text, '');
  const { body } = await poll(started.headers.location);
  assert.equal(body.status, 'Succeeded');
  const type = (end: string) =>
    body.properties.changes.find(({ resourceId }: { resourceId: string }) =>
      resourceId.endsWith(end),
    )?.changeType;
  assert.equal(type('/id-new'), 'Create');
  assert.equal(type('/id-known'), 'Ignore');
  const bad = await arm.call('POST', `${deployments}/new/whatIf?${version}`, {
    body: bodyFor('id-new', { parameters: {} }),
  });
  assert.equal(bad.status, 202);
  const answer = await poll(bad.headers.location);
  assert.equal(answer.body.status, 'Failed');
  assert.equal(answer.body.error.code, 'InvalidTemplate');
});

test('a failed resource is told by status, deployment and operations', async () => {
  const put = await arm.call('PUT', `${deployments}/fails?${version}`, { body: bodyFor('x') });
  assert.equal(put.status, 201, put.text);
  const { body } = await poll(put.headers['azure-asyncoperation']);
  assert.equal(body.status, 'Failed');
  assert.equal(body.error.code, 'DeploymentFailed');
  assert.equal(body.error.target, `${deployments}/fails`);
  assert.match(body.error.message, /^At least one resource deployment operation failed\./);
  assert.equal(body.error.details[0].code, 'InvalidResourceName');
  const shown = await arm.call('GET', `${deployments}/fails?${version}`);
  assert.equal(shown.body.properties.provisioningState, 'Failed');
  assert.equal(shown.body.properties.error.code, 'DeploymentFailed');
});

test('a deployer that may not write everything is refused before anything is made', async () => {
  const contributor = addIdentity(arm, [{ roleId: roles.contributor, scope: group }]);
  const answer = await arm.call('PUT', `${deployments}/preflight?${version}`, {
    caller: contributor,
    body: bodyFor('id-preflight'),
  });
  assert.equal(answer.status, 403);
  assert.equal(answer.body.error.code, 'InvalidTemplateDeployment');
  assert.match(
    answer.body.error.message,
    /Authorization failed for template resource '[0-9a-f-]{36}' of type 'Microsoft\.Authorization\/roleAssignments'/,
  );
  const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-preflight`;
  assert.equal(arm.manager.findResource(id), undefined);
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const refused = await arm.call('PUT', `${deployments}/preflight?${version}`, {
    caller: reader,
    body: bodyFor('id-preflight'),
  });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.error.code, 'AuthorizationFailed');
});

test('bad requests: no template, a bad mode, a link, a location at group scope, a bad name, a missing parameter', async () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['d', { properties: { mode: 'Incremental' } }, 'InvalidRequestContent'],
    ['d', bodyFor('id-x', { mode: 'Sometimes' }), 'InvalidDeployment'],
    ['d', bodyFor('id-x', { templateLink: { uri: 'https://x' } }), 'InvalidContentLink'],
    ['d', { ...bodyFor('id-x'), location: 'eastus' }, 'InvalidDeployment'],
    ['no%20blanks', bodyFor('id-x'), 'InvalidDeployment'],
    ['d', bodyFor('id-x', { parameters: {} }), 'InvalidTemplate'],
  ];
  for (const [name, body, code] of cases) {
    const answer = await arm.call('PUT', `${deployments}/${name}?${version}`, { body });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.error.code, code);
  }
});

test('a group that is not there is a 404 for the deployment too', async () => {
  const path = deployments.replace('rg-test', 'rg-none');
  const answer = await arm.call('PUT', `${path}/main?${version}`, { body: bodyFor('id-x') });
  assert.equal(answer.status, 404);
  assert.equal(answer.body.error.code, 'ResourceGroupNotFound');
});

test('at subscription scope a deployment needs a location and can make a group', async () => {
  const path = `${subscription}/providers/Microsoft.Resources/deployments/sub`;
  const groupTemplate = {
    $schema:
      'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.Resources/resourceGroups',
        apiVersion: '2021-04-01',
        name: 'rg-by-template',
        location: '[deployment().location]',
      },
    ],
  };
  const properties = { mode: 'Incremental', template: groupTemplate };
  const without = await arm.call('PUT', `${path}?${version}`, { body: { properties } });
  assert.equal(without.body.error.code, 'InvalidDeployment');
  const put = await arm.call('PUT', `${path}?${version}`, {
    body: { location: 'westeurope', properties },
  });
  assert.equal(put.status, 201, put.text);
  assert.equal(put.body.location, 'westeurope');
  assert.deepEqual((await poll(put.headers['azure-asyncoperation'])).body, { status: 'Succeeded' });
  const made = await arm.call('GET', `${subscription}/resourcegroups/rg-by-template?${version}`);
  assert.equal(made.body.location, 'westeurope');
});

test('mode Complete takes away what the template does not have', async () => {
  arm.manager.addResourceGroup({
    subscriptionId: subscription.split('/')[2] ?? '',
    name: 'rg-complete',
    location: 'eastus',
  });
  const path = deployments.replace('rg-test', 'rg-complete');
  for (const name of ['id-old', 'id-kept']) {
    const put = await arm.call('PUT', `${path}/main?${version}`, {
      body: bodyFor(name, { mode: name === 'id-kept' ? 'Complete' : 'Incremental' }),
    });
    await poll(put.headers['azure-asyncoperation']);
  }
  await arm.journal.waitFor(
    'the deletion of id-old',
    (entry) =>
      entry.kind === 'resource' &&
      entry.operation === 'deleted' &&
      entry.resourceId.endsWith('/id-old'),
  );
  const list = await arm.call(
    'GET',
    `${group.replace('rg-test', 'rg-complete')}/resources?${version}`,
  );
  assert.deepEqual(
    list.body.value.map(({ name }: { name: string }) => name),
    ['id-kept'],
  );
});
