import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, openResourceManager } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const workspaceId = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-test`;
const componentId = `${group}/providers/Microsoft.Insights/components/appi-test`;
const location = 'eastus';

test('a workspace and a component that writes to it', async () => {
  const workspace = await arm.call('PUT', `${workspaceId}?api-version=2023-09-01`, {
    body: { location, properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 } },
  });
  assert.equal(workspace.status, 201, workspace.text);
  assert.deepEqual(Object.keys(workspace.body), ['properties', 'location', 'id', 'name', 'type']);
  assert.match(workspace.body.properties.customerId, /^[0-9a-f-]{36}$/);

  const component = await arm.call('PUT', `${componentId}?api-version=2020-02-02`, {
    body: {
      location,
      kind: 'web',
      properties: {
        Application_Type: 'web',
        WorkspaceResourceId: workspaceId,
        DisableLocalAuth: true,
      },
    },
  });
  assert.equal(component.body.type, 'microsoft.insights/components');
  assert.ok(component.body.id.includes('/providers/microsoft.insights/components/'));
  const { ConnectionString, InstrumentationKey, DisableLocalAuth } = component.body.properties;
  assert.ok(
    ConnectionString.startsWith(`InstrumentationKey=${InstrumentationKey};IngestionEndpoint=`),
  );
  assert.equal(DisableLocalAuth, true);
});

test('a component for a workspace that is not there, or without kind, is refused', async () => {
  const properties = { Application_Type: 'web', WorkspaceResourceId: `${workspaceId}-none` };
  const lost = await arm.call('PUT', `${componentId}-b?api-version=2020-02-02`, {
    body: { location, kind: 'web', properties },
  });
  assert.equal(lost.status, 404);
  const bare = await arm.call('PUT', `${componentId}-b?api-version=2020-02-02`, {
    body: { location, properties: { Application_Type: 'web' } },
  });
  assert.equal(bare.status, 400);
});

test('a component of an empty kind is taken', async () => {
  const body = { location, kind: '', properties: { Application_Type: 'web' } };
  const answer = await arm.call('PUT', `${componentId}-c?api-version=2020-02-02`, { body });
  assert.equal(answer.status, 201, answer.text);
});

test('a workspace tells its two shared keys, under either name of the action', async () => {
  const path = `${workspaceId}-keys`;
  const body = { location, properties: {} };
  await arm.call('PUT', `${path}?api-version=2023-09-01`, { body });
  const listed = await arm.call('POST', `${path}/listKeys?api-version=2023-09-01`);
  const shared = await arm.call('POST', `${path}/sharedKeys?api-version=2023-09-01`);
  assert.deepEqual([listed.status, shared.status], [200, 200], listed.text);
  assert.deepEqual(listed.body, shared.body);
  const { primarySharedKey, secondarySharedKey } = listed.body;
  assert.notEqual(primarySharedKey, secondarySharedKey);
  for (const key of [primarySharedKey, secondarySharedKey]) {
    assert.equal(Buffer.from(key, 'base64').length, 64);
  }
});

test('diagnostic settings extend a resource and need somewhere to send to', async () => {
  await arm.call('PUT', `${workspaceId}-d?api-version=2023-09-01`, { body: { location } });
  const path = `${workspaceId}-d/providers/Microsoft.Insights/diagnosticSettings/all?api-version=2021-05-01-preview`;
  const logs = [{ categoryGroup: 'audit', enabled: true }];
  const refused = await arm.call('PUT', path, { body: { properties: { logs } } });
  assert.equal(refused.status, 400);
  const body = { properties: { workspaceId: `${workspaceId}-d`, logs } };
  const made = await arm.call('PUT', path, { body });
  assert.deepEqual(made.body.properties.logs, logs);
});
