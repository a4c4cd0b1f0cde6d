// The functions of messaging on the embedded Azure, called as the host calls them.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { archiveEvents } from '../../functions/archive-events.ts';
import { diagnose } from '../../functions/diagnose.ts';
import { getIdentity } from '../../functions/get-identity.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { publishEvent } from '../../functions/publish-event.ts';
import { readSubscription } from '../../functions/read-subscription.ts';
import { recordResource } from '../../functions/record-resource.ts';
import { requestScan } from '../../functions/request-scan.ts';
import { scanOnRequest } from '../../functions/scan-on-request.ts';
import type { Database, ProcedureCall } from '../../shared/database/database.ts';
import { AppError } from '../../shared/errors.ts';
import { toResourceEvent } from '../../shared/inventory/resource-event.ts';
import { toFinding } from '../../shared/scan/finding.ts';
import type { Services } from '../../shared/services.ts';
import { deployApp } from '../shared/deployed-app.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  subscriptionId,
  useLocalAzure,
} from '../support/local-azure.ts';
import { call, createContext, type Posted } from './functions-sdk.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { messaging: true, database: false });
const services = app.createServices();
after(() => services.close());

const { SERVICE_BUS_SUBSCRIPTION: subscription = '', SERVICE_BUS_REJECTED_QUEUE: rejected = '' } =
  app.settings;
const onServices = (answer: Answer, status = 200, given: Services = services) =>
  httpHandler(answer, { services: () => given, status });
const JSON_TYPE = { 'content-type': 'application/json' };
const post = (url: string, body: unknown, given?: Services) =>
  call(
    onServices(publishEvent, 200, given),
    url,
    {},
    {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: JSON_TYPE,
    },
  );
const peek = async (query = '', name = subscription) =>
  call(onServices(readSubscription), `subscriptions/${name}/messages${query}`, { name });
const event = (id: string, more: object = {}) => ({
  specversion: '1.0',
  id,
  source: '/test',
  type: 'test',
  ...more,
});

/** Someone who may read all of the app's data, to see what came of it. */
const reader = addIdentity(azure, 'id-reader');
grant(azure, reader, 'Azure Service Bus Data Receiver', app.groupId);
grant(azure, reader, 'Storage Blob Data Reader', app.groupId);

async function rejectedMessages() {
  const { ServiceBusClient } = await import('@azure/service-bus');
  const host = app.settings.SERVICE_BUS_NAMESPACE ?? '';
  const client = new ServiceBusClient(host, credentialOf(azure, reader));
  try {
    return await client.createReceiver(rejected).peekMessages(100);
  } finally {
    await client.close();
  }
}

async function blobsIn(containerUrl = ''): Promise<Record<string, string>> {
  const url = new URL(containerUrl);
  const account = new BlobServiceClient(url.origin, credentialOf(azure, reader));
  const container = account.getContainerClient(url.pathname.slice(1));
  const contents: Record<string, string> = {};
  for await (const { name } of container.listBlobsFlat()) {
    const bytes = await container.getBlobClient(name).downloadToBuffer();
    contents[name] = bytes.toString();
  }
  return contents;
}

