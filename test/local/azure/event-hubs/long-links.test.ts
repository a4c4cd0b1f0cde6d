// What an AMQP server easily gets wrong with the SDKs: each of these once failed on a server built on rhea.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { publish, read } from './publish-and-read.ts';
import { HOST, hubId, noRetries, OWNER, useEventHub } from './use-event-hub.ts';

const { azure, putHub, identityWith, closeLater } = await useEventHub();

function openHub(name: string, partitionCount = 1) {
  putHub(name, { partitionCount });
  const { credential } = identityWith([OWNER, hubId(name)]);
  // A send that was on its way when the connection broke is given up after the time-out, and sent again.
  const retryOptions = {
    maxRetries: 5,
    retryDelayInMs: 50,
    maxRetryDelayInMs: 50,
    timeoutInMs: 2000,
  };
  const options = { ...noRetries, retryOptions };
  return {
    producer: closeLater(new EventHubProducerClient(HOST, name, credential, options)),
    createConsumer: () => new EventHubConsumerClient('$Default', HOST, name, credential, options),
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('one link', () => {
  it('carries 5,000 batches and 10,000 events, past every window and buffer', async () => {
    const { producer, createConsumer } = openHub('long');
    await publish(producer, numbers(5000));
    const sends = numbers(5000);
    // Windows of 100: the SDK refuses to send without credit.
    while (sends.length > 0) {
      await Promise.all(
        sends.splice(0, 100).map((body) => producer.sendBatch([{ body: 5000 + body }])),
      );
    }
    const consumer = closeLater(createConsumer());
    const events = await read(consumer, 10_000, { partitionId: '0', maxBatchSize: 500 });
    assert.deepEqual(
      events.map(({ sequenceNumber }) => sequenceNumber),
      numbers(10_000),
    );
    assert.deepEqual(
      events.map(({ body }) => body).sort((a, b) => a - b),
      numbers(10_000),
    );
  });

  it('carries a message of many frames, both ways', async () => {
    const { producer, createConsumer } = openHub('large');
    const body = 'x'.repeat(1_000_000);
    await publish(producer, [body]);
    const [event] = await read(closeLater(createConsumer()), 1, { partitionId: '0' });
    assert.equal(event?.body, body);
  });
});

describe('clients that come and go', () => {
  it('close at once while events are on their way, 15 times', async () => {
    const { producer, createConsumer } = openHub('busy', 4);
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        ['0', '1', '2', '3'].map((partitionId) => publish(producer, numbers(200), { partitionId })),
      );
      const consumer = createConsumer();
      await read(consumer, 20);
      const closed = consumer.close().then(() => 'closed');
      const late = new Promise<string>((resolve) => setTimeout(resolve, 5000, 'late').unref());
      assert.equal(await Promise.race([closed, late]), 'closed', `round ${round}`);
    }
  });

  it('find the broker again behind a door that was closed, on the same port', async () => {
    const { producer, createConsumer } = openHub('restart');
    await publish(producer, ['before']);
    const consumer = closeLater(createConsumer());
    const port = azure.ports.messaging;
    const received: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = consumer.subscribe(
      '0',
      {
        async processEvents(events) {
          received.push(...events.map(({ body }) => body));
          if (received.includes('after')) resolve();
        },
        async processError() {},
      },
      { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 1 },
    );
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
    assert.equal(azure.ports.messaging, port);
    await publish(producer, ['after']);
    await promise;
    assert.deepEqual(received, ['before', 'after']);
    await subscription.close();
  });
});
