// The broker's process is killed while messages flow through the SDK: what it has said yes to holds.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { BUS_NAMESPACE, startBrokerProcess } from '../../../support/broker/broker-process.ts';

const MESSAGES = 3000;
const BATCH = 25;
const KILLS = 4;

const directory = mkdtempSync(join(tmpdir(), 'broker-killed-'));
const broker = await startBrokerProcess(directory);
after(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
  // Clients that were left with a dead broker hold the process for a minute.
  setTimeout(() => process.exit(), 200).unref();
});

const connect = () =>
  new ServiceBusClient(BUS_NAMESPACE, broker.credential, {
    retryOptions: { maxRetries: 0, timeoutInMs: 2_000 },
  });

/** Rejects with the broker's death: the SDK itself would wait out its timers. */
let death = Promise.withResolvers<never>();

/** Does it, with a new client after each failure: whether a failed one was carried out is not known. */
async function persist<T>(use: (client: ServiceBusClient) => Promise<T>): Promise<T> {
  for (;;) {
    const client = connect();
    try {
      return await Promise.race([use(client), death.promise]);
    } catch {
      await delay(20);
    } finally {
      await Promise.race([client.close(), delay(100)]);
    }
  }
}

it('3,000 messages to a topic with four kills: none lost, none completed comes again', async () => {
  const accepted = new Set<string>();
  const received = new Map<string, number>();
  const completed = new Set<string>();
  const afterwards: string[] = [];

  async function publish(): Promise<void> {
    while (accepted.size < MESSAGES) {
      await persist(async (client) => {
        const sender = client.createSender('news');
        while (accepted.size < MESSAGES) {
          const ids = Array.from({ length: BATCH }, (_, index) => `m${accepted.size + index}`);
          await sender.sendMessages(ids.map((messageId) => ({ messageId, body: messageId })));
          for (const id of ids) accepted.add(id);
        }
      });
    }
  }

  async function settle(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) {
    const key = `${message.sequenceNumber}`;
    if (completed.has(key)) afterwards.push(key);
    received.set(String(message.messageId), (received.get(String(message.messageId)) ?? 0) + 1);
    await receiver.completeMessage(message);
    completed.add(key);
  }

  async function consume(): Promise<void> {
    let quiet = 0;
    while (received.size < MESSAGES || quiet < 1) {
      await persist(async (client) => {
        const receiver = client.createReceiver('news', 'all', {
          maxAutoLockRenewalDurationInMs: 0,
        });
        const messages = await receiver.receiveMessages(50, { maxWaitTimeInMs: 500 });
        quiet = messages.length === 0 ? quiet + 1 : 0;
        await Promise.all(messages.map((message) => settle(receiver, message)));
      });
    }
  }

  async function kill(): Promise<void> {
    for (let count = 1; count <= KILLS; count++) {
      while (accepted.size < (count * MESSAGES) / (KILLS + 1)) await delay(1);
      // At any moment of what flows.
      await delay(Math.random() * 20);
      await broker.kill();
      death.promise.catch(() => undefined);
      death.reject(new Error('the broker was killed'));
      await broker.start();
      death = Promise.withResolvers<never>();
    }
  }

  await Promise.all([publish(), consume(), kill()]);
  assert.equal(accepted.size, MESSAGES);
  assert.deepEqual(
    [...accepted].filter((id) => !received.has(id)),
    [],
    'lost',
  );
  assert.deepEqual(afterwards, [], 'came again after it was completed');
});
