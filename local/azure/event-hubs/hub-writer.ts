// What stands under "Azure:" here follows https://learn.microsoft.com/azure/event-hubs/event-hubs-features.
import { unbatch } from '../amqp/codec/sections.ts';
import { BATCH_FORMAT, type IncomingLink, type MessageSink } from '../amqp/messaging-node.ts';
import type { EventHub } from './event-hub.ts';
import { readPartitionKey } from './event-message.ts';
import type { Partition } from './partition.ts';

/** One sender: to a fixed partition, or to the one that the key, or the turn, chooses. */
export class HubWriter implements MessageSink {
  readonly #link: IncomingLink;
  readonly #hub: EventHub;
  readonly #partition: Partition | undefined;

  constructor(link: IncomingLink, hub: EventHub, partition: Partition | undefined) {
    this.#link = link;
    this.#hub = hub;
    this.#partition = partition;
  }

  /** A batch goes to one partition as a whole. Azure: the key in its envelope counts for all its events. */
  receive(message: Buffer, format: number): void {
    const hub = this.#hub;
    hub.assertTakesEvents();
    const events = format === BATCH_FORMAT ? unbatch(message) : [message];
    const key = readPartitionKey(message);
    const partition = this.#partition ?? hub.choosePartition(key);
    partition.append(events, key);
    hub.recordSend(this.#link, events.length);
  }
}
