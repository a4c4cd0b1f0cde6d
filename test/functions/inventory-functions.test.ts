// The HTTP functions of the inventory, as the host calls them: what reaches the database, and what never does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getDatabaseIdentity } from '../../functions/get-database-identity.ts';
import { getResource } from '../../functions/get-resource.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { listResources } from '../../functions/list-resources.ts';
import { summarizeResources } from '../../functions/summarize-resources.ts';
import type { Call, Database } from '../../shared/database/database.ts';
import { createServices, type Services } from '../../shared/services.ts';
import { call } from './functions-sdk.ts';

interface Sent {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const row = (number: number) => ({
  EventId: `0F8FAD5B-D9CB-469F-A165-${String(number).padStart(12, '0')}`,
  ResourceId: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/${number}`,
  Type: 'Microsoft.Web/sites',
  Name: String(number),
  ResourceGroup: 'rg',
  SubscriptionId: 'AAAA0A0A-BB1B-CC2C-DD3D-EEEEEE4E4E4E',
  Location: null,
  CreatedAt: new Date('2026-11-25T06:00:00.123Z'),
});

/** Services whose database answers these rows and writes down what it is asked. */
function servicesWith(rows: readonly object[]): { services: Services; sent: Sent[] } {
  const sent: Sent[] = [];
  const note = (text: string, { inputs = {} }: Call) => {
    const values = Object.entries(inputs).map(([name, { value }]) => [name, value]);
    sent.push({ text, values: Object.fromEntries(values) });
  };
  const database = {
    scope: 'server/inventory',
    async query(text, one) {
      note(text, one);
      return rows as never;
    },
    async execute(one) {
      note(one.procedure, one);
      return { rows: rows as never, output: { total: 3 } };
    },
  } satisfies Partial<Database>;
  return { sent, services: Object.create(createServices({}), { database: { value: database } }) };
}

const get = (answer: Answer, url: string, services: Services, params = {}) =>
  call(httpHandler(answer, { services: () => services }), url, params);
const query = (values: Readonly<Record<string, string>>) =>
  `resources?${new URLSearchParams(values)}`;

describe('listResources', () => {
  it('answers a page, and a continuation if there is more', async () => {
    const { services, sent } = servicesWith([row(1), row(2), row(3)]);
    const { status, body } = await get(listResources, query({ top: '2' }), services);
    assert.equal(status, 200);
    const resources = body.resources as Record<string, unknown>[];
    assert.deepEqual(
      resources.map(({ name }) => name),
      ['1', '2'],
    );
    assert.deepEqual(resources[0], {
      eventId: '0f8fad5b-d9cb-469f-a165-000000000001',
      resourceId: row(1).ResourceId,
      type: 'Microsoft.Web/sites',
      name: '1',
      resourceGroup: 'rg',
      subscriptionId: 'aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e',
      location: null,
      createdAt: '2026-11-25T06:00:00.123Z',
    });
    assert.equal(sent[0]?.values.top, 3, 'one more than asked for');

    const continuation = String(body.continuation);
    await get(listResources, query({ top: '2', continuation }), services);
    assert.deepEqual(sent[1]?.values, {
      top: 3,
      lastAt: row(2).CreatedAt,
      lastId: '0f8fad5b-d9cb-469f-a165-000000000002',
    });
    const other = await get(listResources, query({ type: 'x', continuation }), services);
    assert.equal(other.status, 400);
    assert.match(String(other.body.message), /^continuation must be/);
  });

  it('has no continuation on the last page', async () => {
    const { services } = servicesWith([row(1), row(2)]);
    const { body } = await get(listResources, query({ top: '2' }), services);
    assert.ok(!('continuation' in body));
  });

  it('[T10] hands what looks like SQL on as a value, and the text stays the same', async () => {
    const { services, sent } = servicesWith([]);
    const attacks = [
      "'; DROP TABLE inventory.Resource; --",
      "x' OR '1'='1",
      '%',
      '_',
      '[a-z]',
      '😀',
    ];
    for (const type of ['Microsoft.Web/sites', ...attacks]) {
      await get(listResources, query({ type }), services);
    }
    assert.equal(new Set(sent.map(({ text }) => text)).size, 1);
    assert.deepEqual(
      sent.slice(1).map(({ values }) => values.type),
      attacks,
    );
  });

  for (const values of [
    { top: '10;--' },
    { createdAfter: "2026-11-25T06:00:00Z'; --" },
    { continuation: "' OR 1=1 --" },
    { type: 'x'.repeat(4_001) },
    { orderBy: 'Name; DROP TABLE inventory.Resource' },
    { 'name; drop table': '1' },
  ]) {
    it(`[T10] refuses ${JSON.stringify(values).slice(0, 60)}, and asks no database`, async () => {
      const { services, sent } = servicesWith([]);
      const { status, body } = await get(listResources, query(values as never), services);
      assert.equal(status, 400);
      assert.equal(body.code, 'INPUT_INVALID');
      assert.deepEqual(sent, []);
    });
  }
});

describe('getResource', () => {
  it('answers one by its id', async () => {
    const { services, sent } = servicesWith([row(1)]);
    const { status, body } = await get(getResource, `resources/${ID}`, services, { eventId: ID });
    assert.equal(status, 200);
    assert.equal(body.name, '1');
    assert.deepEqual(sent[0]?.values, { eventId: ID });
  });

  it('is 404 for one that is not there', async () => {
    const { services } = servicesWith([]);
    const { status, body } = await get(getResource, `resources/${ID}`, services, { eventId: ID });
    assert.deepEqual([status, body.code], [404, 'NOT_FOUND']);
  });

  for (const eventId of ['', '1', `{${ID}}`, `${ID}' OR 1=1 --`, ID.replaceAll('-', '')]) {
    it(`refuses ${JSON.stringify(eventId)}, and asks no database`, async () => {
      const { services, sent } = servicesWith([]);
      const { status, body } = await get(getResource, 'resources/x', services, { eventId });
      assert.equal(status, 400);
      assert.match(String(body.message), /^eventId must be a GUID/);
      assert.deepEqual(sent, []);
    });
  }
});

describe('summarizeResources', () => {
  it('answers the counts by type and day, and the total that the procedure gives', async () => {
    const counts = { Type: 'a/b', CreatedOn: new Date('2026-11-25'), ResourceCount: 3 };
    const { services, sent } = servicesWith([counts]);
    const { body } = await get(summarizeResources, 'resource-summary', services);
    assert.deepEqual(body, { total: 3, counts: [{ type: 'a/b', day: '2026-11-25', count: 3 }] });
    assert.deepEqual(sent, [{ text: 'inventory.SummarizeResources', values: {} }]);
  });
});

describe('without a database', () => {
  it('they answer CONFIG_INVALID that names the settings', async () => {
    const services = createServices({});
    for (const [answer, params] of [
      [listResources, {}],
      [getResource, { eventId: ID }],
      [summarizeResources, {}],
      [getDatabaseIdentity, {}],
    ] as const) {
      const { status, body } = await get(answer, 'x', services, params);
      assert.deepEqual([status, body.code], [500, 'CONFIG_INVALID']);
      assert.match(String(body.message), /SQL_SERVER.*SQL_DATABASE/);
    }
  });

  it('and no unknown parameter', async () => {
    for (const answer of [getResource, summarizeResources, getDatabaseIdentity]) {
      const { status } = await get(answer, 'x?database=master', createServices({}), {
        eventId: ID,
      });
      assert.equal(status, 400);
    }
  });
});
