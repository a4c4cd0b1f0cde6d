import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { createInFlight } from './in-flight.ts';
import { aborted, atMost } from './keep-listening.ts';
import type { ServiceBusSource } from './service-bus-listener.ts';

const CLOSE_LIMIT_MS = 2_000;
/** The service answers after its own time limit when there is no session; an answer at once must not become a loop. */
const LEAST_WAIT_MS = 1_000;

/**
 * One run for each message of up to `maxConcurrentSessions` sessions, within a session one after the other unless
 * `maxConcurrentCallsPerSession` says otherwise. Rejects with the first error.
 */
export async function listenForSessions(
  source: ServiceBusSource,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const { maxConcurrentSessions } = source.fn.trigger.options;
  const takeSessions = async () => {
    while (!either.aborted) {
      const receiver = await acceptNextSession(source, either);
      if (receiver) await processSession(receiver, source, either);
    }
  };
  const takers = Array.from({ length: maxConcurrentSessions }, () =>
    takeSessions().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const results = await Promise.allSettled(takers);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure && !signal.aborted) throw failure.reason;
}

/** Undefined if none has a message, or `signal` is aborted. Throws what else goes wrong. */
export async function acceptNextSession(
  source: ServiceBusSource,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  const startedMs = performance.now();
  const accepting = askForSession(source);
  // The SDK goes on waiting for the service, whatever signal it is given. What it gets late ends with the client.
  accepting.catch(() => undefined);
  try {
    return (await Promise.race([accepting, aborted(signal)])) ?? undefined;
  } catch (error) {
    if (!isNoSession(error)) throw error;
    const waitMs = LEAST_WAIT_MS - (performance.now() - startedMs);
    if (waitMs > 0) await atMost(waitMs, aborted(signal));
    return undefined;
  }
}

function askForSession({ client, fn }: ServiceBusSource): Promise<ServiceBusSessionReceiver> {
  const { entity, options } = fn.trigger;
  const settings = {
    maxAutoLockRenewalDurationInMs: Math.min(options.maxAutoLockRenewalMs, 2 ** 31 - 1),
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  } as const;
  return 'queueName' in entity
    ? client.acceptNextSession(entity.queueName, settings)
    : client.acceptNextSession(entity.topicName, entity.subscriptionName, settings);
}

const isNoSession = (error: unknown): boolean =>
  /^(ServiceTimeout|SessionCannotBeLocked|OperationTimeoutError)/.test(
    String((error as { code?: unknown }).code ?? ''),
  );

/** Ends when the session has had no message for `sessionIdleTimeout`, or is lost. */
async function processSession(
  receiver: ServiceBusSessionReceiver,
  { fn, dispatch }: ServiceBusSource,
  signal: AbortSignal,
): Promise<void> {
  const { sessionIdleMs, maxConcurrentCallsPerSession } = fn.trigger.options;
  const ended = Promise.withResolvers<void>();
  const running = createInFlight();
  let idle: NodeJS.Timeout | undefined;
  const waitForMore = () => {
    if (Number.isFinite(sessionIdleMs)) idle = setTimeout(ended.resolve, sessionIdleMs);
  };
  const subscription = receiver.subscribe(
    {
      async processMessage(message) {
        clearTimeout(idle);
        await running.track(dispatch.one(message, settlerOf(receiver)));
        if (running.size === 0) waitForMore();
      },
      processError: async () => ended.resolve(),
    },
    { autoCompleteMessages: false, maxConcurrentCalls: maxConcurrentCallsPerSession },
  );
  waitForMore();
  await Promise.race([ended.promise, aborted(signal)]);
  clearTimeout(idle);
  await atMost(CLOSE_LIMIT_MS, subscription.close());
  await running.idle();
  clearTimeout(idle);
  await atMost(CLOSE_LIMIT_MS, receiver.close());
}

/** A session's messages have no lock of their own. */
export const settlerOf = (receiver: ServiceBusSessionReceiver) => ({
  completeMessage: receiver.completeMessage.bind(receiver),
  abandonMessage: receiver.abandonMessage.bind(receiver),
  renewMessageLock: () => receiver.renewSessionLock(),
});
