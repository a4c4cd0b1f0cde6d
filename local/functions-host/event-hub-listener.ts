// One Event Hubs function: its client, which shares the partitions out with other hosts of the app.

import { setTimeout as delay } from 'node:timers/promises';
import type { EventHubConsumerClient, EventPosition } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';
import { createBlobCheckpointStore } from './blob-checkpoint-store.ts';
import type { InitialOffset } from './event-hub-options.ts';
import type { Executor } from './executor.ts';
import {
  connectHostStorage,
  explainStorageFailure,
  type HostStorageSettings,
  storageErrorOf,
} from './host-storage.ts';
import { aborted, atMost, keepListening, type ListenerFailure } from './keep-listening.ts';
import type { HostLog } from './log.ts';
import { explainMessagingFailure } from './messaging-failure.ts';
import {
  createPartitionProcessor,
  type EventHubFunction,
  type PartitionProcessor,
} from './partition-processor.ts';
import type { LogLevel } from './worker-contract.ts';

export interface EventHubListenerOptions {
  readonly fn: EventHubFunction;
  readonly executor: Executor;
  readonly log: HostLog;
  readonly credential: TokenCredential;
  /** Undefined: the app has none. */
  readonly storage: HostStorageSettings | undefined;
  readonly signal: AbortSignal;
}

const CATEGORY = 'Microsoft.Azure.WebJobs.EventHubs.Listeners.EventHubListener';
const CHECKPOINT_CONTAINER = 'azure-webjobs-eventhub';
const CLOSE_LIMIT_MS = 2_000;
/** The SDK asks again at once after an error of a partition's link. */
const PARTITION_RETRY_MS = 1_000;
const STORAGE_RETRY_MS = 5_000;
/** The SDK sees a link that broke while no event came only when its wait is over. */
const WAIT_SECONDS = 2;

/** Runs the function for the hub's events until `signal` is aborted and the running batches have ended. */
export async function runEventHubListener(options: EventHubListenerOptions): Promise<void> {
  const { fn, log, storage, signal } = options;
  const say = (level: LogLevel, message: string) => log({ level, category: CATEGORY, message });
  const sayUnableToStart = (reason: string) =>
    say(
      'error',
      `The listener for function 'Functions.${fn.name}' was unable to start: ${reason} It is tried again.`,
    );
  if (!storage) {
    sayUnableToStart('it needs host storage, and AzureWebJobsStorage__blobServiceUri is not set.');
    return;
  }
  const onError = (partitionId: string, error: unknown) =>
    say(
      'error',
      `Processing error (Partition Id: '${partitionId}', EventHubPath: '${fn.trigger.eventHubName}'): ${explain(error, fn, storage).reason}`,
    );
  const processor = createPartitionProcessor({
    fn,
    executor: options.executor,
    stopping: signal,
    onError,
  });
  const source = { options, storage, processor, onError };
  await keepListening({
    listen: (stop) => listen(source, stop),
    // The first thing that `listen` does anyhow.
    probe: () => withClient(source, (client) => client.getPartitionIds()),
    explain: (error) => explain(error, fn, storage),
    onFailure: sayUnableToStart,
    onRecovery: () =>
      say('information', `The listener for function 'Functions.${fn.name}' listens again.`),
    signal,
  });
  await processor.idle();
}

interface EventHubSource {
  readonly options: EventHubListenerOptions;
  readonly storage: HostStorageSettings;
  readonly processor: PartitionProcessor;
  readonly onError: (partitionId: string, error: unknown) => void;
}

function explain(
  error: unknown,
  { trigger }: EventHubFunction,
  storage: HostStorageSettings,
): ListenerFailure {
  if (storageErrorOf(error)) {
    return {
      reason: explainStorageFailure(error, storage),
      retryMs: STORAGE_RETRY_MS,
      isPassing: false,
    };
  }
  return explainMessagingFailure(error, {
    connection: trigger.connection,
    entity: `hub '${trigger.eventHubName}'`,
    role: 'Azure Event Hubs Data Receiver',
  });
}

