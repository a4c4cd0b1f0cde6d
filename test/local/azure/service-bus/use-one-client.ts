// One client that may do everything, and what tests say often through it.
import assert from 'node:assert/strict';
import type { ServiceBusReceiver } from '@azure/service-bus';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { namespaceId, OWNER, useServiceBus } from './use-service-bus.ts';

export async function useOneClient() {
  const clock = new MovableClock();
  const bus = await useServiceBus({ clock });
  const { putQueue, serviceBus } = bus;
  const client = bus.clientOf(bus.identityWith([OWNER, namespaceId]).credential);
  let count = 0;

  /** A queue of its own for each test. */
  function newQueue(settings: Parameters<typeof putQueue>[1] = {}) {
    const name = `queue-${count++}`;
    putQueue(name, settings);
    return { name, sender: client.createSender(name), receiver: client.createReceiver(name) };
  }

  const { sender, receiver: firstReceiver } = newQueue();
  await sender.sendMessages({ body: 'x' });
  // The SDK's own number type, without its package.
  const fromSequenceNumber = (await receiveOne(firstReceiver)).sequenceNumber;
  assert.ok(fromSequenceNumber);

  return {
    ...bus,
    clock,
    client,
    newQueue,
    /** Bodies of all messages that lie there, in whatever state. */
    waiting: async (receiver: Pick<ServiceBusReceiver, 'peekMessages'>) =>
      (await receiver.peekMessages(100, { fromSequenceNumber })).map(({ body }) => body),
    /** Moves the broker's clock, not the SDK's. */
    advanceMs(milliseconds: number): void {
      clock.advanceMs(milliseconds);
      serviceBus.runDue();
    },
  };
}

export async function receiveOne(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>) {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  assert.ok(message, 'nothing came');
  return message;
}
