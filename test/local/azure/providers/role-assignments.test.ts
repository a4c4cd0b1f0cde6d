import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity, tenantId } from '../../../support/open-door.ts';
import {
  group,
  openResourceManager,
  roles,
  subscription,
} from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2022-04-01';
const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const assignment = (n: number, scope = group) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid(n)}`;
const role = (id: string) =>
  `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;

function put(n: number, properties: Record<string, unknown>, scope = group) {
  return arm.call('PUT', `${assignment(n, scope)}?${version}`, { body: { properties } });
}

test('a put assignment opens what its role allows, and its deletion shuts it again', async () => {
  const reader = addIdentity(arm);
  const body = {
    roleDefinitionId: role(roles.reader),
    principalId: reader.principalId,
    principalType: 'ServicePrincipal',
  };
  const created = await put(1, body);
  assert.equal(created.status, 201);
  assert.deepEqual(Object.keys(created.body), ['properties', 'id', 'type', 'name']);
  assert.deepEqual(Object.keys(created.body.properties), [
    'roleDefinitionId',
    'principalId',
    'principalType',
    'scope',
    'condition',
    'conditionVersion',
    'createdOn',
    'updatedOn',
    'createdBy',
    'updatedBy',
    'delegatedManagedIdentityResourceId',
    'description',
  ]);
  assert.equal(created.body.properties.createdBy, null);
  const read = () => arm.call('GET', `${group}?api-version=2021-04-01`, { caller: reader });
  assert.equal((await read()).status, 200);
  const shown = await arm.call('GET', `${assignment(1)}?${version}`);
  assert.equal(shown.body.properties.createdBy, arm.owner.principalId);

  const removed = await arm.call('DELETE', `${assignment(1)}?${version}`);
  assert.equal(removed.status, 200);
  assert.equal(removed.body.name, guid(1));
  assert.equal((await read()).status, 403);
  assert.equal((await arm.call('DELETE', `${assignment(1)}?${version}`)).status, 204);
});

test('an unknown principal is refused without principalType and taken with it', async () => {
  const principalId = 'deadbeef-0000-4000-8000-000000000001';
  const body = { roleDefinitionId: role(roles.reader), principalId };
  const refused = await put(2, body);
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.code, 'PrincipalNotFound');
  assert.ok(
    refused.body.error.message.startsWith(
      `Principal deadbeef000040008000000000000001 does not exist in the directory ${tenantId}. Check`,
    ),
  );
  assert.ok(refused.body.error.message.endsWith('Group.  See https://aka.ms/docs-principaltype'));
  assert.ok(refused.headers['x-ms-ratelimit-remaining-subscription-writes']);
  assert.equal(refused.headers['x-ms-failure-cause'], undefined);
  const taken = await put(2, { ...body, principalType: 'ServicePrincipal' });
  assert.equal(taken.status, 201);
});

test('the same grant under another name is a conflict; the same name for another principal is refused', async () => {
  const { principalId } = addIdentity(arm);
  const body = { roleDefinitionId: role(roles.reader), principalId };
  assert.equal((await put(3, body)).status, 201);
  const again = await put(4, body);
  assert.equal(again.status, 409);
  assert.deepEqual(again.body.error, {
    code: 'RoleAssignmentExists',
    message: `The role assignment already exists. The ID of the existing role assignment is ${guid(3).replaceAll('-', '')}.`,
  });
  const other = await put(3, { ...body, principalId: addIdentity(arm).principalId });
  assert.equal(other.status, 400);
  assert.equal(other.body.error.code, 'RoleAssignmentUpdateNotPermitted');
  assert.equal((await put(3, body)).status, 200);
});

test('a role that does not exist, or a name that is no GUID, is refused', async () => {
  const { principalId } = addIdentity(arm);
  const missing = await put(5, { roleDefinitionId: role(guid(99)), principalId });
  assert.equal(missing.body.error.code, 'RoleDefinitionDoesNotExist');
  const path = `${group}/providers/Microsoft.Authorization/roleAssignments/reader?${version}`;
  const body = { properties: { roleDefinitionId: role(roles.reader), principalId } };
  const named = await arm.call('PUT', path, { body });
  assert.equal(named.body.error.code, 'InvalidRoleAssignmentId');
});

test('assigning needs the right to assign: a contributor is refused', async () => {
  const contributor = addIdentity(arm, [{ roleId: roles.contributor, scope: group }]);
  const body = {
    properties: { roleDefinitionId: role(roles.owner), principalId: contributor.principalId },
  };
  const answer = await arm.call('PUT', `${assignment(6)}?${version}`, {
    caller: contributor,
    body,
  });
  assert.equal(answer.status, 403);
  assert.match(answer.body.error.message, /Microsoft\.Authorization\/roleAssignments\/write/);
});

