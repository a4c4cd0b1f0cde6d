import { type AmqpValue, typed } from '../amqp/codec/amqp-value.ts';
import { encodeMapSection, SECTION } from '../amqp/codec/sections.ts';
import type { MessageSource, OutgoingLink } from '../amqp/messaging-node.ts';
import type { Partition } from './partition.ts';

/** Asks for the partition's state in the delivery annotations of each event. */
const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric';
/** Read from disk at once, and held for one reader. */
const READ_AHEAD_BYTES = 256 * 1024;
const READ_AHEAD_COUNT = 1000;

export interface ReaderOptions {
  readonly startAt: number;
  readonly nowMs: () => number;
  readonly onClose: () => void;
}

/** One reader of a partition: a position in its log. */
export class PartitionReader implements MessageSource {
  readonly #link: OutgoingLink;
  readonly #partition: Partition;
  readonly #options: ReaderOptions;
  readonly #unsubscribe: () => void;
  readonly #wantsMetrics: boolean;
  readonly offeredCapabilities: readonly string[];
  #next: number;
  #ahead: Buffer[] = [];
  #aheadIndex = 0;

  constructor(link: OutgoingLink, partition: Partition, options: ReaderOptions) {
    this.#link = link;
    this.#partition = partition;
    this.#options = options;
    this.#next = options.startAt;
    this.#wantsMetrics = link.desiredCapabilities.includes(RUNTIME_METRIC);
    this.offeredCapabilities = this.#wantsMetrics ? [RUNTIME_METRIC] : [];
    this.#unsubscribe = partition.subscribe(() => this.pump());
  }

  pump(): void {
    for (let room = this.#link.room; room > 0; room = this.#link.room) {
      const message = this.#take(room);
      if (!message) return;
      // Nothing is locked in Event Hubs: a reader may never settle what it gets.
      this.#link.send(this.#withMetrics(message), { untracked: true });
    }
  }

  #take(room: number): Buffer | undefined {
    if (this.#aheadIndex >= this.#ahead.length) {
      const { log } = this.#partition;
      this.#next = Math.max(this.#next, log.firstSequenceNumber);
      this.#ahead = log.read(this.#next, Math.min(room, READ_AHEAD_COUNT), READ_AHEAD_BYTES);
      this.#aheadIndex = 0;
    }
    const message = this.#ahead[this.#aheadIndex];
    if (!message) return undefined;
    this.#aheadIndex += 1;
    this.#next += 1;
    return message;
  }

  #withMetrics(message: Buffer): Buffer {
    if (!this.#wantsMetrics) return message;
    const annotations = this.#metrics();
    const entries = Object.entries(annotations).map(([key, value]) => ({ key, value }));
    return Buffer.concat([encodeMapSection(SECTION.deliveryAnnotations, entries), message]);
  }

  /** Source: `EventData` of the SDKs, and the mock hub of azure-sdk-for-js. */
  #metrics(): Record<string, AmqpValue> {
    const { lastSequenceNumber, lastOffset, lastEnqueuedAtMs = 0 } = this.#partition.properties;
    return {
      last_enqueued_sequence_number: typed('long', lastSequenceNumber),
      last_enqueued_offset: lastOffset,
      last_enqueued_time_utc: typed('timestamp', lastEnqueuedAtMs),
      runtime_info_retrieval_time_utc: typed('timestamp', this.#options.nowMs()),
    };
  }

  close(): void {
    this.#unsubscribe();
    this.#ahead = [];
    this.#options.onClose();
  }
}
