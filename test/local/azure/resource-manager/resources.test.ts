import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2021-04-01';
const identity = (groupId: string, name: string) =>
  `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const location = { location: 'westeurope' };

test('a group is created with 201, known with 200, listed, patched and keeps its location', async () => {
  const path = `${subscription}/resourcegroups/rg-new?${version}`;
  const created = await arm.call('PUT', path, { body: { ...location, tags: { a: 'b' } } });
  assert.equal(created.status, 201);
  assert.deepEqual(created.body, {
    id: `${subscription}/resourceGroups/rg-new`,
    name: 'rg-new',
    type: 'Microsoft.Resources/resourceGroups',
    location: 'westeurope',
    tags: { a: 'b' },
    properties: { provisioningState: 'Succeeded' },
  });
  assert.equal((await arm.call('PUT', path, { body: location })).status, 200);
  const patched = await arm.call('PATCH', path, { body: { tags: { c: 'd' } } });
  assert.deepEqual(patched.body.tags, { c: 'd' });
  const moved = await arm.call('PUT', path, { body: { location: 'eastus' } });
  assert.equal(moved.status, 409);
  assert.equal(moved.body.error.code, 'InvalidResourceGroupLocation');
  const list = await arm.call('GET', `${subscription}/resourcegroups?${version}`);
  assert.ok(list.body.value.some(({ name }: { name: string }) => name === 'rg-new'));
  const bare = await arm.call('PUT', `${subscription}/resourcegroups/rg-bare?${version}`, {
    body: {},
  });
  assert.equal(bare.body.error.code, 'LocationRequired');
});

test('a group goes with everything in it: 202, then 200; role assignments at it go too', async () => {
  const id = `${subscription}/resourceGroups/rg-gone`;
  await arm.call('PUT', `${id}?${version}`, { body: location });
  const inside = identity(id, 'id-inside');
  const made = await arm.call('PUT', `${inside}?api-version=2023-01-31`, { body: location });
  const { principalId } = made.body.properties;
  const assignment = `${inside}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001`;
  const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`;
  await arm.call('PUT', `${assignment}?api-version=2022-04-01`, {
    body: { properties: { roleDefinitionId, principalId: addIdentity(arm).principalId } },
  });
  const removed = await arm.call('DELETE', `${id}?${version}`);
  assert.equal(removed.status, 202);
  assert.equal(removed.text, '');
  const poll = new URL(String(removed.headers.location));
  assert.match(poll.pathname, /\/operationresults\/[\w-]+$/);
  let answer = await arm.call('GET', poll.pathname + poll.search);
  while (answer.status === 202) answer = await arm.call('GET', poll.pathname + poll.search);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
  assert.equal(
    (await arm.call('GET', `${id}?${version}`)).body.error.code,
    'ResourceGroupNotFound',
  );
  assert.equal(arm.directory.find(principalId), undefined);
  assert.ok(arm.access.listAssignments().every((each) => each.id !== assignment));
  assert.equal((await arm.call('DELETE', `${id}?${version}`)).status, 404);
});

test('another client\u2019s type is kept as plain data, listed, patched and deleted', async () => {
  const id = `${group}/providers/Microsoft.Network/routeTables/routes`;
  const properties = { routes: [{ name: 'all' }] };
  const created = await arm.call('PUT', `${id}?api-version=2024-05-01`, {
    body: { location: 'eastus', properties },
  });
  assert.equal(created.status, 201);
  assert.deepEqual(created.body.properties, { ...properties, provisioningState: 'Succeeded' });
  const patched = await arm.call('PATCH', `${id}?api-version=2024-05-01`, {
    body: { tags: { a: 'b' } },
  });
  assert.deepEqual(patched.body.tags, { a: 'b' });
  assert.deepEqual(patched.body.properties.routes, properties.routes);
  const list = await arm.call(
    'GET',
    `${group}/providers/microsoft.network/routetables?api-version=2024-05-01`,
  );
  assert.equal(list.body.value[0].id, id);
  assert.equal((await arm.call('DELETE', `${id}?api-version=2024-05-01`)).status, 200);
  assert.equal((await arm.call('DELETE', `${id}?api-version=2024-05-01`)).status, 204);
});

