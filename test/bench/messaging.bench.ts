// Event Hubs through the unmodified SDK, broker and client in two processes, with TLS, tokens and roles.
import { once } from 'node:events';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
} from '@azure/event-hubs';
import { HUB, NAMESPACE, startBrokerProcess } from '../support/broker/broker-process.ts';
import { describeRuns } from './median.ts';

const RUNS = 3;
const EVENTS = 40_000;
const body = 'x'.repeat(1000);

export async function bench(): Promise<string[]> {
  const broker = await startBrokerProcess();
  try {
    const cold = await firstPublishMs(broker.credential);
    const warm: number[] = [];
    for (let run = 0; run < 5; run++) warm.push(await firstPublishMs(broker.credential));
    const producer = new EventHubProducerClient(NAMESPACE, HUB, broker.credential);
    await publish(producer, 5000);
    const before = await broker.memory();
    const published: number[] = [];
    const received: number[] = [];
    let total = 5006;
    for (let run = 0; run < RUNS; run++) {
      published.push(await publish(producer, EVENTS));
      total += EVENTS;
      received.push(await receive(broker.credential, total));
    }
    const after = await broker.memory();
    await producer.close();
    const growth = (after.rss - before.rss) / 1024 ** 2;
    return [
      `first publish of the process, token and connection included: ${cold.toFixed(0)} ms (bar: under 150)`,
      describeRuns('first publish of a new client', warm, 'ms'),
      describeRuns('publish, full batches of 1 KB events (bar: 40,000)', published, 'events/s'),
      describeRuns('receive from the beginning (bar: 20,000)', received, 'events/s'),
      `broker's memory over ${RUNS * EVENTS} events: ${growth.toFixed(0)} MB more, ${(after.rss / 1024 ** 2).toFixed(0)} MB`,
    ];
  } finally {
    await broker.stop();
  }
}

type Credential = ConstructorParameters<typeof EventHubProducerClient>[2];

async function firstPublishMs(credential: Credential): Promise<number> {
  const start = performance.now();
  const producer = new EventHubProducerClient(NAMESPACE, HUB, credential);
  await producer.sendBatch([{ body }]);
  const elapsed = performance.now() - start;
  await producer.close();
  return elapsed;
}

/** Events a second. */
async function publish(producer: EventHubProducerClient, count: number): Promise<number> {
  const start = performance.now();
  let sent = 0;
  while (sent < count) {
    const batch = await producer.createBatch();
    while (sent < count && batch.tryAdd({ body })) sent += 1;
    await producer.sendBatch(batch);
  }
  return count / ((performance.now() - start) / 1000);
}

/** Events a second, from the first to the last. */
async function receive(credential: Credential, count: number): Promise<number> {
  const consumer = new EventHubConsumerClient('$Default', NAMESPACE, HUB, credential);
  const done = new EventTarget();
  const start = performance.now();
  let received = 0;
  const subscription = consumer.subscribe(
    {
      async processEvents(events) {
        received += events.length;
        if (received >= count) done.dispatchEvent(new Event('done'));
      },
      async processError(error) {
        console.error(error);
      },
    },
    { startPosition: earliestEventPosition, maxBatchSize: 500, prefetchCount: 1000 } as never,
  );
  await once(done as never, 'done');
  const rate = count / ((performance.now() - start) / 1000);
  await subscription.close();
  await consumer.close();
  return rate;
}
