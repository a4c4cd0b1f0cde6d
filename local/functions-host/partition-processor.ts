// What happens to the events of one hub's partitions, as EventHubListener.PartitionProcessor.cs has it: one batch after
// the other within a partition, and the checkpoint moves whether the function succeeded or not.
import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import { batchInvocation, singleInvocation, type TriggerPartition } from './event-hub-data.ts';
import type { Execution, Executor } from './executor.ts';
import type { EventHubTrigger, HostFunction } from './host-function.ts';
import { createInFlight } from './in-flight.ts';
import { executeWithRetry } from './retry.ts';

export type EventHubFunction = HostFunction & { readonly trigger: EventHubTrigger };

export interface PartitionProcessorOptions {
  readonly fn: EventHubFunction;
  readonly executor: Executor;
  readonly stopping: AbortSignal;
  /** What went wrong beside the function. */
  readonly onError: (partitionId: string, error: unknown) => void;
}

type Partition = Pick<PartitionContext, 'partitionId' | 'updateCheckpoint'>;

/** One time that this host owns a partition. */
interface Ownership {
  lost: boolean;
  batchesSinceCheckpoint: number;
}

export interface PartitionProcessor {
  begin(partitionId: string): void;
  /** The partition is another host's now: what still runs moves no checkpoint. */
  lose(partitionId: string): void;
  /** Never rejects. */
  process(events: readonly ReceivedEventData[], partition: Partition): Promise<void>;
  /** Resolves when no function runs for an event. */
  idle(): Promise<void>;
}

export function createPartitionProcessor(options: PartitionProcessorOptions): PartitionProcessor {
  const owned = new Map<string, Ownership>();
  const running = createInFlight();
  const ownershipOf = (partitionId: string) => {
    const known = owned.get(partitionId) ?? { lost: false, batchesSinceCheckpoint: 0 };
    owned.set(partitionId, known);
    return known;
  };
  return {
    begin: (partitionId) => {
      owned.set(partitionId, { lost: false, batchesSinceCheckpoint: 0 });
    },
    lose(partitionId) {
      ownershipOf(partitionId).lost = true;
    },
    process: (events, partition) =>
      running.track(processEvents(events, partition, ownershipOf(partition.partitionId), options)),
    idle: () => running.idle(),
  };
}

async function processEvents(
  events: readonly ReceivedEventData[],
  partition: Partition,
  ownership: Ownership,
  options: PartitionProcessorOptions,
): Promise<void> {
  const { fn, onError, stopping } = options;
  const { cardinality, options: settings } = fn.trigger;
  if (stopping.aborted || events.length === 0) return;
  const batches = cardinality === 'many' ? [events] : events.map((event) => [event]);
  for (const batch of batches) {
    // Azure: after the stop, or in another host's partition, nothing begins (PartitionProcessor.cs).
    if (stopping.aborted || ownership.lost) return;
    ownership.batchesSinceCheckpoint++;
    const isDue = ownership.batchesSinceCheckpoint >= settings.batchCheckpointFrequency;
    await run(
      batch,
      { partitionId: partition.partitionId, isCheckpointingAfterInvocation: isDue },
      options,
    );
    const last = batch.at(-1);
    // Azure: a run that was under way at the stop may not have ended well: its events come again.
    if (!isDue || !last || stopping.aborted || ownership.lost) continue;
    ownership.batchesSinceCheckpoint = 0;
    await partition
      .updateCheckpoint(last)
      .catch((error: unknown) => onError(partition.partitionId, error));
  }
}

/** What the function throws is logged where it is thrown, and a retry policy has been carried out then. */
async function run(
  events: readonly ReceivedEventData[],
  partition: TriggerPartition,
  { fn, executor, stopping, onError }: PartitionProcessorOptions,
): Promise<void> {
  let execution: Execution;
  try {
    const [event] = events;
    const invocation =
      fn.trigger.cardinality === 'one' && event
        ? singleInvocation(fn.name, fn.trigger, event, partition)
        : batchInvocation(fn.name, fn.trigger, events, partition);
    execution = { ...invocation, reason: '(null)' };
  } catch (error) {
    onError(partition.partitionId, error);
    return;
  }
  await executeWithRetry(executor, fn, execution, stopping).catch(() => undefined);
}
