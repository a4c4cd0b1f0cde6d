import { setImmediate } from 'node:timers/promises';
import type { TokenCredential } from '@azure/core-auth';
import type {
  EventData,
  EventDataBatch,
  EventHubConsumerClient,
  EventHubProducerClient,
} from '@azure/event-hubs';
import { ClientHolder, useOnce } from './messaging/client-holder.ts';
import { eventHubsSdk } from './messaging/load-sdks.ts';
import type { OutgoingMessage } from './messaging/outgoing-message.ts';
import { pacedCredential } from './messaging/paced-credential.ts';
import { type PreparedBatches, prepareBatches } from './messaging/prepare-batches.ts';
import { messagingRetryOptions } from './messaging/retry-options.ts';
import { type Operation, operations } from './operations.ts';
import { refusedByBroker } from './refusals/refused-by-broker.ts';

/** As the SDK spells it, with two slashes. */
export const EVENT_HUBS_SCOPE = 'https://eventhubs.azure.net//.default';

export interface EventHub {
  /** `sb://<namespace>/<hub>` */
  readonly address: string;
  /** Attaches and packs; nothing is sent yet. Throws AppError. */
  prepare(messages: readonly OutgoingMessage[]): Promise<PreparedBatches>;
  /** Attaches anew without sending: may we send? Throws AppError. */
  probe(): Promise<Operation>;
  /** Attaches as a reader beside all others, and takes nothing: may the trigger receive? Throws AppError. */
  probeReceive(): Promise<Operation>;
  /** Ends the connection, within 2 s. */
  close(): Promise<void>;
}

export interface EventHubAddress {
  /** Host name. */
  readonly namespace: string;
  readonly hub: string;
}

export function createEventHub(
  { namespace, hub }: EventHubAddress,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): EventHub {
  const address = `sb://${namespace}/${hub}`;
  const operation = operations.sendEvents(address);
  const createProducer = async (): Promise<EventHubProducerClient> => {
    const { EventHubProducerClient: Producer } = await eventHubsSdk();
    return new Producer(namespace, hub, pacedCredential(credential), {
      retryOptions: messagingRetryOptions(),
    });
  };
  const holder = new ClientHolder(createProducer);
  const createConsumer = async (): Promise<EventHubConsumerClient> => {
    const { EventHubConsumerClient: Consumer } = await eventHubsSdk();
    return new Consumer(
      Consumer.defaultConsumerGroupName,
      namespace,
      hub,
      pacedCredential(credential),
      {
        // The SDK forgets the timer of a reader that it makes again (withAuth.js, 6.0.4): it would renew tokens for ever.
        retryOptions: { ...messagingRetryOptions(), maxRetries: 0 },
      },
    );
  };
  const told = async <T>(call: Promise<T>, about = operation): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw refusedByBroker(error, about, principalIdInHand(EVENT_HUBS_SCOPE));
    }
  };
  return {
    address,
    prepare: (messages) =>
      prepareBatches<EventDataBatch>(messages, {
        open: (partitionKey) =>
          told(
            holder.use((producer, abortSignal) =>
              producer.createBatch({ abortSignal, ...(partitionKey && { partitionKey }) }),
            ),
          ),
        add: (batch, message) => batch.tryAdd(toEventData(message)),
        send: (batch) =>
          told(holder.use((producer, abortSignal) => producer.sendBatch(batch, { abortSignal }))),
      }),
    async probe() {
      await told(
        useOnce(createProducer, (producer, abortSignal) => producer.createBatch({ abortSignal })),
      );
      return operation;
    },
    async probeReceive() {
      const receive = operations.receiveEvents(address);
      await told(
        useOnce(createConsumer, (consumer) => untilAttached(consumer)),
        receive,
      );
      return receive;
    },
    close: () => holder.close(),
  };
}

/** Every hub has this one. */
const FIRST_PARTITION = '0';

/** Resolves when the service has let a reader of what comes from now on in. Throws what the SDK throws. */
async function untilAttached(consumer: EventHubConsumerClient): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { latestEventPosition } = await eventHubsSdk();
  const subscription = consumer.subscribe(
    FIRST_PARTITION,
    // Called with nothing when nothing came in time.
    { processEvents: async () => resolve(), processError: async (error) => reject(error) },
    { startPosition: latestEventPosition, maxWaitTimeInSeconds: 1, maxBatchSize: 1 },
  );
  try {
    await promise;
  } finally {
    // The SDK stops that timer only if it has come to know of it, which is after it tells of a refusal.
    await setImmediate();
    await subscription.close();
  }
}

function toEventData({ messageId, body, contentType, properties }: OutgoingMessage): EventData {
  return { messageId, body, contentType, properties: { ...properties } };
}
