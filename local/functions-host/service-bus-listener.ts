// One Service Bus function: its client, and the way in which its messages come.

import type { TokenCredential } from '@azure/identity';
import type { ServiceBusClient } from '@azure/service-bus';
import type { Executor } from './executor.ts';
import { entityPathOf } from './host-function.ts';
import { atMost, keepListening } from './keep-listening.ts';
import type { HostLog } from './log.ts';
import { explainMessagingFailure, type MessagingTarget } from './messaging-failure.ts';
import { listenForBatches } from './service-bus-batches.ts';
import { createDispatch, type Dispatch, type ServiceBusFunction } from './service-bus-dispatch.ts';
import { createReceiver, listenForMessages } from './service-bus-messages.ts';
import { listenForSessions } from './service-bus-sessions.ts';
import type { LogLevel } from './worker-contract.ts';

export interface ServiceBusListenerOptions {
  readonly fn: ServiceBusFunction;
  readonly executor: Executor;
  readonly log: HostLog;
  readonly credential: TokenCredential;
  readonly signal: AbortSignal;
}

/** What each way of listening needs. */
export interface ServiceBusSource {
  readonly client: ServiceBusClient;
  readonly fn: ServiceBusFunction;
  readonly dispatch: Dispatch;
}

const CATEGORY = 'Microsoft.Azure.WebJobs.ServiceBus.Listeners.ServiceBusListener';

// The SDK's own retries would hide a refusal for minutes, and come back 28 s after a restart of the service.
const RETRY_OPTIONS = { maxRetries: 0, retryDelayInMs: 1_000, maxRetryDelayInMs: 1_000 };
/** For a link or an answer. The service waits for a session as long as the client says, by default a minute. */
const TIMEOUT_MS = { sessions: 60_000, other: 10_000 };
const CLOSE_LIMIT_MS = 2_000;

/** Runs the function for its messages until `signal` is aborted and what has begun is settled. */
export async function runServiceBusListener(options: ServiceBusListenerOptions): Promise<void> {
  const { fn, credential, executor, log, signal } = options;
  const { connection, entity, isSessionsEnabled, cardinality } = fn.trigger;
  const say = (level: LogLevel, message: string) => log({ level, category: CATEGORY, message });
  const { ServiceBusClient: Client } = await import('@azure/service-bus');
  const client = new Client(connection.fullyQualifiedNamespace, credential, {
    retryOptions: {
      ...RETRY_OPTIONS,
      timeoutInMs: isSessionsEnabled ? TIMEOUT_MS.sessions : TIMEOUT_MS.other,
    },
  });
  const path = entityPathOf(entity);
  const dispatch = createDispatch({
    fn,
    executor,
    client,
    stopping: signal,
    onError: (action, error) =>
      say(
        'error',
        `Message processing error (Action=${action}, EntityPath=${path}, Endpoint=${connection.fullyQualifiedNamespace}): ${error instanceof Error ? error.message : error}`,
      ),
  });
  const listen =
    cardinality === 'many'
      ? listenForBatches
      : isSessionsEnabled
        ? listenForSessions
        : listenForMessages;
  const source = { client, fn, dispatch };
  await keepListening({
    listen: (stop) => listen(source, stop),
    probe: async () => {
      const receiver = createReceiver(source);
      try {
        await receiver.peekMessages(1);
      } finally {
        await atMost(CLOSE_LIMIT_MS, receiver.close());
      }
    },
    explain: (error) => explainMessagingFailure(error, targetOf(fn)),
    onFailure: (reason) =>
      say(
        'error',
        `The listener for function 'Functions.${fn.name}' was unable to start: ${reason} It is tried again.`,
      ),
    onRecovery: () =>
      say('information', `The listener for function 'Functions.${fn.name}' listens again.`),
    signal,
  });
  await dispatch.idle();
  await atMost(CLOSE_LIMIT_MS, client.close());
}

function targetOf({ trigger: { connection, entity } }: ServiceBusFunction): MessagingTarget {
  return {
    connection,
    entity:
      'queueName' in entity
        ? `queue '${entity.queueName}'`
        : `subscription '${entity.subscriptionName}' of the topic '${entity.topicName}'`,
    role: 'Azure Service Bus Data Receiver',
  };
}
