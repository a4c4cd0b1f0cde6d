import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity, tenantId } from '../../../support/open-door.ts';
import {
  group,
  openResourceManager,
  roles,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const identityId = (name: string) =>
  `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const siteId = (name: string) => `${group}/providers/Microsoft.Web/sites/${name}`;

function putIdentity(name: string) {
  return arm.call('PUT', `${identityId(name)}?api-version=2024-11-30`, {
    body: { location: 'eastus' },
  });
}

test('an identity is created with 201, a relative Location and a small g; then 200', async () => {
  const created = await putIdentity('id-a');
  assert.equal(created.status, 201);
  const shownId = identityId('id-a').replace('resourceGroups', 'resourcegroups');
  assert.equal(created.headers.location, shownId);
  assert.deepEqual(Object.keys(created.body), ['location', 'id', 'name', 'type', 'properties']);
  assert.equal(created.body.id, shownId);
  assert.equal(created.body.properties.tenantId, tenantId);
  const again = await putIdentity('id-a');
  assert.equal(again.status, 200);
  assert.deepEqual(again.body.properties, created.body.properties);
  const listed = await arm.call(
    'GET',
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2018-11-30`,
  );
  assert.equal(listed.body.value[0].name, 'id-a');
});

test('an identity made anew is a new principal, and the old one\u2019s grants are orphans', async () => {
  const first = (await putIdentity('id-anew')).body.properties;
  arm.access.addAssignment({
    id: `${group}/providers/Microsoft.Authorization/roleAssignments/orphan`,
    scope: group,
    principalId: first.principalId,
    roleDefinitionId: roles.reader,
  });
  const removed = await arm.call('DELETE', `${identityId('id-anew')}?api-version=2023-01-31`);
  assert.equal(removed.status, 200);
  assert.equal(removed.text, '');
  assert.equal(arm.directory.find(first.principalId), undefined);
  const second = (await putIdentity('id-anew')).body.properties;
  assert.notEqual(second.principalId, first.principalId);
  assert.notEqual(second.clientId, first.clientId);
  const orphans = arm.access
    .listAssignments()
    .filter((each) => each.principalId === first.principalId);
  assert.equal(orphans.length, 1);
});

test('a resource shows its user-assigned identities with their ids, and a system-assigned one is a principal', async () => {
  const { principalId, clientId } = (await putIdentity('id-site')).body.properties;
  const body = {
    location: 'eastus',
    identity: {
      type: 'SystemAssigned, UserAssigned',
      userAssignedIdentities: { [identityId('id-site')]: {} },
    },
  };
  const site = await arm.call('PUT', `${siteId('site-a')}?api-version=2024-04-01`, { body });
  assert.equal(site.status, 200, site.text);
  const { identity } = site.body;
  assert.deepEqual(identity.userAssignedIdentities[identityId('id-site')], {
    principalId,
    clientId,
  });
  assert.equal(identity.tenantId, tenantId);
  const system = arm.directory.find(identity.principalId);
  assert.equal(system?.resourceId, siteId('site-a'));

  const shown = await arm.call(
    'GET',
    `${siteId('site-a')}/providers/Microsoft.ManagedIdentity/identities/default?api-version=2023-01-31`,
  );
  assert.equal(shown.status, 200, shown.text);
  assert.equal(shown.body.properties.clientId, system?.clientId);
  assert.deepEqual(Object.keys(shown.body), ['id', 'location', 'name', 'properties', 'type']);

  const associated = await arm.call(
    'POST',
    `${identityId('id-site')}/listAssociatedResources?api-version=2021-09-30-preview`,
  );
  assert.deepEqual(associated.body, {
    totalCount: 1,
    value: [
      {
        id: siteId('site-a'),
        name: 'site-a',
        type: 'microsoft.web/sites',
        resourceGroup: 'rg-test',
        subscriptionId,
        subscriptionDisplayName: 'Test',
      },
    ],
  });

  const without = { ...body, identity: { type: 'None' } };
  const bare = await arm.call('PUT', `${siteId('site-a')}?api-version=2024-04-01`, {
    body: without,
  });
  assert.equal(bare.body.identity, undefined);
  assert.equal(arm.directory.find(identity.principalId), undefined);
});

test('PATCH adds an identity and, with null, takes it away', async () => {
  await putIdentity('id-p1');
  await putIdentity('id-p2');
  const assign = (ids: Record<string, unknown>) => ({
    identity: { type: 'UserAssigned', userAssignedIdentities: ids },
  });
  const path = `${siteId('site-p')}?api-version=2024-04-01`;
  await arm.call('PUT', path, {
    body: { location: 'eastus', ...assign({ [identityId('id-p1')]: {} }) },
  });
  const two = await arm.call('PATCH', path, { body: assign({ [identityId('id-p2')]: {} }) });
  assert.equal(two.status, 200, two.text);
  assert.equal(Object.keys(two.body.identity.userAssignedIdentities).length, 2);
  const one = await arm.call('PATCH', path, { body: assign({ [identityId('id-p1')]: null }) });
  assert.deepEqual(Object.keys(one.body.identity.userAssignedIdentities), [identityId('id-p2')]);
});

test('an identity that is not there, no identity at all, a wrong type: 400', async () => {
  const put = (identity: unknown) =>
    arm.call('PUT', `${siteId('site-b')}?api-version=2024-04-01`, {
      body: { location: 'eastus', identity },
    });
  const unknown = { type: 'UserAssigned', userAssignedIdentities: { [identityId('id-none')]: {} } };
  const missing = await put(unknown);
  assert.equal(missing.status, 400);
  assert.equal(missing.body.error.code, 'FailedIdentityOperation');
  assert.match(missing.body.error.message, /id-none' was not found/);
  assert.equal((await put({ type: 'UserAssigned' })).body.error.code, 'MissingIdentityIds');
  assert.equal((await put({ type: 'Everything' })).body.error.code, 'InvalidIdentityType');
});

test('assigning an identity needs the right on the identity too', async () => {
  await putIdentity('id-linked');
  const own = siteId('site-linked');
  const contributor = addIdentity(arm, [{ roleId: roles.contributor, scope: own }]);
  const answer = await arm.call('PUT', `${own}?api-version=2024-04-01`, {
    caller: contributor,
    body: {
      location: 'eastus',
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId('id-linked')]: {} } },
    },
  });
  assert.equal(answer.status, 403);
  assert.equal(answer.body.error.code, 'LinkedAuthorizationFailed');
  assert.match(
    answer.body.error.message,
    /userAssignedIdentities\/assign\/action' on the linked scope/,
  );
});

test('federated credentials live below their identity and go with it', async () => {
  await putIdentity('id-fed');
  const path = `${identityId('id-fed')}/federatedIdentityCredentials/github`;
  const properties = {
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:contoso/app:ref:refs/heads/main',
    audiences: ['api://AzureADTokenExchange'],
  };
  const created = await arm.call('PUT', `${path}?api-version=2023-01-31`, { body: { properties } });
  assert.equal(created.status, 201, created.text);
  assert.deepEqual(Object.keys(created.body), ['id', 'name', 'type', 'properties']);
  const orphan = identityId('id-none');
  const refused = await arm.call(
    'PUT',
    `${orphan}/federatedIdentityCredentials/github?api-version=2023-01-31`,
    { body: { properties } },
  );
  assert.equal(refused.body.error.code, 'ParentResourceNotFound');
  await arm.call('DELETE', `${identityId('id-fed')}?api-version=2023-01-31`);
  assert.equal(arm.manager.findResource(path), undefined);
});