describe('publishEvent', () => {
  it('publishes to both, and tells how many and which were taken where', async () => {
    const { status, body } = await post('events', [
      event('p1'),
      event('p2', { partitionkey: 'k' }),
    ]);
    assert.equal(status, 200);
    const both = { count: 2, ids: ['p1', 'p2'] };
    assert.deepEqual(sorted(body.accepted), { eventhub: both, servicebus: both });
  });

  it('publishes to the one that is asked for, and what arrives is the text that was sent', async () => {
    const text =
      '{ "specversion":"1.0","id":"p3","source":"/test","type":"test","data":12345678901234567890 }';
    const { body } = await post('events?to=servicebus', text);
    assert.deepEqual(body.accepted, { servicebus: { count: 1, ids: ['p3'] } });
    const { body: peeked } = await peek('?max=100');
    const messages = peeked.messages as { messageId: string; body: string }[];
    assert.equal(messages.find(({ messageId }) => messageId === 'p3')?.body, text);
    assert.deepEqual((await post('events?to=eventhub', event('p4'))).body.accepted, {
      eventhub: { count: 1, ids: ['p4'] },
    });
  });

  it('refuses by name what is too large for one of them, and sends nothing', async () => {
    const large = event('too-large', { data: 'x'.repeat(270_000) });
    const { status, body } = await post('events', [event('p5'), large]);
    assert.equal(status, 413);
    assert.equal(body.code, 'INPUT_INVALID');
    assert.match(String(body.message), /^The event too-large is larger than Service Bus takes/);
    const { body: peeked } = await peek('?max=100');
    assert.ok(!JSON.stringify(peeked).includes('"p5"'));
    assert.equal((await post('events?to=eventhub', large)).status, 200, 'Event Hubs takes it');
  });

  for (const [name, url, body, expected] of [
    ['another destination', 'events?to=http://evil.example', event('x'), /^to must be/],
    ['an unknown parameter', 'events?topic=other', event('x'), /"topic" is not known/],
    ['no event', 'events', [], /1 to 1,000 events/],
    ['a bad attribute', 'events', [event('x'), event('y', { source: '' })], /^Event 1's source/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const { status, body: answer } = await post(url, body);
      assert.equal(status, 400);
      assert.match(String(answer.message), expected);
      assert.ok(!JSON.stringify(answer).includes('evil'));
    });
  }

  it('is refused by the hub whose role is missing, and the topic gets nothing either', async () => {
    const restore = without(/eventhubs/i);
    const fresh = app.createServices();
    const { status, body } = await post('events', event('p6'), fresh);
    restore();
    assert.equal(status, 403);
    assert.equal(body.role, 'Azure Event Hubs Data Sender');
    assert.ok(!JSON.stringify(await peek('?max=100')).includes('"p6"'));
    assert.equal((await post('events', event('p7'), fresh)).status, 200);
    await fresh.close();
  });
});

const sorted = (value: unknown) =>
  Object.fromEntries(
    Object.entries(value as Record<string, { count: number; ids: string[] }>).map(
      ([name, { count, ids }]) => [name, { count, ids: ids.toSorted() }],
    ),
  );

