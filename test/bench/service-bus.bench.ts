// Service Bus through the unmodified SDK: a broker that keeps messages on disk beside one that does not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { BUS_NAMESPACE, startBrokerProcess } from '../support/broker/broker-process.ts';
import { describeRuns, median } from './median.ts';

const RUNS = 3;
const PUBLISHED = 20_000;
const body = 'x'.repeat(1_000);

interface Rates {
  readonly publish: number[];
  readonly settle: number[];
  /** Microseconds of the broker's processor time for each message that is published. */
  readonly cpu: number[];
}

export async function bench(): Promise<string[]> {
  const inMemory: Rates = { publish: [], settle: [], cpu: [] };
  const onDisk: Rates = { publish: [], settle: [], cpu: [] };
  // In turns: load of the machine meets both alike.
  for (let run = 0; run < RUNS; run++) {
    await measure(inMemory);
    const directory = mkdtempSync(join(tmpdir(), 'service-bus-bench-'));
    await measure(onDisk, directory);
    rmSync(directory, { recursive: true });
  }
  const share = (of: 'publish' | 'settle') =>
    `  on disk of in memory: ${((median(onDisk[of]) / median(inMemory[of])) * 100).toFixed(0)} %`;
  return [
    describeRuns('topic, batches, in memory', inMemory.publish, 'messages/s'),
    describeRuns('topic, batches, on disk (bar: 30,000)', onDisk.publish, 'messages/s'),
    share('publish'),
    describeRuns('  processor time of the broker, in memory', inMemory.cpu, 'µs'),
    describeRuns('  processor time of the broker, on disk', onDisk.cpu, 'µs'),
    describeRuns('peek-lock and complete, in memory', inMemory.settle, 'messages/s'),
    describeRuns('peek-lock and complete, on disk (bar: 5,000)', onDisk.settle, 'messages/s'),
    share('settle'),
  ];
}

async function measure(rates: Rates, directory = ''): Promise<void> {
  const broker = await startBrokerProcess(directory);
  const client = new ServiceBusClient(BUS_NAMESPACE, broker.credential);
  try {
    await publish(client, PUBLISHED / 4);
    const before = await broker.cpuSeconds();
    rates.publish.push(await publish(client, PUBLISHED));
    rates.cpu.push((((await broker.cpuSeconds()) - before) / PUBLISHED) * 1e6);
    rates.settle.push(await settle(client));
  } finally {
    await client.close();
    await broker.stop();
  }
}

/** Messages a second, one batch after the other. */
async function publish(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender('news');
  const start = performance.now();
  let sent = 0;
  while (sent < count) {
    const batch = await sender.createMessageBatch();
    while (sent < count && batch.tryAddMessage({ body, messageId: String(sent) })) sent += 1;
    await sender.sendMessages(batch);
  }
  const rate = count / ((performance.now() - start) / 1000);
  await sender.close();
  return rate;
}

/** Messages a second, each completed by itself. */
async function settle(client: ServiceBusClient): Promise<number> {
  const receiver = client.createReceiver('news', 'all', { maxAutoLockRenewalDurationInMs: 0 });
  const start = performance.now();
  let settled = 0;
  while (settled < PUBLISHED / 2) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 2_000 });
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    settled += messages.length;
  }
  const rate = settled / ((performance.now() - start) / 1000);
  await receiver.close();
  return rate;
}
