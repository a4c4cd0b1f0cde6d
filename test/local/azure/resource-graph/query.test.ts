// Resource Graph behind ARM's door: what a query answers, to whom, page by page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { addIdentity } from '../../../support/open-door.ts';
import {
  type Answer,
  group,
  openResourceManager,
  roles,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const url = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';

async function ask(
  query: string,
  more: { options?: object; caller?: Principal; url?: string; body?: object } = {},
): Promise<Answer> {
  const { options, caller = arm.owner, body } = more;
  return arm.call('POST', more.url ?? url, {
    caller,
    body: { subscriptions: [subscriptionId], query, ...(options && { options }), ...body },
  });
}

async function rows(query: string, more: Parameters<typeof ask>[1] = {}) {
  const answer = await ask(query, more);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

function identityId(name: string, inGroup = group): string {
  return `${inGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

async function putIdentity(name: string, tags: Record<string, string> = {}): Promise<void> {
  const path = `${identityId(name)}?api-version=2023-01-31`;
  const answer = await arm.call('PUT', path, { body: { location: 'eastus', tags } });
  assert.ok(answer.status < 300, answer.text);
}

for (const name of ['id-a', 'id-b', 'id-c', 'id-d', 'id-e']) {
  await putIdentity(name, { stage: name < 'id-c' ? 'Live' : 'test' });
  arm.clock.advanceMs(1000);
}
const names = (query: string) => rows(`${query} | project name`).then((data) => data.map(nameOf));
const nameOf = ({ name }: { name: string }) => name;

describe('a query of resources', () => {
  it('answers in the recorded form, with the quota in its headers', async () => {
    const answer = await ask('resources | project id, name | order by name asc | limit 2');
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body), [
      'totalRecords',
      'count',
      'data',
      'facets',
      'resultTruncated',
    ]);
    assert.deepEqual(answer.body, {
      totalRecords: 2,
      count: 2,
      data: ['id-a', 'id-b'].map((name) => ({ id: identityId(name), name })),
      facets: [],
      resultTruncated: 'false',
    });
    assert.equal(answer.headers['x-ms-user-quota-remaining'], '14');
    assert.equal(answer.headers['x-ms-user-quota-resets-after'], '00:00:05');
    assert.equal(answer.headers['x-ms-ratelimit-remaining-tenant-resource-requests'], '14');
    assert.ok(answer.headers['x-ms-ratelimit-remaining-tenant-reads']);
    assert.equal(answer.headers['x-ms-request-id'], answer.headers['x-ms-correlation-request-id']);
  });

  it('has the columns of every table, text empty and all else null where there is nothing', async () => {
    const [row] = await rows(`where id =~ '${identityId('ID-A')}'`);
    assert.deepEqual(Object.keys(row), [
      ...['id', 'name', 'type', 'tenantId', 'kind', 'location', 'resourceGroup', 'subscriptionId'],
      ...['managedBy', 'sku', 'plan', 'properties', 'tags', 'identity', 'zones'],
      'extendedLocation',
    ]);
    assert.equal(row.type, 'microsoft.managedidentity/userassignedidentities');
    assert.equal(row.resourceGroup, 'rg-test');
    assert.equal(row.kind, '');
    assert.equal(row.sku, null);
    assert.equal(row.properties.tenantId, arm.directory.tenantId);
    assert.deepEqual(row.tags, { stage: 'Live' });
  });

  it('is a table where that is asked for, or the api-version is an old one', async () => {
    const query = 'project id, tags | limit 1';
    const table = await rows(query, { options: { resultFormat: 'table' } });
    assert.deepEqual(table.columns, [
      { name: 'id', type: 'string' },
      { name: 'tags', type: 'object' },
    ]);
    assert.deepEqual(table.rows, [[identityId('id-a'), { stage: 'Live' }]]);
    const old = await rows(query, { url: url.replace('2024-04-01', '2019-04-01') });
    assert.deepEqual(old, table);
  });

  it('serves every api-version that Resource Graph has', async () => {
    for (const version of ['2021-03-01', '2021-06-01-preview', '2022-10-01', '2024-04-01']) {
      const data = await rows('count', { url: url.replace('2024-04-01', version) });
      assert.deepEqual(data, [{ Count: 5 }]);
    }
  });

  it('compares as KQL does', async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ["name == 'id-a'", ['id-a']],
      ["name == 'ID-A'", []],
      ["name =~ 'ID-A'", ['id-a']],
      ["name != 'id-a' and name !~ 'ID-B'", ['id-c', 'id-d', 'id-e']],
      ["name in ('id-a', 'ID-B')", ['id-a']],
      ["name in~ ('id-a', 'ID-B')", ['id-a', 'id-b']],
      ["name !in~ ('ID-A', 'id-b', 'id-c')", ['id-d', 'id-e']],
      ["name contains 'D-E'", ['id-e']],
      ["name !contains 'D-' or name == 'id-d'", ['id-d']],
      ["name startswith 'ID-' and name endswith 'B'", ['id-b']],
      ["id has 'ID' and tags.stage has 'live'", ['id-a', 'id-b']],
      ["tags['stage'] == 'test' and (name > 'id-c' or name < 'a')", ['id-d', 'id-e']],
      ["isnotempty(tags.stage) and isempty(tags.other) and name == 'id-a'", ['id-a']],
      ["not(tags.stage == 'test')", ['id-a', 'id-b']],
      ["tags.none == '' or tags.none != 'x' and name == 'id-c'", ['id-c']],
      ["tolower(tostring(tags.stage)) == 'live' // and nothing else", ['id-a', 'id-b']],
      ["strcat(name, '-', location) == @'id-a-eastus'", ['id-a']],
      ["name between ('id-b' .. 'id-c')", ['id-b', 'id-c']],
    ];
    for (const [condition, expected] of cases) {
      assert.deepEqual(await names(`resources\n| where ${condition}\n`), expected, condition);
    }
  });

  it('sorts descending unless it is told otherwise', async () => {
    assert.deepEqual(await names('resources | order by name'), 'edcba'.split('').map(withPrefix));
    assert.deepEqual(await names('Resources | sort by tostring(tags.stage) asc, name desc'), [
      'id-b',
      'id-a',
      'id-e',
      'id-d',
      'id-c',
    ]);
    assert.deepEqual(await names('resources | top 2 by name'), ['id-e', 'id-d']);
  });

  it('counts, summarizes, extends, and names columns as KQL does', async () => {
    assert.deepEqual(await rows("resources | where name > 'id-b' | count"), [{ Count: 3 }]);
    assert.deepEqual(await rows('resources | summarize count() by tostring(tags.stage)'), [
      { Column1: 'Live', count_: 2 },
      { Column1: 'test', count_: 3 },
    ]);
    assert.deepEqual(
      await rows(
        'resources | extend stage = tolower(tags.stage) | summarize n = count(), max(name) by stage, location',
      ),
      [
        { stage: 'live', location: 'eastus', n: 2, max_name: 'id-b' },
        { stage: 'test', location: 'eastus', n: 3, max_name: 'id-e' },
      ],
    );
    assert.deepEqual(await rows('resources | project tags.stage, name | limit 1'), [
      { tags_stage: 'Live', name: 'id-a' },
    ]);
    assert.deepEqual(await rows('resources | distinct type, location'), [
      { type: 'microsoft.managedidentity/userassignedidentities', location: 'eastus' },
    ]);
    const [row] = await rows('resources | project-away properties, tags | limit 1');
    assert.equal('properties' in row, false);
    assert.equal('sku' in row, true);
  });

  it('knows subscriptions and groups as containers', async () => {
    const data = await rows('resourcecontainers | project name, type');
    assert.deepEqual(data, [
      { name: 'Test', type: 'microsoft.resources/subscriptions' },
      { name: 'rg-test', type: 'microsoft.resources/subscriptions/resourcegroups' },
    ]);
  });
});

function withPrefix(letter: string): string {
  return `id-${letter}`;
}

describe('pages', () => {
  it('lead on by $skipToken to the end, each record once', async () => {
    const met: string[] = [];
    let skipToken: string | undefined;
    do {
      const options = { $top: 2, ...(skipToken && { $skipToken: skipToken }) };
      const { body } = await ask('resources | project id, name | order by name asc', { options });
      assert.equal(body.totalRecords, 5);
      assert.equal(body.resultTruncated, 'false');
      met.push(...body.data.map(nameOf));
      skipToken = body.$skipToken;
    } while (skipToken);
    assert.deepEqual(met, 'abcde'.split('').map(withPrefix));
  });

  it('have the size of the token where $top is not said, and begin at $skip only without a token', async () => {
    const query = 'resources | project id, name | order by name asc';
    const first = await ask(query, { options: { $top: 1, $skip: 1 } });
    assert.deepEqual(first.body.data.map(nameOf), ['id-b']);
    const { $skipToken } = first.body;
    const decoded = JSON.parse(Buffer.from($skipToken, 'base64').toString());
    assert.deepEqual(decoded, { $id: '1', MaxRows: 1, RowsToSkip: 2 });
    const second = await ask(query, { options: { $skipToken, $skip: 4 } });
    assert.deepEqual(second.body.data.map(nameOf), ['id-c']);
    const third = await ask(query, { options: { $skipToken, $top: 2 } });
    assert.deepEqual(third.body.data.map(nameOf), ['id-c', 'id-d']);
  });

  it('are cut off, and say so, where no id is projected', async () => {
    const { body } = await ask('resources | project name', { options: { $top: 2 } });
    assert.equal(body.count, 2);
    assert.equal(body.totalRecords, 5);
    assert.equal(body.resultTruncated, 'true');
    assert.equal('$skipToken' in body, false);
  });

  it('hold 100 records unless more are asked for, and never over 1,000', async () => {
    for (let index = 0; index < 120; index++) {
      arm.manager.addResource({
        id: `${group}/providers/Microsoft.Test/things/thing-${index}`,
        name: `thing-${index}`,
        type: 'Microsoft.Test/things',
        apiVersion: '2024-01-01',
        location: 'eastus',
        properties: {},
        createdTime: '2020-01-01T00:00:00.0000000Z',
        changedTime: '2020-01-01T00:00:00.0000000Z',
      });
    }
    const all = await ask('resources | project id');
    assert.equal(all.body.count, 100);
    assert.equal(all.body.totalRecords, 125);
    assert.equal((await ask('project id', { options: { $top: 1001 } })).status, 400);
    assert.equal((await ask('project id', { options: { $top: 0 } })).status, 400);
  });
});

describe('what is asked for', () => {
  it('is only what the caller may read; no role at all gives no rows and no refusal', async () => {
    const stranger = addIdentity(arm);
    const since = arm.journal.position;
    const none = await ask('resources | project id', { caller: stranger });
    assert.equal(none.status, 200);
    assert.equal(none.body.totalRecords, 0);
    assert.deepEqual(none.body.data, []);
    const decisions = arm.journal.since(since).filter(({ kind }) => kind === 'decision');
    assert.equal(decisions.length, 2, 'one for each type, not for each resource');
    const reader = addIdentity(arm, [{ roleId: roles.reader, scope: identityId('ID-C') }]);
    const one = await ask('resources | project name', { caller: reader });
    assert.deepEqual(one.body.data, [{ name: 'id-c' }]);
    const change = await ask('resourcechanges | project n = properties.targetResourceId', {
      caller: reader,
    });
    assert.deepEqual(change.body.data, [{ n: identityId('id-c') }]);
  });

  it('is the named subscriptions, those that exist', async () => {
    const other = '11111111-1111-1111-1111-111111111111';
    const both = await ask('count', { body: { subscriptions: [other, subscriptionId] } });
    assert.equal(both.body.data[0].Count, 125);
    const none = await ask('count', { body: { subscriptions: [other] } });
    assert.equal(none.status, 400);
    assert.deepEqual(none.body.error.details, [
      {
        code: 'NoValidSubscriptionsInQueryRequest',
        message: `There must be at least one subscription that is eligible to contain resources. Given: '${other}'.`,
      },
    ]);
    const bad = await ask('count', { body: { subscriptions: ['x'] } });
    assert.equal(bad.body.error.details[0].code, 'SubscriptionsContainInvalidGuids');
  });

  it('is the whole tenant without subscriptions, and by its root management group', async () => {
    const all = await ask('count', { body: { subscriptions: undefined } });
    assert.equal(all.body.data[0].Count, 125);
    const { tenantId } = arm.directory;
    const root = await ask('count', {
      body: { subscriptions: undefined, managementGroups: [tenantId] },
    });
    assert.equal(root.body.data[0].Count, 125);
    assert.equal((await ask('count', { body: { managementGroups: [tenantId] } })).status, 400);
  });

  it('needs a token and a body', async () => {
    const bare = await arm.call('POST', url, { body: '{"query":' });
    assert.equal(bare.status, 400);
    assert.equal((await arm.call('POST', url, { body: {} })).status, 400);
    const noVersion = await arm.call('POST', url.replace(/\?.*/, ''), { body: { query: 'count' } });
    assert.equal(noVersion.body.error.code, 'MissingApiVersionParameter');
  });
});