describe('readSubscription', () => {
  it('shows what waits, as many as asked for, and leaves it there', async () => {
    await post('events?to=servicebus', [event('r1'), event('r2')]);
    const { status, body } = await peek('?max=1');
    assert.equal(status, 200);
    assert.equal((body.messages as unknown[]).length, 1);
    const all = await peek('?max=100');
    assert.deepEqual((await peek('?max=100')).body, all.body);
  });

  it('shows of a long body the first 4 KB, and how long it is', async () => {
    await post('events?to=servicebus', event('r3', { data: 'x'.repeat(10_000) }));
    const { body } = await peek('?max=100');
    const messages = body.messages as { messageId: string; body: string; bodyBytes: number }[];
    const long = messages.find(({ messageId }) => messageId === 'r3');
    assert.equal(long?.body.length, 4_096);
    assert.ok((long?.bodyBytes ?? 0) > 10_000);
  });

  it('shows the dead letters', async () => {
    assert.deepEqual((await peek('?deadLetter=true')).body.messages, []);
  });

  it('tells of a subscription that does not exist', async () => {
    const { status, body } = await peek('', 'nobody');
    assert.equal(status, 404);
    assert.equal(body.code, 'NOT_FOUND');
  });

  for (const [name, query] of [
    ['', ''],
    ['.', ''],
    ['a/../b', ''],
    ['$DeadLetterQueue', ''],
    ['x'.repeat(51), ''],
    ['s', '?max=0'],
    ['s', '?max=101'],
    ['s', '?max=-1'],
    ['s', '?max=1e1'],
    ['s', '?max=1&max=2'],
    ['s', '?deadLetter=yes'],
    ['s', '?topic=other'],
  ] as const) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))}${query}`, async () => {
      const { status, body } = await peek(query, name);
      assert.equal(status, 400);
      assert.equal(body.code, 'INPUT_INVALID');
    });
  }
});

/** Takes the assignments away whose scope fits, and gives back what restores them. */
function without(scopes: RegExp): () => void {
  const assignments = azure.access.listAssignments().filter(({ scope }) => scopes.test(scope));
  assert.ok(assignments.length > 0);
  for (const { id } of assignments) azure.access.removeAssignment(id);
  return () => {
    for (const assignment of assignments) azure.access.addAssignment(assignment);
  };
}

describe('requestScan and scanOnRequest', () => {
  it('leave everything to the next scan while the topic refuses', async () => {
    const restore = without(/\/topics\/[^/]+$/i);
    const fresh = app.createServices();
    const context = createContext('scanOnRequest');
    await assert.rejects(scanOnRequest({}, context, fresh), { code: 'ACCESS_DENIED' });
    assert.match(context.lines.join('\n'), /ACCESS_DENIED \(service-bus\)/);
    assert.ok(!context.lines.some((line) => line.includes('New resource')));
    restore();
    assert.deepEqual(await findingMessages(), []);
    await fresh.close();
  });

  it('post a message to the queue, and scan: what is found is published, once', async () => {
    const posted: Posted = { body: '' };
    const { status, body } = await call(onServices(requestScan, 202), 'scans', {}, posted);
    assert.equal(status, 202);
    assert.match(String(body.requestId), /^[0-9a-f-]{36}$/);

    const context = createContext('scanOnRequest');
    await scanOnRequest({ requestId: body.requestId }, context, services);
    assert.ok(
      context.lines.some((line) => line.includes('New resource: Microsoft.KeyVault/vaults')),
    );
    const published = await findingMessages();
    assert.ok(published.some(({ body: text }) => JSON.parse(text).subject === app.siteId));
    await scanOnRequest('anything', createContext('scanOnRequest'), services);
    assert.equal((await findingMessages()).length, published.length);
  });

  it('refuse a body', async () => {
    const posted = { body: '{"scopes":["/"]}', headers: { 'content-length': '16' } };
    const { status } = await call(onServices(requestScan, 202), 'scans', {}, posted);
    assert.equal(status, 400);
  });
});

async function findingMessages() {
  const { body } = await peek('?max=100');
  const messages = body.messages as { contentType: string; subject: string; body: string }[];
  return messages.filter(({ subject }) => subject.endsWith('.resource.created'));
}

/** Services whose inventory is a map, so that what the trigger does with messages shows without a database. */
const recording = app.createServices({
  SQL_SERVER: 'sql-test.database.windows.net',
  SQL_DATABASE: 'inventory',
});
after(() => recording.close());
function servicesWith(execute: Database['execute']): Services {
  return Object.create(recording, { database: { value: { scope: 'server/inventory', execute } } });
}

describe('recordResource', () => {
  const inventory = new Map<string, ProcedureCall>();
  const withInventory = servicesWith(async (one) => {
    const id = String(one.inputs?.eventId?.value);
    const outcome = inventory.has(id) ? 'Known' : 'Recorded';
    inventory.set(id, one);
    return { rows: [], output: { outcome } };
  });

  it('records a finding once, however often it comes', async () => {
    const [first] = await findingMessages();
    const body = JSON.parse(first?.body ?? '');
    for (const expected of ['Recorded', 'Known']) {
      const context = createContext('recordResource');
      await recordResource(body, context, withInventory);
      assert.ok(
        context.lines.some((line) => line.includes(`${expected}: `)),
        context.lines.join(),
      );
    }
    assert.deepEqual([...inventory.keys()], [body.id]);
    const { procedure, inputs = {} } = inventory.get(body.id) ?? assert.fail();
    assert.equal(procedure, 'inventory.RecordResource');
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, { value }]) => [name, value]),
    );
    assert.deepEqual(values, {
      eventId: body.id,
      resourceId: body.subject,
      type: body.data.resourceType,
      name: body.data.name,
      resourceGroup: 'rg-app',
      subscriptionId,
      location: body.data.location,
      createdAt: new Date(body.time),
    });
  });

  it('[33] sends what can never be recorded to the rejected, with the reason, and is content', async () => {
    const finding = toFinding({
      id: '/subscriptions/bbbb0b0b-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Web/sites/x',
      type: 'Microsoft.Web/sites',
      createdTime: new Date('2026-11-24T11:20:15Z'),
    });
    assert.ok(finding);
    const foreign = JSON.parse(JSON.stringify(toResourceEvent(finding)));
    const before = inventory.size;
    for (const body of ['hello', foreign, 'x'.repeat(262_000)]) {
      const context = createContext('recordResource');
      await recordResource(body, context, withInventory);
      assert.ok(
        context.lines.some((line) => line.includes('Rejected (')),
        context.lines.join(),
      );
    }
    const messages = await rejectedMessages();
    assert.deepEqual(
      messages.map(({ applicationProperties }) => applicationProperties?.rejectionReason),
      ['NotJson', 'ForeignScope', 'NotJson'],
    );
    assert.equal(messages[0]?.body.toString(), 'hello');
    assert.deepEqual(messages[1]?.body, foreign);
    assert.equal(messages[2]?.applicationProperties?.cutFromBytes, '262000');
    assert.equal(inventory.size, before);

    // Delivered again, as its queue did not hear of it: put aside once.
    await recordResource('hello', createContext('recordResource'), withInventory);
    assert.equal((await rejectedMessages()).length, messages.length);
  });

  it('passes over events of other types, which publishEvent puts on the topic as well', async () => {
    const before = (await rejectedMessages()).length;
    const context = createContext('recordResource');
    await recordResource(event('other'), context, withInventory);
    assert.match(context.lines.join(), /Passed over: The event other is of the type test/);
    assert.equal((await rejectedMessages()).length, before);
  });

  it('gives the message back when it may succeed another time', async () => {
    const [, second] = await findingMessages();
    const body = JSON.parse(second?.body ?? '');
    const context = createContext('recordResource');
    const failing = servicesWith(async () => {
      throw new AppError({
        code: 'TARGET_UNAVAILABLE',
        target: 'database',
        message: 'Away.',
        nextStep: 'Try again.',
      });
    });
    await assert.rejects(recordResource(body, context, failing), { code: 'TARGET_UNAVAILABLE' });
    assert.ok(context.lines.some((line) => line.startsWith('error: TARGET_UNAVAILABLE')));
  });
});

describe('archiveEvents', () => {
  const context = () =>
    Object.assign(createContext('archiveEvents'), {
      triggerMetadata: {
        partitionContext: { eventHubName: app.settings.EVENT_HUB, partitionId: '0' },
        sequenceNumberArray: [{ low: 0, high: 0, unsigned: false }],
        enqueuedTimeUtcArray: ['2026-11-24T11:20:15.14'],
        offsetArray: ['0'],
      },
    });

  it('appends what the host gives to the archive, once', async () => {
    for (const expected of ['Archived 1 of 1', 'Archived 0 of 1']) {
      const one = context();
      await archiveEvents([Buffer.from('{"id":"a"}')], one, services);
      assert.ok(one.lines.some((line) => line.includes(expected)));
    }
    const archived = await blobsIn(app.settings.EVENTS_CONTAINER_URL);
    assert.deepEqual(Object.keys(archived), [
      `${app.settings.EVENT_HUB}/0/2026-11-24/0000000000000000.ndjson`,
    ]);
  });

  it('throws when nothing could be kept, so that the host repeats it', async () => {
    await azure.closeDoor('blob');
    const failing = archiveEvents([Buffer.from('{}')], context(), app.createServices());
    await assert.rejects(failing, { code: 'TARGET_UNAVAILABLE' });
    await azure.openDoor('blob');
  });
});

describe('the others', () => {
  it('diagnose tells of the hub, the topic, both queues and the subscription', async () => {
    const { body } = await call(onServices(diagnose), 'diagnose?secret=demo');
    const targets = body.targets as { target: string; subject: string; verdict: string }[];
    const messaging = targets.filter(({ subject }) => subject.startsWith('sb://'));
    assert.deepEqual(
      messaging.map(({ target, verdict }) => `${target} ${verdict}`),
      [...Array(2).fill('event-hubs works'), ...Array(5).fill('service-bus works')],
    );
    assert.equal(body.verdict, 'works');
    assert.ok(messaging[6]?.subject.endsWith(`/${app.settings.SERVICE_BUS_TOPIC}/${subscription}`));
  });

  it('diagnose names the missing role', async () => {
    const restore = without(/\/(?:eventhubs|topics|queues)\//i);
    const { body } = await call(onServices(diagnose), 'diagnose?secret=demo');
    restore();
    const targets = body.targets as { subject: string; verdict: string; nextStep: string }[];
    const messaging = targets.filter(({ subject }) => subject.startsWith('sb://'));
    assert.equal(messaging.length, 7);
    for (const { verdict, nextStep } of messaging) {
      assert.equal(verdict, 'ACCESS_DENIED');
      assert.match(nextStep, /Grant it the role Azure (?:Event Hubs|Service Bus) Data/);
    }
  });

  it('getIdentity shows the claims of the tokens for both', async () => {
    const { body } = await call(onServices(getIdentity), 'identity');
    const tokens = body.tokens as Record<string, { aud?: string }>;
    assert.match(tokens['event-hubs']?.aud ?? '', /eventhubs\.azure\.net/);
    assert.match(tokens['service-bus']?.aud ?? '', /servicebus\.azure\.net/);
  });
});

describe('where messaging is off', () => {
  const off = app.createServices(
    Object.fromEntries(
      Object.keys(app.settings)
        .filter((name) => /^(?:SERVICE_BUS|EVENT_HUB|EVENTS|SQL)/.test(name))
        .map((name) => [name, undefined]),
    ),
  );

  it('nobody complains, the scan only tells, and diagnose leaves both out', async () => {
    assert.deepEqual(off.settings.problems, []);
    const { body } = await call(onServices(diagnose, 200, off), 'diagnose?secret=demo');
    assert.equal((body.targets as unknown[]).length, 3);
    assert.equal(body.verdict, 'works');
    const identity = await call(onServices(getIdentity, 200, off), 'identity');
    assert.equal(Object.keys(identity.body.tokens as object).length, 3);
  });

  it('its functions answer CONFIG_INVALID that names the settings', async () => {
    for (const [answer, posted, expected] of [
      [
        publishEvent,
        { body: JSON.stringify(event('x')), headers: JSON_TYPE },
        /EVENT_HUBS_NAMESPACE.*EVENT_HUB.*SERVICE_BUS_NAMESPACE|SERVICE_BUS_NAMESPACE.*EVENT_HUB/s,
      ],
      [requestScan, { body: '' }, /SERVICE_BUS_NAMESPACE.*SERVICE_BUS_REQUEST_QUEUE/s],
      [readSubscription, undefined, /SERVICE_BUS_NAMESPACE.*SERVICE_BUS_TOPIC/s],
    ] as const) {
      const { status, body } = await call(
        onServices(answer, 200, off),
        'x',
        { name: subscription },
        posted,
      );
      assert.equal(status, 500);
      assert.equal(body.code, 'CONFIG_INVALID');
      assert.match(String(body.message), expected);
    }
  });
});
