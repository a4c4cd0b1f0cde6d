import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MovableClock } from '../../../local/azure/clock.ts';
import { receiveOne, runsOf, useMessagingAzure } from './messaging-azure.ts';

const LOCK_MS = 30_000;

const clock = new MovableClock();
const { bus, grantReceiver, startHost } = await useMessagingAzure({ clock });

it('Row 31: a host is killed mid-message, which comes again when its lock ends by the clock, and counts', async (t) => {
  grantReceiver(t, 'queues/orders');
  await bus.createSender('orders').sendMessages({ body: { wait: 60_000 }, messageId: 'order' });
  const killed = await startHost(t, ['onOrder']);
  await killed.printed('onOrder ran with');
  killed.process.kill('SIGKILL');
  await killed.exited;
  assert.equal(runsOf(killed, 'onOrder')[0]?.triggerMetadata.deliveryCount, 1);

  const receiver = bus.createReceiver('orders');
  const early = await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 });
  assert.deepEqual(early, [], 'nobody else has it while it is locked');
  clock.advanceMs(LOCK_MS);
  const message = await receiveOne(receiver);
  assert.equal(message?.messageId, 'order');
  assert.equal(message.deliveryCount, 1);
  await receiver.completeMessage(message);
  clock.advanceMs(LOCK_MS);
  assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 }), []);
});
