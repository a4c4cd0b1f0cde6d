// `resourcechanges`: what was created, updated and deleted during the last 14 days.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addIdentity, grant, subscriptionId, useLocalAzure } from '../../../support/local-azure.ts';
import { sendRaw } from '../../../support/open-door.ts';
import { StillClock } from '../../../support/still-clock.ts';

const clock = new StillClock();
const azure = await useLocalAzure({ clock });
const scope = `/subscriptions/${subscriptionId}`;
const owner = addIdentity(azure, 'owner');
grant(azure, owner, 'Owner', scope);
const other = addIdentity(azure, 'other');
grant(azure, other, 'Reader', scope);
const group = `${scope}/resourceGroups/rg-changes`;
const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/net`;

async function call(method: string, path: string, body?: object, caller = owner) {
  const { accessToken } = await azure.tokens.issue(caller, 'https://management.azure.com');
  const answer = await sendRaw('management.azure.com', path, {
    method,
    headers: { Authorization: `Bearer ${accessToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...answer, json: answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined };
}

function ask(query: string, caller = owner) {
  const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
  return call('POST', path, { subscriptions: [subscriptionId], query }, caller);
}

const put = (id: string, body: object) =>
  call('PUT', `${id}?api-version=2024-05-01`, { location: 'westeurope', ...body });

/** As the documentation asks. */
const latest =
  'resourcechanges | extend changeTime = todatetime(properties.changeAttributes.timestamp), ' +
  'targetResourceId = tostring(properties.targetResourceId), changeType = tostring(properties.changeType) ' +
  '| where changeTime > ago(14d) | order by changeTime asc';

async function changesOf(id: string): Promise<string[]> {
  const { json } = await ask(`${latest} | where targetResourceId =~ '${id}' | project changeType`);
  return json.data.map(({ changeType }: { changeType: string }) => changeType);
}

it('has a row for each change, in the documented form', async () => {
  await put(group, {});
  clock.advanceMs(60_000);
  await put(vnet, { properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } });
  clock.advanceMs(60_000);
  await put(vnet, {
    tags: { stage: 'test' },
    properties: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } },
  });
  const { json } = await ask(
    `${latest} | where targetResourceId =~ '${vnet}' | project-away changeTime`,
  );
  assert.equal(json.totalRecords, 2);
  const [created, updated] = json.data;
  assert.match(
    created.id,
    new RegExp(`^${vnet}/providers/Microsoft.Resources/changes/[0-9a-f-]{36}$`),
  );
  assert.equal(created.type, 'microsoft.resources/changes');
  assert.equal(created.resourceGroup, 'rg-changes');
  assert.equal('changes' in created.properties, false, 'Azure: for an Update only');
  assert.deepEqual(updated.properties, {
    targetResourceId: vnet,
    targetResourceType: 'microsoft.network/virtualnetworks',
    changeType: 'Update',
    changeAttributes: {
      changedByType: 'Application',
      changesCount: 2,
      changedBy: owner.principalId,
      operation: 'microsoft.network/virtualnetworks/write',
      timestamp: new Date(clock.nowMs()).toISOString().replace('Z', '+00:00'),
    },
    changes: {
      'properties.addressSpace.addressPrefixes': {
        previousValue: '["10.0.0.0/16"]',
        newValue: '["10.1.0.0/16"]',
      },
      'tags.stage': { newValue: 'test' },
    },
  });
});

it('finds a changed property by its dotted path', async () => {
  const { json } = await ask(
    'resourcechanges | extend range = properties.changes["properties.addressSpace.addressPrefixes"] ' +
      '| where isnotempty(range) | project range.newValue, range.previousValue',
  );
  assert.deepEqual(json.data, [
    { range_newValue: '["10.1.0.0/16"]', range_previousValue: '["10.0.0.0/16"]' },
  ]);
});

it('has no row for a PUT that changes nothing', async () => {
  await put(vnet, {
    tags: { stage: 'test' },
    properties: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } },
  });
  assert.deepEqual(await changesOf(vnet), ['Create', 'Update']);
});

it('keeps the changes of what was deleted with its group', async () => {
  clock.advanceMs(60_000);
  const deleted = await call('DELETE', `${group}?api-version=2025-04-01`);
  assert.equal(deleted.status, 202);
  await azure.journal.waitFor(
    'the group is gone',
    (entry) =>
      entry.kind === 'resource' && entry.operation === 'deleted' && entry.resourceId === group,
  );
  assert.deepEqual(await changesOf(vnet), ['Create', 'Update', 'Delete']);
  assert.deepEqual(await changesOf(group), ['Create', 'Delete']);
  const { json } = await ask(
    "resourcechanges | where properties.targetResourceType == 'microsoft.resources/subscriptions/resourcegroups' | count",
  );
  assert.deepEqual(json.data, [{ Count: 2 }]);
});

it('shows a change late where it is told to, or never', async () => {
  const late = `${scope}/resourceGroups/rg-late`;
  azure.behaviour.set({
    changeDelayMs: [
      { id: '*/rg-late', delayMs: 300_000 },
      { id: '*/rg-never', delayMs: Number.MAX_SAFE_INTEGER },
    ],
  });
  await put(late, {});
  await put(`${scope}/resourceGroups/rg-never`, {});
  assert.deepEqual(await changesOf(late), []);
  clock.advanceMs(300_000);
  assert.deepEqual(await changesOf(late), ['Create']);
  assert.deepEqual(await changesOf(`${scope}/resourceGroups/rg-never`), []);
});

it('forgets a change after 14 days', async () => {
  clock.advanceMs(14 * 86_400_000 - 301_000);
  assert.deepEqual(await changesOf(`${scope}/resourceGroups/rg-late`), ['Create']);
  clock.advanceMs(2_000);
  assert.equal((await ask('resourcechanges | count')).json.data[0].Count, 0);
});

it('throttles: 15 queries of a principal in 5 seconds', async () => {
  azure.limits.set({ resourceGraph: {} });
  for (let remaining = 14; remaining >= 0; remaining--) {
    const { status, headers } = await ask('count');
    assert.equal(status, 200);
    assert.equal(headers['x-ms-user-quota-remaining'], String(remaining));
  }
  clock.advanceMs(1_500);
  const refused = await ask('count');
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '4');
  assert.equal(refused.headers['x-ms-user-quota-remaining'], '0');
  assert.equal(refused.headers['x-ms-user-quota-resets-after'], '00:00:04');
  assert.equal(refused.json.error.code, 'RateLimiting');
  assert.match(refused.json.error.details[0].message, /^Client application has been throttled/);
  assert.equal((await ask('count', other)).status, 200, 'the quota is of one principal');
  clock.advanceMs(3_500);
  assert.equal((await ask('count')).headers['x-ms-user-quota-remaining'], '14');
  azure.limits.set({});
  const wrong = () => azure.limits.set({ resourceGraph: { queries: 0 } });
  assert.throws(wrong, { code: 'InvalidLimitOrder' });
});
