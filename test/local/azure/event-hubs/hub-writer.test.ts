import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { AmqpError } from '../../../../local/azure/amqp/amqp-error.ts';
import { typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import {
  encodeMapSection,
  findSection,
  readEntries,
  SECTION,
  splitSections,
} from '../../../../local/azure/amqp/codec/sections.ts';
import {
  BATCH_FORMAT,
  type IncomingLink,
  type MessageSink,
} from '../../../../local/azure/amqp/messaging-node.ts';
import { Namespaces } from '../../../../local/azure/amqp/namespaces.ts';
import { systemClock } from '../../../../local/azure/clock.ts';
import { createEventHubs } from '../../../../local/azure/event-hubs/create-event-hubs.ts';
import { placeEvent } from '../../../../local/azure/event-hubs/event-message.ts';
import { Journal } from '../../../../local/azure/journal.ts';

const directory = mkdtempSync(join(tmpdir(), 'hub-writer-'));
const namespaces = new Namespaces();
const eventHubs = createEventHubs({
  ...{ clock: systemClock, journal: new Journal(systemClock), namespaces, directory },
  maxHubBytes: 100_000,
});
after(() => {
  eventHubs.stop();
  rmSync(directory, { recursive: true, force: true });
});
await eventHubs.putNamespace({ name: 'ns', resourceId: '/ns', sku: 'Standard' });
eventHubs.putEventHub({
  ...{ namespaceName: 'ns', name: 'hub', resourceId: '/ns/eventhubs/hub', status: 'Active' },
  ...{ partitionCount: 2, retentionHours: 1 },
});

const data = (bytes: Buffer) =>
  Buffer.concat([Buffer.from([0x00, 0x53, SECTION.data]), encodeValue(bytes)]);
const keyed = (key: string) =>
  Buffer.concat([
    encodeMapSection(SECTION.messageAnnotations, [{ key: 'x-opt-partition-key', value: key }]),
    data(Buffer.from(key)),
  ]);

async function openSender(): Promise<MessageSink> {
  const node = namespaces.find('ns.servicebus.windows.net')?.resolve('hub');
  const link = { closed: new AbortController().signal, principalId: 'p' } as IncomingLink;
  const sink = await node?.acceptSender?.(link);
  assert.ok(sink);
  return sink;
}

const annotationsOf = (message: Buffer) =>
  Object.fromEntries(
    readEntries(message, findSection(splitSections(message), SECTION.messageAnnotations)).map(
      ({ key, value }) => [key, value],
    ),
  );

it('keeps the keys of a batch without one: a buffered producer mixes them', () => {
  const place = { sequenceNumber: 7, offset: 9, enqueuedAtMs: 1000 };
  const own = annotationsOf(placeEvent(keyed('own'), place));
  assert.deepEqual(own, {
    'x-opt-sequence-number': 7,
    'x-opt-offset': '9',
    'x-opt-enqueued-time': new Date(1000),
    'x-opt-partition-key': 'own',
  });
  const ofBatch = annotationsOf(placeEvent(keyed('own'), { ...place, partitionKey: 'batch' }));
  assert.equal(ofBatch['x-opt-partition-key'], 'batch');
});

it("drops a sender's own place, and keeps its other annotations with their types", () => {
  const sent = Buffer.concat([
    encodeMapSection(SECTION.messageAnnotations, [
      { key: 'x-opt-offset', value: '999' },
      { key: 'mine', value: typed('ushort', 5) },
    ]),
    data(Buffer.from('x')),
  ]);
  const placed = placeEvent(sent, { sequenceNumber: 0, offset: 0, enqueuedAtMs: 0 });
  assert.equal(annotationsOf(placed)['x-opt-offset'], '0');
  const section = findSection(splitSections(placed), SECTION.messageAnnotations);
  const mine = readEntries(placed, section).find(({ key }) => key === 'mine');
  assert.deepEqual(mine?.encoded, encodeValue(typed('ushort', 5)));
});

it('refuses what is no message, and a batch with one such as a whole', async () => {
  const sink = await openSender();
  const batch = Buffer.concat([data(keyed('a')), data(Buffer.from('nonsense'))]);
  for (const [bytes, format] of [
    [Buffer.from('nonsense'), 0],
    [batch, BATCH_FORMAT],
  ] as const) {
    assert.throws(() => sink.receive(bytes, format), { name: 'DecodeError' });
  }
  assert.equal(await lastSequenceNumber(), -1);
});

async function lastSequenceNumber(): Promise<number> {
  const read = namespaces.find('ns.servicebus.windows.net')?.resolve('hub').operations?.READ;
  let last = -1;
  for (const partition of ['0', '1']) {
    const answer = await read?.handle({
      ...{ operation: 'READ', body: null, connectionId: 'c', principalId: 'p' },
      properties: { type: 'com.microsoft:partition', partition },
      closed: new AbortController().signal,
    });
    const body = answer?.body as { last_enqueued_sequence_number: { value: number } };
    last = Math.max(last, body.last_enqueued_sequence_number.value);
  }
  return last;
}

it("refuses with Azure's quota error when it is full, and takes no more", async () => {
  const sink = await openSender();
  const large = data(Buffer.alloc(10_000));
  const refusals: AmqpError[] = [];
  for (let index = 0; index < 200; index++) {
    try {
      void sink.receive(large, 0);
    } catch (error) {
      refusals.push(error as AmqpError);
    }
  }
  assert.ok(refusals.length > 100, String(refusals.length));
  assert.equal(refusals[0]?.condition, 'amqp:resource-limit-exceeded');
  assert.match(
    refusals[0]?.message ?? '',
    /^The messaging entity has reached its maximum allowable size\. TrackingId:/,
  );
});