test('a list at a group has inherited rows, filters by principal, and leaves out what is below with atScope()', async () => {
  const below = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-scope`;
  await arm.call('PUT', `${below}?api-version=2023-01-31`, { body: { location: 'eastus' } });
  const { principalId } = addIdentity(arm);
  const properties = { roleDefinitionId: role(roles.reader), principalId };
  await put(7, properties, below);
  const list = async (filter: string) => {
    const query = filter && `&$filter=${encodeURIComponent(filter)}`;
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments?${version}${query}`;
    return (await arm.call('GET', path)).body.value.map(
      (each: { properties: { scope: string } }) => each.properties.scope,
    );
  };
  assert.ok((await list('')).includes(subscription));
  assert.ok((await list('')).includes(below));
  assert.equal((await list('atScope()')).includes(below), false);
  assert.deepEqual(await list(`principalId eq '${principalId}'`), [below]);
  assert.deepEqual(await list(`assignedTo('${principalId}')`), [below]);
  assert.deepEqual(await list(`atScope() and assignedTo('${principalId}')`), []);
});

test('a role of a group is its members’ role, is listed by assignedTo() and not by principalId eq, and ends with the membership', async () => {
  const member = addIdentity(arm);
  const inner = { ...addIdentity(arm), kind: 'Group' as const };
  const outer = { ...addIdentity(arm), kind: 'Group' as const };
  for (const each of [inner, outer]) arm.directory.add(each);
  arm.directory.addMember(outer.principalId, inner.principalId);
  arm.directory.addMember(inner.principalId, member.principalId);
  await put(10, {
    roleDefinitionId: role(roles.reader),
    principalId: outer.principalId,
    principalType: 'Group',
  });
  const read = async () =>
    (await arm.call('GET', `${group}?api-version=2021-04-01`, { caller: member })).status;
  const listed = async (filter: string) => {
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${encodeURIComponent(filter)}`;
    return (await arm.call('GET', path)).body.value.map(
      (each: { properties: { principalId: string } }) => each.properties.principalId,
    );
  };
  assert.equal(await read(), 200);
  const resources = await arm.call('GET', `${group}/resources?api-version=2021-04-01`, {
    caller: member,
  });
  assert.equal(resources.status, 200);
  assert.ok(resources.body.value.length > 0);
  assert.deepEqual(await listed(`assignedTo('${member.principalId}')`), [outer.principalId]);
  assert.deepEqual(await listed(`principalId eq '${member.principalId}'`), []);
  arm.directory.removeMember(inner.principalId, member.principalId);
  assert.equal(await read(), 403);
  assert.deepEqual(await listed(`assignedTo('${member.principalId}')`), []);
});

test('a filter that Azure does not take is refused in its words', async () => {
  const { principalId } = addIdentity(arm);
  for (const filter of [
    `principalId eq ${principalId}`,
    "principalId eq ''",
    `atScope() and principalId eq '${principalId}'`,
    `assignedTo('${principalId}'`,
    `principalId eq '${principalId}')`,
    `assignedTo('${principalId}') and assignedTo('${principalId}')`,
    "roleDefinitionId eq 'x'",
  ]) {
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${encodeURIComponent(filter)}`;
    const { status, body } = await arm.call('GET', path);
    assert.equal(status, 400, filter);
    assert.equal(
      body.error.message,
      `The filter '${filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
    );
  }
});

test('role definitions: by name, whole, one; properties first, id of the subscription', async () => {
  const base = `${group}/providers/Microsoft.Authorization/roleDefinitions`;
  const filter = encodeURIComponent("roleName eq 'Reader'");
  const named = await arm.call('GET', `${base}?${version}&$filter=${filter}`);
  assert.equal(named.body.value.length, 1);
  assert.deepEqual(Object.keys(named.body.value[0]), ['properties', 'id', 'type', 'name']);
  assert.equal(named.body.value[0].id, role(roles.reader));
  const all = await arm.call('GET', `${base}?api-version=2018-01-01-preview`);
  assert.ok(all.body.value.length > 10);
  const one = await arm.call('GET', `${base}/${roles.owner}?${version}`);
  assert.deepEqual(one.body.properties.permissions[0].actions, ['*']);
  const none = await arm.call('GET', `${base}/${guid(98)}?${version}`);
  assert.equal(none.status, 404);
  assert.equal(none.body.error.code, 'RoleDefinitionDoesNotExist');
});

test('a custom role can be made and then grants', async () => {
  const id = guid(97);
  const custom = await arm.call(
    'PUT',
    `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}?${version}`,
    {
      body: {
        properties: {
          roleName: 'Group watcher',
          assignableScopes: [subscription],
          permissions: [{ actions: ['Microsoft.Resources/subscriptions/resourceGroups/read'] }],
        },
      },
    },
  );
  assert.equal(custom.status, 201, custom.text);
  const watcher = addIdentity(arm);
  await put(8, { roleDefinitionId: role(id), principalId: watcher.principalId });
  const read = await arm.call('GET', `${group}?api-version=2021-04-01`, { caller: watcher });
  assert.equal(read.status, 200);
});

test('a condition cannot be weighed here, so an assignment with one is kept and grants nothing', async () => {
  const { principalId } = addIdentity(arm);
  const body = { roleDefinitionId: role(roles.reader), principalId };
  assert.equal((await put(9, body)).status, 201);
  const condition = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'";
  assert.equal((await put(9, { ...body, condition, conditionVersion: '2.0' })).status, 200);
  assert.ok(arm.access.listAssignments().every((each) => each.principalId !== principalId));
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  const path = `${group}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${filter}`;
  const { body: list } = await arm.call('GET', path);
  assert.equal(list.value[0].properties.condition, condition);
});
