// Event Hubs through the unmodified SDK, over TLS and over WebSockets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  latestEventPosition,
} from '@azure/event-hubs';
import { WebSocket } from 'ws';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { partitionOfKey } from '../../../../local/azure/event-hubs/partition-key-hash.ts';
import { bodiesOf, publish, read } from './publish-and-read.ts';
import { HOST, hubId, noRetries, RECEIVER, SENDER, useEventHub } from './use-event-hub.ts';

const clock = new MovableClock();
const { azure, eventHubs, putHub, identityWith, closeLater } = await useEventHub({ clock });

let hubCount = 0;
/** A hub of its own with a producer and a consumer. */
function openHub(
  options: { webSocket?: boolean; partitionCount?: number; retentionHours?: number } = {},
) {
  const name = `hub-${hubCount++}`;
  putHub(name, options);
  const { credential } = identityWith([SENDER, hubId(name)], [RECEIVER, hubId(name)]);
  const clientOptions = {
    ...noRetries,
    ...(options.webSocket && { webSocketOptions: { webSocket: WebSocket } }),
  };
  const producer = closeLater(new EventHubProducerClient(HOST, name, credential, clientOptions));
  const consumer = closeLater(
    new EventHubConsumerClient('$Default', HOST, name, credential, clientOptions),
  );
  return { name, producer, consumer, credential };
}

for (const webSocket of [false, true]) {
  describe(`a hub over ${webSocket ? 'WebSockets' : 'TLS'}`, () => {
    it('gives back what was published, with its properties', async () => {
      const { producer, consumer } = openHub({ webSocket });
      const batch = await producer.createBatch();
      assert.equal(batch.maxSizeInBytes, 1_048_576);
      const sent = {
        body: { text: 'ü', n: 1.5 },
        contentType: 'application/json',
        correlationId: 'c-1',
        messageId: 'm-1',
        properties: { yes: true, text: 'x', whole: 7, date: new Date(0) },
      };
      assert.ok(batch.tryAdd(sent));
      await producer.sendBatch(batch);
      const [event] = await read(consumer, 1);
      assert.deepEqual(event?.body, sent.body);
      assert.deepEqual({ ...event?.properties }, { ...sent.properties, date: 0 });
      assert.equal(event?.contentType, 'application/json');
      assert.equal(event?.correlationId, 'c-1');
      assert.equal(event?.messageId, 'm-1');
      assert.equal(event?.sequenceNumber, 0);
      assert.equal(event?.offset, '0');
    });
  });
}

