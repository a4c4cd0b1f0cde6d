import type { Clock } from '../clock.ts';
import { type EventPlace, placeEvent } from './event-message.ts';
import type { PartitionLog } from './partition-log.ts';
import type { StoredEvent } from './segment.ts';

export interface PartitionProperties {
  readonly firstSequenceNumber: number;
  /** -1 before the first event. */
  readonly lastSequenceNumber: number;
  /** `-1` before the first event. */
  readonly lastOffset: string;
  readonly lastEnqueuedAtMs?: number;
  readonly isEmpty: boolean;
}

/** One partition: gives events their place, keeps them for the retention time, wakes its readers. */
export class Partition {
  readonly id: string;
  readonly log: PartitionLog;
  readonly #clock: Clock;
  readonly #readers = new Set<() => void>();
  #last: { readonly offset: number; readonly enqueuedAtMs: number } | undefined;
  #nextOffset = 0;
  #isWakeDue = false;
  retentionMs: number;

  constructor(
    id: string,
    log: PartitionLog,
    { clock, retentionMs }: { clock: Clock; retentionMs: number },
  ) {
    this.id = id;
    this.log = log;
    this.#clock = clock;
    this.retentionMs = retentionMs;
    this.#restore();
  }

  #restore(): void {
    const { log } = this;
    if (log.isEmpty) return;
    const lastNumber = log.nextSequenceNumber - 1;
    this.#last = log.entry(lastNumber);
    const [message] = log.read(lastNumber, 1, 1);
    this.#nextOffset = this.#last.offset + (message?.length ?? 0);
  }

  /** All or none. Throws DecodeError for what is no message. */
  append(messages: readonly Buffer[], partitionKey: string | undefined): void {
    // Times never go back within a partition, whatever the clock does.
    const enqueuedAtMs = Math.max(this.#clock.nowMs(), this.#last?.enqueuedAtMs ?? 0);
    let sequenceNumber = this.log.nextSequenceNumber;
    let offset = this.#nextOffset;
    const events: StoredEvent[] = [];
    for (const sent of messages) {
      const place: EventPlace = {
        sequenceNumber,
        offset,
        enqueuedAtMs,
        ...(partitionKey !== undefined && { partitionKey }),
      };
      const message = placeEvent(sent, place);
      events.push({ message, offset, enqueuedAtMs });
      sequenceNumber += 1;
      offset += message.length;
    }
    const last = events.at(-1);
    if (!last) return;
    this.log.append(events);
    this.#nextOffset = offset;
    this.#last = { offset: last.offset, enqueuedAtMs };
    this.expire();
    this.#wake();
  }

  /** Lets go of what is older than the retention time. */
  expire(): void {
    this.log.expire(this.#clock.nowMs() - this.retentionMs);
  }

  get properties(): PartitionProperties {
    this.expire();
    return {
      firstSequenceNumber: this.log.firstSequenceNumber,
      lastSequenceNumber: this.log.nextSequenceNumber - 1,
      lastOffset: String(this.#last?.offset ?? -1),
      ...(this.#last && { lastEnqueuedAtMs: this.#last.enqueuedAtMs }),
      isEmpty: this.log.isEmpty,
    };
  }

  /** Calls `pump` when there are new events; returns what ends that. */
  subscribe(pump: () => void): () => void {
    this.#readers.add(pump);
    return () => this.#readers.delete(pump);
  }

  /** Once for all that was appended in this turn. */
  #wake(): void {
    if (this.#isWakeDue || this.#readers.size === 0) return;
    this.#isWakeDue = true;
    setImmediate(() => {
      this.#isWakeDue = false;
      for (const pump of [...this.#readers]) pump();
    });
  }
}
