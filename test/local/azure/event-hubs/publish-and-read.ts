import {
  type EventHubConsumerClient,
  type EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';

export async function publish(
  producer: EventHubProducerClient,
  bodies: readonly unknown[],
  options: { partitionKey?: string; partitionId?: string } = {},
): Promise<void> {
  const batch = await producer.createBatch(options);
  for (const body of bodies) if (!batch.tryAdd({ body })) throw new Error('the batch is full');
  await producer.sendBatch(batch);
}

/** The first `count` events from a position, by partition or from all; rejects with the first error. */
export async function read(
  consumer: EventHubConsumerClient,
  count: number,
  {
    partitionId,
    startPosition = earliestEventPosition,
    onStart = async () => {},
    ...more
  }: Omit<SubscribeOptions, 'startPosition'> & {
    partitionId?: string;
    startPosition?: EventPosition;
    /** Called when all partitions are being read. */
    onStart?: () => Promise<unknown>;
  } = {},
): Promise<ReceivedEventData[]> {
  const events: ReceivedEventData[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const handlers = {
    async processEvents(received: ReceivedEventData[]) {
      events.push(...received);
      if (events.length >= count) resolve();
    },
    async processError(error: Error) {
      reject(error);
    },
  };
  const options = { ...more, startPosition, maxWaitTimeInSeconds: 1 };
  const subscription = partitionId
    ? consumer.subscribe(partitionId, handlers, options)
    : consumer.subscribe(handlers, options);
  try {
    await onStart();
    await promise;
    return events;
  } finally {
    await subscription.close();
  }
}

export const bodiesOf = (events: readonly ReceivedEventData[]): unknown[] =>
  events.map(({ body }) => body);
