import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResourceManagementClient } from '@azure/arm-resources';
import { addIdentity, credentialOf } from '../../../support/open-door.ts';
import {
  group,
  openResourceManager,
  roles,
  subscription,
  subscriptionId,
} from './open-resource-manager.ts';

const arm = await openResourceManager();
const audience = 'https://management.azure.com';

for (const name of ['id-one', 'id-two', 'id-three']) {
  const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const tags = name === 'id-two' ? { stage: 'test', team: 'a' } : { stage: 'live' };
  await arm.call('PUT', `${id}?api-version=2023-01-31`, { body: { location: 'East US', tags } });
}

function clientOf(caller = arm.owner): ResourceManagementClient {
  return new ResourceManagementClient(credentialOf(arm, caller, audience), subscriptionId);
}

async function names(query: string, path = `${group}/resources`): Promise<string[]> {
  const answer = await arm.call('GET', `${path}?api-version=2021-04-01&${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.value.map(({ name }: { name: string }) => name);
}

test('the SDK lists with created and changed times, and only when it asks for them', async () => {
  const found = [];
  const expand = 'createdTime,changedTime,provisioningState';
  for await (const item of clientOf().resources.list({ expand })) found.push(item);
  assert.deepEqual(
    found.map(({ name }) => name),
    ['id-one', 'id-two', 'id-three'],
  );
  for (const item of found) {
    assert.ok(item.createdTime instanceof Date);
    assert.equal(item.provisioningState, 'Succeeded');
  }
  const bare = await arm.call('GET', `${group}/resources?api-version=2021-04-01`);
  assert.equal('createdTime' in bare.body.value[0], false);
  assert.equal('nextLink' in bare.body, false);
});

test('the SDK follows the pages of $top to the end', async () => {
  const pages: number[] = [];
  for await (const page of clientOf().resources.list({ top: 1 }).byPage()) pages.push(page.length);
  assert.deepEqual(pages, [1, 1, 1]);
});

test('nextLink is spelled as Azure spells it, and a page before the filter may be empty', async () => {
  const filter = encodeURIComponent("name eq 'id-three'");
  const path = `${group}/resources?api-version=2021-04-01&$top=1&$filter=${filter}`;
  const { body } = await arm.call('GET', path);
  assert.deepEqual(body.value, []);
  const [, skipToken] = /&%24top=1&%24skiptoken=([\w-]+)$/.exec(body.nextLink) ?? [];
  assert.ok(skipToken, body.nextLink);
  assert.match(
    body.nextLink,
    /\/resourcegroups\/rg-test\/resources\?api-version=2021-04-01&%24filter=/,
  );
  const { pathname, search } = new URL(body.nextLink);
  const second = await arm.call('GET', pathname + search);
  assert.deepEqual(second.body.value, []);
  const last = new URL(second.body.nextLink);
  const third = await arm.call('GET', last.pathname + last.search);
  assert.equal(third.body.value[0].name, 'id-three');
  assert.equal('nextLink' in third.body, false);
});

test('filters: type, name, tag, parts, and, or, empty', async () => {
  const type = "resourceType eq 'microsoft.managedidentity/userassignedidentities'";
  assert.deepEqual(await names(`$filter=${encodeURIComponent(type)}`), [
    'id-one',
    'id-two',
    'id-three',
  ]);
  assert.deepEqual(await names(`$filter=${encodeURIComponent("name eq 'id-two'")}`), ['id-two']);
  const tag = "tagName eq 'stage' and tagValue eq 'test'";
  assert.deepEqual(await names(`$filter=${encodeURIComponent(tag)}`), ['id-two']);
  const mixed = "tagName eq 'team' and tagValue eq 'test'";
  assert.deepEqual(await names(`$filter=${encodeURIComponent(mixed)}`), []);
  const either = "(name eq 'id-one' or substringof('three', name)) and location eq 'eastus'";
  assert.deepEqual(await names(`$filter=${encodeURIComponent(either)}`), ['id-one', 'id-three']);
  assert.equal((await names('$filter=')).length, 3);
});

for (const filter of [
  "sku eq 'x'",
  'name eq',
  "name like 'x'",
  "$filter=name eq 'x'",
  "name eq 'a' name",
]) {
  test(`the filter ${filter} is refused, not ignored`, async () => {
    const path = `${subscription}/resources?api-version=2021-04-01&$filter=${encodeURIComponent(filter)}`;
    const { status, body } = await arm.call('GET', path);
    assert.equal(status, 400);
    assert.deepEqual(body.error, {
      code: 'InvalidFilterInQueryString',
      message: `Invalid $filter '${filter}' specified in the query string.`,
    });
  });
}

test('a list shows what the caller may read and hides the rest; without any role it is refused', async () => {
  const one = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-one`;
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: one }]);
  const path = `${subscription}/resources?api-version=2021-04-01`;
  const some = await arm.call('GET', path, { caller: reader });
  assert.deepEqual(
    some.body.value.map(({ id }: { id: string }) => id),
    [one],
  );
  const none = await arm.call('GET', path, { caller: addIdentity(arm) });
  assert.equal(none.status, 403);
  assert.match(
    none.body.error.message,
    new RegExp(
      `action 'Microsoft.Resources/subscriptions/resources/read' over scope '${subscription}'`,
    ),
  );
});

test('an update moves changedTime and leaves createdTime', async () => {
  const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-one`;
  const before = arm.manager.findResource(id);
  arm.clock.advanceMs(60_000);
  await arm.call('PUT', `${id}?api-version=2023-01-31`, { body: { location: 'eastus' } });
  const after = arm.manager.findResource(id);
  assert.equal(after?.createdTime, before?.createdTime);
  assert.ok((after?.changedTime ?? '') > (before?.changedTime ?? ''));
});