/** Rejects with the first error that the SDK does not get over by itself. */
async function listen(source: EventHubSource, signal: AbortSignal): Promise<void> {
  const { options, processor, onError } = source;
  const { trigger } = options.fn;
  await withClient(source, async (client) => {
    // The SDK's own question has a retry of minutes that can't be set: a refusal has to show here.
    await client.getPartitionIds();
    const failed = Promise.withResolvers<never>();
    /** Partitions whose trouble the log has: it is told once. */
    const troubled = new Set<string>();
    const subscription = client.subscribe(
      {
        processInitialize: async ({ partitionId }) => processor.begin(partitionId),
        processClose: async (reason, { partitionId }) => {
          if (reason === 'OwnershipLost') processor.lose(partitionId);
        },
        processEvents(events, partition) {
          if (events.length > 0) troubled.delete(partition.partitionId);
          return processor.process(events, partition);
        },
        async processError(error, { partitionId }) {
          if (isTakenOver(error)) return;
          if (!canWait(error)) failed.reject(error);
          else if (!troubled.has(partitionId)) onError(partitionId, error);
          troubled.add(partitionId);
          await delay(PARTITION_RETRY_MS, undefined, { signal }).catch(() => undefined);
        },
      },
      {
        maxBatchSize: trigger.cardinality === 'one' ? 1 : trigger.options.maxEventBatchSize,
        maxWaitTimeInSeconds: WAIT_SECONDS,
        prefetchCount: trigger.options.prefetchCount,
        startPosition: startPositionOf(trigger.options.initialOffset),
        skipParsingBodyAsJson: true,
      },
    );
    try {
      await Promise.race([failed.promise, aborted(signal)]);
    } finally {
      // A batch that runs has to end before its partition is given away, or read again.
      if (signal.aborted) await processor.idle();
      await atMost(CLOSE_LIMIT_MS, subscription.close());
      await processor.idle();
    }
  });
}

/** Another host took the partition: no failure. */
const isTakenOver = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ReceiverDisconnectedError';

/** A link that broke is made again by the SDK; a refusal is not its to repeat. */
function canWait(error: unknown): boolean {
  const { code, retryable } = error as { code?: unknown; retryable?: unknown };
  return retryable === true && !/^(UnauthorizedError|MessagingEntity)/.test(String(code));
}

async function withClient<T>(
  { options: { fn, credential }, storage }: EventHubSource,
  use: (client: EventHubConsumerClient) => Promise<T>,
): Promise<T> {
  const { connection, eventHubName, consumerGroup, options } = fn.trigger;
  const [{ EventHubConsumerClient: Client }, container] = await Promise.all([
    import('@azure/event-hubs'),
    connectHostStorage(storage, CHECKPOINT_CONTAINER),
  ]);
  await container.createIfNotExists();
  const client = new Client(
    consumerGroup,
    connection.fullyQualifiedNamespace,
    eventHubName,
    credential,
    createBlobCheckpointStore(container),
    {
      retryOptions: { maxRetries: 0 },
      loadBalancingOptions: {
        // Azure: EventHubOptions.cs.
        strategy: 'greedy',
        updateIntervalInMs: options.loadBalancingUpdateMs,
        partitionOwnershipExpirationIntervalInMs: options.partitionOwnershipExpirationMs,
      },
    },
  );
  try {
    return await use(client);
  } finally {
    await atMost(CLOSE_LIMIT_MS, client.close());
  }
}

function startPositionOf(offset: InitialOffset): EventPosition {
  switch (offset.type) {
    case 'fromStart':
      return { offset: '-1' };
    case 'fromEnd':
      return { offset: '@latest' };
    case 'fromEnqueuedTime':
      return { enqueuedOn: offset.enqueuedTimeMs };
  }
}
