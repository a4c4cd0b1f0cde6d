import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from '@azure/service-bus';
import { atMost } from './keep-listening.ts';
import type { ServiceBusSource } from './service-bus-listener.ts';
import { createReceiver } from './service-bus-messages.ts';
import { acceptNextSession, settlerOf } from './service-bus-sessions.ts';

const CLOSE_LIMIT_MS = 2_000;
/** .NET's receiver waits for the first message, then takes what comes within a twentieth of a second (AmqpReceiver.cs). */
const FIRST_WAIT_MS = 60_000;
const BATCH_WAIT_MS = 20;
/** The SDK's limit for one call. */
const MOST_PER_CALL = 2_047;

/** One batch at a time, whatever the number of sessions. Rejects with the first error. */
export async function listenForBatches(
  source: ServiceBusSource,
  signal: AbortSignal,
): Promise<void> {
  if (source.fn.trigger.isSessionsEnabled) return listenForSessionBatches(source, signal);
  const receiver = createReceiver(source);
  try {
    while (!signal.aborted) {
      const messages = await receiveBatch(receiver, source, FIRST_WAIT_MS, signal);
      if (messages.length > 0) await source.dispatch.batch(messages, receiver);
    }
  } finally {
    await atMost(CLOSE_LIMIT_MS, receiver.close());
  }
}

async function listenForSessionBatches(
  source: ServiceBusSource,
  signal: AbortSignal,
): Promise<void> {
  const idleMs = Math.min(source.fn.trigger.options.sessionIdleMs, 2 ** 31 - 1);
  while (!signal.aborted) {
    const receiver = await acceptNextSession(source, signal);
    if (!receiver) continue;
    try {
      for (;;) {
        const messages = await receiveBatch(receiver, source, idleMs, signal);
        if (messages.length === 0) break;
        await source.dispatch.batch(messages, settlerOf(receiver));
      }
    } finally {
      await atMost(CLOSE_LIMIT_MS, receiver.close());
    }
  }
}

/** Empty if none came in time, or `signal` is aborted. */
async function receiveBatch(
  receiver: ServiceBusReceiver | ServiceBusSessionReceiver,
  { fn }: ServiceBusSource,
  waitMs: number,
  signal: AbortSignal,
): Promise<ServiceBusReceivedMessage[]> {
  const { maxMessageBatchSize } = fn.trigger.options;
  let first: ServiceBusReceivedMessage[];
  try {
    const wait = { maxWaitTimeInMs: waitMs, abortSignal: signal };
    first = await receiver.receiveMessages(1, wait);
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
  const more = Math.min(maxMessageBatchSize, MOST_PER_CALL + 1) - first.length;
  if (first.length === 0 || more === 0) return first;
  // A link that breaks here breaks the next call, too.
  const rest = await receiver
    .receiveMessages(more, { maxWaitTimeInMs: BATCH_WAIT_MS })
    .catch(() => []);
  return [...first, ...rest];
}
