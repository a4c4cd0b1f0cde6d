import { join } from 'node:path';
import type { AttachedLink } from '../amqp/messaging-node.ts';
import type { Clock } from '../clock.ts';
import type { EventHubSettings } from '../providers/provider.ts';
import { Epochs } from './epochs.ts';
import {
  entityDisabled,
  entityNotFound,
  partitionOutOfRange,
  type Refuse,
  storageFull,
} from './event-hubs-error.ts';
import { HubLinks } from './hub-links.ts';
import { Partition } from './partition.ts';
import { partitionOfKey } from './partition-key-hash.ts';
import { PartitionLog } from './partition-log.ts';

const HOUR_MS = 3_600_000;
/** Sends between two looks at the size on disk. */
const SIZE_CHECK_EVERY = 64;

export interface EventHubParts {
  readonly clock: Clock;
  readonly refuse: Refuse;
  /** Where its partitions are kept. */
  readonly directory: string;
  readonly maxBytes: number;
  recordSend(hub: EventHub, link: AttachedLink, count: number): void;
}

/** A hub: its partitions, its consumer groups and who reads what. */
export class EventHub {
  readonly name: string;
  readonly resourceId: string;
  readonly createdAtMs: number;
  readonly partitions: Partition[] = [];
  readonly #parts: EventHubParts;
  /** Lower-case name → name and ARM id. */
  readonly #groups = new Map<string, { readonly name: string; readonly resourceId: string }>();
  readonly #epochs = new Map<string, Epochs>();
  /** Senders and readers that are attached. */
  readonly links = new HubLinks();
  #status: EventHubSettings['status'] = 'Active';
  #turn = 0;
  #sendsUntilCheck = 0;

  constructor(settings: EventHubSettings, parts: EventHubParts) {
    this.name = settings.name;
    this.resourceId = settings.resourceId;
    this.createdAtMs = parts.clock.nowMs();
    this.#parts = parts;
    this.putConsumerGroup('$Default', `${settings.resourceId}/consumergroups/$Default`);
    this.change(settings);
  }

  /** Partitions are added, never taken away. */
  change({ partitionCount, retentionHours, status }: EventHubSettings): void {
    const { clock, directory } = this.#parts;
    const retentionMs = retentionHours * HOUR_MS;
    this.#status = status;
    for (const partition of this.partitions) partition.retentionMs = retentionMs;
    while (this.partitions.length < partitionCount) {
      const id = String(this.partitions.length);
      const log = new PartitionLog(join(directory, id));
      this.partitions.push(new Partition(id, log, { clock, retentionMs }));
    }
    const disabled = entityDisabled(this.#parts.refuse, this.name);
    if (!this.#takesEvents) this.links.end(disabled, (group) => group === undefined);
    if (!this.#givesEvents) this.links.end(disabled, (group) => group !== undefined);
  }

  /** Throws AmqpError. */
  partition(id: string): Partition {
    const found = this.partitions.find((partition) => partition.id === id);
    if (found) return found;
    throw partitionOutOfRange(this.#parts.refuse, this.partitions.length);
  }

  /** By the key's hash; without key, in turn. */
  choosePartition(partitionKey: string | undefined): Partition {
    const count = this.partitions.length;
    const index =
      partitionKey === undefined ? this.#turn++ % count : partitionOfKey(partitionKey, count);
    return this.partition(String(index));
  }

  putConsumerGroup(name: string, resourceId: string): void {
    this.#groups.set(name.toLowerCase(), { name, resourceId });
  }

  removeConsumerGroup(name: string): void {
    const gone = name.toLowerCase();
    if (!this.#groups.delete(gone)) return;
    const error = entityNotFound(this.#parts.refuse, `${this.name}|${name}`);
    this.links.end(error, (group) => group === gone);
  }

  findConsumerGroup(
    name: string,
  ): { readonly name: string; readonly resourceId: string } | undefined {
    return this.#groups.get(name.toLowerCase());
  }

  /** The readers of a partition in a group. */
  epochs(group: string, partition: Partition): Epochs {
    const key = `${group.toLowerCase()}/${partition.id}`;
    const epochs = this.#epochs.get(key) ?? new Epochs();
    this.#epochs.set(key, epochs);
    return epochs;
  }

  /** Throws AmqpError while the hub is disabled for senders, or full. */
  assertTakesEvents(): void {
    const { refuse, maxBytes } = this.#parts;
    if (!this.#takesEvents) throw entityDisabled(refuse, this.name);
    if (this.#sendsUntilCheck-- > 0) return;
    if (this.sizeBytes > maxBytes) throw storageFull(refuse);
    this.#sendsUntilCheck = SIZE_CHECK_EVERY;
  }

  /** Throws AmqpError while the hub is disabled for readers. */
  assertGivesEvents(): void {
    if (!this.#givesEvents) throw entityDisabled(this.#parts.refuse, this.name);
  }

  get #takesEvents(): boolean {
    return this.#status === 'Active' || this.#status === 'ReceiveDisabled';
  }

  get #givesEvents(): boolean {
    return this.#status === 'Active' || this.#status === 'SendDisabled';
  }

  get sizeBytes(): number {
    return this.partitions.reduce((sum, { log }) => sum + log.sizeBytes, 0);
  }

  recordSend(link: AttachedLink, count: number): void {
    this.#parts.recordSend(this, link, count);
  }

  close(): void {
    for (const { log } of this.partitions) log.close();
  }

  delete(): void {
    this.links.end(entityNotFound(this.#parts.refuse, this.name), () => true);
    for (const { log } of this.partitions) log.delete();
  }
}
