import { remainingMs, sleep } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** How one service makes, fills and takes batches. Each throws AppError. */
export interface BatchSink<Batch> {
  open(partitionKey: string | undefined): Promise<Batch>;
  /** False: it does not fit in. */
  add(batch: Batch, message: OutgoingMessage): boolean;
  send(batch: Batch): Promise<void>;
}

/** All that is to be sent, packed; nothing has been sent yet. */
export interface PreparedBatches {
  /** What fits into no batch, even alone. */
  readonly tooLarge: readonly OutgoingMessage[];
  /**
   * Sends all but those, and tells of each batch that was taken. Throws the AppError of the first batch that was
   * not; by then nothing is on its way any more.
   */
  send(onAccepted: (messages: readonly OutgoingMessage[]) => void): Promise<void>;
}

interface Packed<Batch> {
  readonly batch: Batch;
  readonly messages: OutgoingMessage[];
}

/** Batches of one key go one after the other; those of so many keys go at the same time. */
const LANES = 8;
const BUSY_WAIT_MS = 1_000;

/**
 * Packs messages into as few batches as the service takes, in their order. A partition key holds for a whole batch, so
 * they are grouped by it first. Throws AppError, for one if the link can't be attached.
 */
export async function prepareBatches<Batch>(
  messages: readonly OutgoingMessage[],
  sink: BatchSink<Batch>,
): Promise<PreparedBatches> {
  const tooLarge: OutgoingMessage[] = [];
  const groups: Packed<Batch>[][] = [];
  for (const [key, group] of Map.groupBy(messages, ({ partitionKey }) => partitionKey)) {
    groups.push(await pack(key, group, sink, tooLarge));
  }
  return { tooLarge, send: (onAccepted) => sendGroups(groups, sink, onAccepted) };
}

async function pack<Batch>(
  partitionKey: string | undefined,
  messages: readonly OutgoingMessage[],
  sink: BatchSink<Batch>,
  tooLarge: OutgoingMessage[],
): Promise<Packed<Batch>[]> {
  const batches: Packed<Batch>[] = [];
  let current: Packed<Batch> = { batch: await sink.open(partitionKey), messages: [] };
  const close = async () => {
    batches.push(current);
    current = { batch: await sink.open(partitionKey), messages: [] };
  };
  for (const message of messages) {
    let fits = sink.add(current.batch, message);
    if (!fits && current.messages.length > 0) {
      await close();
      fits = sink.add(current.batch, message);
    }
    if (fits) current.messages.push(message);
    else tooLarge.push(message);
  }
  if (current.messages.length > 0) batches.push(current);
  return batches;
}

async function sendGroups<Batch>(
  groups: readonly Packed<Batch>[][],
  sink: BatchSink<Batch>,
  onAccepted: (messages: readonly OutgoingMessage[]) => void,
): Promise<void> {
  const waiting = groups.values();
  let failure: { readonly error: unknown } | undefined;
  const runLane = async () => {
    // The lanes take from one iterator.
    for (const group of waiting) {
      for (const { batch, messages } of group) {
        if (failure) return;
        await sendPatiently(batch, sink);
        onAccepted(messages);
      }
    }
  };
  const lanes = Array.from({ length: Math.min(LANES, groups.length) }, () =>
    runLane().catch((error: unknown) => {
      failure ??= { error };
    }),
  );
  await Promise.all(lanes);
  if (failure) throw failure.error;
}

/** A busy service is asked again after its time, if the operation has that much left. */
async function sendPatiently<Batch>(batch: Batch, sink: BatchSink<Batch>): Promise<void> {
  for (;;) {
    try {
      return await sink.send(batch);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'THROTTLED') throw error;
      const { retryAfterSeconds } = error;
      const waitMs = retryAfterSeconds === undefined ? BUSY_WAIT_MS : retryAfterSeconds * 1000;
      if (waitMs + BUSY_WAIT_MS > remainingMs()) throw error;
      await sleep(waitMs);
    }
  }
}