test('a lock refuses the delete until it is gone', async () => {
  const id = identity(group, 'id-locked');
  await arm.call('PUT', `${id}?api-version=2023-01-31`, { body: { location: 'eastus' } });
  const lock = `${id}/providers/Microsoft.Authorization/locks/keep?api-version=2020-05-01`;
  const made = await arm.call('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
  assert.equal(made.status, 201, made.text);
  const refused = await arm.call('DELETE', `${id}?api-version=2023-01-31`);
  assert.equal(refused.status, 409);
  assert.equal(refused.body.error.code, 'ScopeLocked');
  assert.equal((await arm.call('DELETE', lock)).status, 200);
  assert.equal((await arm.call('DELETE', `${id}?api-version=2023-01-31`)).status, 200);
});

test('tags can be merged and deleted without touching the resource', async () => {
  const id = identity(group, 'id-tags');
  await arm.call('PUT', `${id}?api-version=2023-01-31`, {
    body: { location: 'eastus', tags: { a: '1' } },
  });
  const path = `${id}/providers/Microsoft.Resources/tags/default?${version}`;
  const merge = { operation: 'Merge', properties: { tags: { b: '2' } } };
  const merged = await arm.call('PATCH', path, { body: merge });
  assert.deepEqual(merged.body.properties.tags, { a: '1', b: '2' });
  const less = await arm.call('PATCH', path, { body: { ...merge, operation: 'Delete' } });
  assert.deepEqual(less.body.properties.tags, { a: '1' });
  assert.deepEqual((await arm.call('GET', `${id}?api-version=2023-01-31`)).body.tags, { a: '1' });
});

test('a subscription has tags too, and a scope that has none answers with none', async () => {
  const path = `${subscription}/providers/Microsoft.Resources/tags/default?${version}`;
  const none = await arm.call('GET', path);
  assert.equal(none.status, 200, none.text);
  assert.deepEqual(none.body.properties, { tags: {} });
  const tags = { costCentre: '7' };
  await arm.call('PUT', path, { body: { properties: { tags } } });
  assert.deepEqual((await arm.call('GET', path)).body.properties, { tags });
  assert.deepEqual((await arm.call('GET', `${subscription}?${version}`)).body.tags, tags);
  assert.equal((await arm.call('DELETE', path)).status, 200);
  assert.deepEqual((await arm.call('GET', path)).body.properties, { tags: {} });
});

test('bad bodies are 400 InvalidRequestContent', async () => {
  const id = identity(group, 'id-body');
  for (const body of [
    'not json',
    '[]',
    '',
    '{"location":1}',
    '{"tags":[]}',
    '{"location":"eastus","tags":{"a":1}}',
  ]) {
    const answer = await arm.call('PUT', `${id}?api-version=2023-01-31`, { body });
    assert.equal(answer.status, 400, body);
    assert.equal(answer.body.error.code, 'InvalidRequestContent', body);
  }
});

test('providers tell the api-versions of their types', async () => {
  const one = await arm.call('GET', `${subscription}/providers/microsoft.keyvault?${version}`);
  const vaults = one.body.resourceTypes.find(
    ({ resourceType }: { resourceType: string }) => resourceType === 'vaults',
  );
  assert.ok(vaults.apiVersions.includes('2022-07-01'));
  assert.equal(one.body.registrationState, 'Registered');
  const all = await arm.call('GET', `${subscription}/providers?${version}`);
  assert.ok(all.body.value.length > 5);
  const none = await arm.call('GET', `${subscription}/providers/Contoso.Nothing?${version}`);
  assert.equal(none.body.error.code, 'InvalidResourceNamespace');
});

test('a method that a path does not have is a 405, a path that is none a 404', async () => {
  assert.equal((await arm.call('DELETE', `/subscriptions?${version}`)).status, 405);
  assert.equal((await arm.call('GET', `/nothing/here?${version}`)).status, 404);
});

test('concurrent puts of one resource make one principal', async () => {
  const id = identity(group, 'id-race');
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      arm.call('PUT', `${id}?api-version=2023-01-31`, { body: { location: 'eastus' } }),
    ),
  );
  assert.equal(new Set(answers.map(({ body }) => body.properties.principalId)).size, 1);
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
});
