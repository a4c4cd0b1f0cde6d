import type { ServiceBusReceiver } from '@azure/service-bus';
import { createInFlight } from './in-flight.ts';
import { aborted, atMost } from './keep-listening.ts';
import type { ServiceBusSource } from './service-bus-listener.ts';

const CLOSE_LIMIT_MS = 2_000;

/** One run for each message, up to `maxConcurrentCalls` at once. Rejects with the first error of the link. */
export async function listenForMessages(
  source: ServiceBusSource,
  signal: AbortSignal,
): Promise<void> {
  const { fn, dispatch } = source;
  const receiver = createReceiver(source);
  const running = createInFlight();
  const failed = Promise.withResolvers<never>();
  const subscription = receiver.subscribe(
    {
      processMessage: (message) => running.track(dispatch.one(message, receiver)),
      processError: async ({ error, errorSource }) => {
        if (errorSource === 'receive') failed.reject(error);
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: fn.trigger.options.maxConcurrentCalls },
  );
  try {
    await Promise.race([failed.promise, aborted(signal)]);
  } finally {
    await atMost(CLOSE_LIMIT_MS, subscription.close());
    // What still runs is settled by its own receiver, which ends after it; the next attempt doesn't wait.
    const closed = running.idle().then(() => atMost(CLOSE_LIMIT_MS, receiver.close()));
    if (signal.aborted) await closed;
  }
}

/** Without the SDK's lock renewal (lock-renewal.ts), its JSON and its dates. */
export function createReceiver({ client, fn }: ServiceBusSource): ServiceBusReceiver {
  const { entity } = fn.trigger;
  const options = {
    maxAutoLockRenewalDurationInMs: 0,
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  } as const;
  return 'queueName' in entity
    ? client.createReceiver(entity.queueName, options)
    : client.createReceiver(entity.topicName, entity.subscriptionName, options);
}