describe('a hub', () => {
  it('describes itself and its partitions', async () => {
    const { name, producer } = openHub({ partitionCount: 3 });
    const properties = await producer.getEventHubProperties();
    assert.equal(properties.name, name);
    assert.deepEqual(properties.partitionIds, ['0', '1', '2']);
    assert.ok(Math.abs(properties.createdOn.getTime() - clock.nowMs()) < 60_000);
    await publish(producer, ['a', 'b'], { partitionId: '2' });
    const { lastEnqueuedOnUtc, ...rest } = await producer.getPartitionProperties('2');
    assert.ok(Math.abs(lastEnqueuedOnUtc.getTime() - clock.nowMs()) < 60_000);
    assert.equal(rest.beginningSequenceNumber, 0);
    assert.equal(rest.lastEnqueuedSequenceNumber, 1);
    assert.ok(Number(rest.lastEnqueuedOffset) > 0);
    assert.equal(rest.isEmpty, false);
    const empty = await producer.getPartitionProperties('0');
    assert.equal(empty.isEmpty, true);
    assert.equal(empty.lastEnqueuedSequenceNumber, -1);
    assert.equal(empty.lastEnqueuedOffset, '-1');
  });

  it('has no partition beyond its last', async () => {
    const { producer } = openHub({ partitionCount: 2 });
    await assert.rejects(publish(producer, ['a'], { partitionId: '2' }), {
      code: 'ArgumentOutOfRangeError',
      message: /It should be between 0 and 1\./,
    });
    await assert.rejects(producer.getPartitionProperties('7'), { code: 'ArgumentOutOfRangeError' });
  });

  it('sends a key to the partition that its hash says, and keeps the order there', async () => {
    const { producer, consumer } = openHub();
    for (const key of ['customer-1', 'customer-2', 'ключ']) {
      await publish(producer, [`${key} 1`, `${key} 2`], { partitionKey: key });
      const partitionId = String(partitionOfKey(key, 4));
      const { lastEnqueuedSequenceNumber } = await producer.getPartitionProperties(partitionId);
      const events = await read(consumer, lastEnqueuedSequenceNumber + 1, { partitionId });
      const own = events.filter((event) => event.partitionKey === key);
      assert.deepEqual(bodiesOf(own), [`${key} 1`, `${key} 2`]);
    }
  });

  it('spreads events without key over its partitions', async () => {
    const { producer } = openHub();
    for (let index = 0; index < 8; index++) await producer.sendBatch([{ body: index }]);
    const all = await Promise.all(
      ['0', '1', '2', '3'].map((id) => producer.getPartitionProperties(id)),
    );
    assert.deepEqual(
      all.map(({ lastEnqueuedSequenceNumber }) => lastEnqueuedSequenceNumber),
      [1, 1, 1, 1],
    );
  });

  it('says in each event how far the partition has come, if asked', async () => {
    const { producer, consumer } = openHub({ partitionCount: 1 });
    await publish(producer, ['a', 'b', 'c']);
    let last: unknown;
    const subscription = consumer.subscribe(
      '0',
      {
        async processEvents(_events, context) {
          last = context.lastEnqueuedEventProperties;
        },
        async processError() {},
      },
      { startPosition: { offset: '-1' }, trackLastEnqueuedEventProperties: true, maxBatchSize: 3 },
    );
    await new Promise((resolve) => {
      const timer = setInterval(() => last && resolve(clearInterval(timer)), 10);
    });
    await subscription.close();
    assert.partialDeepStrictEqual(last, { sequenceNumber: 2 });
  });

  it('keeps consumer groups apart, and has none that was not put', async () => {
    const { name, producer, credential } = openHub({ partitionCount: 1 });
    await publish(producer, ['a']);
    eventHubs.putConsumerGroup({
      ...{ namespaceName: 'demo-ns', eventHubName: name, name: 'Archive' },
      resourceId: `${hubId(name)}/consumergroups/Archive`,
    });
    for (const group of ['$default', 'ARCHIVE']) {
      const consumer = closeLater(
        new EventHubConsumerClient(group, HOST, name, credential, noRetries),
      );
      assert.deepEqual(bodiesOf(await read(consumer, 1)), ['a']);
    }
    const consumer = closeLater(
      new EventHubConsumerClient('nobody', HOST, name, credential, noRetries),
    );
    await assert.rejects(read(consumer, 1, { partitionId: '0' }), {
      code: 'MessagingEntityNotFoundError',
      message: /The messaging entity 'demo-ns:eventhub:.*\|nobody' could not be found\./,
    });
  });
});

