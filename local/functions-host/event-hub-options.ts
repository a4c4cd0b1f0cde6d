import { readExtensionSettings } from './extension-settings.ts';

export type InitialOffset =
  | { readonly type: 'fromStart' }
  | { readonly type: 'fromEnd' }
  | { readonly type: 'fromEnqueuedTime'; readonly enqueuedTimeMs: number };

/** host.json's `extensions.eventHubs`, with Azure's defaults (EventHubOptions.cs). */
export interface EventHubOptions {
  readonly maxEventBatchSize: number;
  readonly prefetchCount: number;
  /** Batches from one checkpoint to the next. */
  readonly batchCheckpointFrequency: number;
  /** Where a partition without a checkpoint begins. */
  readonly initialOffset: InitialOffset;
  readonly loadBalancingUpdateMs: number;
  readonly partitionOwnershipExpirationMs: number;
}

/**
 * Throws a sentence that names the setting if it is wrong, or one that this host does not serve.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs#hostjson-settings
 */
export function readEventHubOptions(section: unknown): EventHubOptions {
  const settings = readExtensionSettings(section, 'extensions.eventHubs');
  // Pretend: of the less usual settings only their defaults.
  settings.refuse({
    minEventBatchSize: 1,
    transportType: 'amqpTcp',
    webProxy: '',
    customEndpointAddress: '',
    trackLastEnqueuedEventProperties: false,
    enableCheckpointing: true,
  });
  // The names of extension 4, which extension 5 still reads (EventHubWebJobsBuilderExtensions.cs).
  const processor = settings.section('eventProcessorOptions');
  const partitions = settings.section('partitionManagerOptions');
  return {
    maxEventBatchSize: settings.integer(
      'maxEventBatchSize',
      processor.integer('maxBatchSize', 100, 1),
      1,
    ),
    prefetchCount: settings.integer('prefetchCount', processor.integer('prefetchCount', 300, 0), 0),
    batchCheckpointFrequency: settings.integer('batchCheckpointFrequency', 1, 1),
    initialOffset: initialOffsetOf(settings.section('initialOffsetOptions')),
    loadBalancingUpdateMs:
      settings.timeSpan('loadBalancingUpdateInterval') ??
      partitions.timeSpan('renewInterval') ??
      10_000,
    partitionOwnershipExpirationMs:
      settings.timeSpan('partitionOwnershipExpirationInterval') ??
      partitions.timeSpan('leaseDuration') ??
      60_000,
  };
}

function initialOffsetOf(settings: ReturnType<typeof readExtensionSettings>): InitialOffset {
  const type = settings.text('type')?.toLowerCase() || 'fromstart';
  if (type === 'fromstart') return { type: 'fromStart' };
  if (type === 'fromend') return { type: 'fromEnd' };
  if (type !== 'fromenqueuedtime') {
    throw new Error('An unsupported value was supplied for initialOffsetOptions.type');
  }
  const enqueuedTimeMs = Date.parse(settings.text('enqueuedTimeUtc') ?? '');
  if (Number.isNaN(enqueuedTimeMs)) {
    throw new Error(
      "A time must be specified for 'enqueuedTimeUtc', when 'initialOffsetOptions.type' is set to 'fromEnqueuedTime'.",
    );
  }
  return { type: 'fromEnqueuedTime', enqueuedTimeMs };
}
