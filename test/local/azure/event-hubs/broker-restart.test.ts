// The broker's process is killed under load, three times: what it has accepted is there again, in order.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { HUB, NAMESPACE, startBrokerProcess } from '../../../support/broker/broker-process.ts';
import { read } from './publish-and-read.ts';

const PARTITIONS = ['0', '1', '2', '3'];
const EVENTS_PER_PARTITION = 5000;
const BATCH = 100;

const directory = mkdtempSync(join(tmpdir(), 'broker-restart-'));
const broker = await startBrokerProcess(directory);
after(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('20,000 events with three kills: none lost, in order, doubles only of a batch in doubt', async () => {
  const retryOptions = {
    maxRetries: 10,
    retryDelayInMs: 200,
    maxRetryDelayInMs: 200,
    timeoutInMs: 2000,
  };
  const options = { retryOptions, loadBalancingOptions: { updateIntervalInMs: 200 } };
  const producer = new EventHubProducerClient(NAMESPACE, HUB, broker.credential, options);
  let accepted = 0;

  async function publishTo(partitionId: string): Promise<void> {
    for (let first = 0; first < EVENTS_PER_PARTITION; first += BATCH) {
      const events = Array.from({ length: BATCH }, (_, index) => ({ body: first + index }));
      await producer.sendBatch(events, { partitionId });
      accepted += BATCH;
    }
  }
  async function killThreeTimes(): Promise<void> {
    for (const share of [0.25, 0.5, 0.75]) {
      while (accepted < share * PARTITIONS.length * EVENTS_PER_PARTITION) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await broker.kill();
      await broker.start();
    }
  }
  await Promise.all([...PARTITIONS.map(publishTo), killThreeTimes()]);
  await producer.close();

  for (const partitionId of PARTITIONS) {
    const consumer = new EventHubConsumerClient(
      '$Default',
      NAMESPACE,
      HUB,
      broker.credential,
      options,
    );
    const { lastEnqueuedSequenceNumber } = await consumer.getPartitionProperties(partitionId);
    const count = lastEnqueuedSequenceNumber + 1;
    const events = await read(consumer, count, { partitionId, maxBatchSize: 500 });
    await consumer.close();
    assert.deepEqual(
      events.map(({ sequenceNumber }) => sequenceNumber),
      Array.from({ length: count }, (_, index) => index),
    );
    // A batch in doubt is there once or twice, whole, and nothing of it is missing or out of turn.
    const bodies: number[] = events.map(({ body }) => body);
    const once = bodies.filter((body, index) => bodies.indexOf(body) === index);
    assert.deepEqual(
      once,
      Array.from({ length: EVENTS_PER_PARTITION }, (_, index) => index),
    );
    assert.equal((count - EVENTS_PER_PARTITION) % BATCH, 0);
    assert.ok(count - EVENTS_PER_PARTITION <= 3 * BATCH, `${count - EVENTS_PER_PARTITION} doubles`);
  }
});