describe('a reader', () => {
  it('begins at an offset, a sequence number or a time, with or without it', async () => {
    const { producer, consumer } = openHub({ partitionCount: 1 });
    for (const body of ['a', 'b', 'c']) {
      await publish(producer, [body]);
      clock.advanceMs(60_000);
    }
    const all = await read(consumer, 3, { partitionId: '0' });
    const [, second] = all;
    assert.ok(second);
    const from = async (count: number, startPosition: Parameters<typeof read>[2] & object) =>
      bodiesOf(await read(consumer, count, { partitionId: '0', ...startPosition }));
    const { sequenceNumber, offset, enqueuedTimeUtc } = second;
    assert.deepEqual(await from(1, { startPosition: { sequenceNumber } }), ['c']);
    assert.deepEqual(await from(2, { startPosition: { sequenceNumber, isInclusive: true } }), [
      'b',
      'c',
    ]);
    assert.deepEqual(await from(1, { startPosition: { offset } }), ['c']);
    assert.deepEqual(await from(2, { startPosition: { offset, isInclusive: true } }), ['b', 'c']);
    assert.deepEqual(await from(1, { startPosition: { enqueuedOn: enqueuedTimeUtc } }), ['c']);
    const earlier = new Date(enqueuedTimeUtc.getTime() - 1);
    assert.deepEqual(await from(2, { startPosition: { enqueuedOn: earlier } }), ['b', 'c']);
  });

  it('sees only what comes after, at the latest position', async () => {
    const { name, producer, consumer } = openHub({ partitionCount: 1 });
    await publish(producer, ['before']);
    const since = azure.journal.position;
    const events = await read(consumer, 1, {
      partitionId: '0',
      startPosition: latestEventPosition,
      onStart: async () => {
        const isAttached = (entry: { kind: string; operation?: unknown; entity?: unknown }) =>
          entry.operation === 'attach-receiver' && String(entry.entity).startsWith(name);
        await azure.journal.waitFor('the reader', isAttached, { since });
        await publish(producer, ['after']);
      },
    });
    assert.deepEqual(bodiesOf(events), ['after']);
  });

  it('is refused behind the end: a stale checkpoint does not wait for ever', async () => {
    const { producer, consumer } = openHub({ partitionCount: 1 });
    await publish(producer, ['a']);
    const partitionId = '0';
    await assert.rejects(read(consumer, 1, { partitionId, startPosition: { sequenceNumber: 5 } }), {
      code: 'ArgumentError',
      message:
        /The supplied sequence number '5' is invalid\. The last sequence number in the system is '0'/,
    });
  });

  it('does not see what is older than the retention time', async () => {
    const { producer, consumer } = openHub({ partitionCount: 1, retentionHours: 1 });
    await publish(producer, ['old']);
    clock.advanceMs(3_600_001);
    await publish(producer, ['new']);
    const events = await read(consumer, 1, { partitionId: '0' });
    assert.deepEqual(bodiesOf(events), ['new']);
    assert.equal(events[0]?.sequenceNumber, 1);
    assert.equal((await producer.getPartitionProperties('0')).beginningSequenceNumber, 1);
  });
});

describe('owner levels', () => {
  it('put out the reader below, who is told so, and keep others out', async () => {
    const { name, producer, credential } = openHub({ partitionCount: 1 });
    await publish(producer, ['a']);
    const consumerAt = () =>
      closeLater(new EventHubConsumerClient('$Default', HOST, name, credential, noRetries));
    const { promise: lost, resolve } = Promise.withResolvers<Error>();
    const { promise: reading, resolve: isReading } = Promise.withResolvers<void>();
    const first = consumerAt().subscribe(
      '0',
      {
        async processEvents() {
          isReading();
        },
        async processError(error) {
          resolve(error);
        },
      },
      { startPosition: { offset: '-1' }, ownerLevel: 2 },
    );
    await reading;
    await assert.rejects(read(consumerAt(), 1, { partitionId: '0' }), {
      code: 'ReceiverDisconnectedError',
      message: /non-epoch receiver is not allowed/,
    });
    await assert.rejects(read(consumerAt(), 1, { partitionId: '0', ownerLevel: 1 }), {
      message: /with a higher epoch '2' already exists/,
    });
    await read(consumerAt(), 1, { partitionId: '0', ownerLevel: 2 });
    const error = await lost;
    assert.equal((error as Error & { code?: string }).code, 'ReceiverDisconnectedError');
    assert.match(error.message, /^New receiver '.*' with higher epoch of '2' is created/);
    await first.close();
  });
});

describe('sizes', () => {
  it('refuses an event that is too large for a batch before anything is sent', async () => {
    const { producer } = openHub();
    const batch = await producer.createBatch();
    assert.equal(batch.tryAdd({ body: 'x'.repeat(1_048_576) }), false);
  });

  it('refuses a message above the limit of the link', async () => {
    const { producer } = openHub();
    await assert.rejects(producer.sendBatch([{ body: 'x'.repeat(1_100_000) }]), {
      code: 'MessageTooLargeError',
      message: /exceeds the limit \(1048576 bytes\) currently allowed on the link/,
    });
    await publish(producer, ['a']);
  });
});
