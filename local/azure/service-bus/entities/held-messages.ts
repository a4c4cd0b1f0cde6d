import type { BrokeredMessage } from '../messages/brokered-message.ts';
import type { MessageContent } from '../messages/message-content.ts';
import { MessageLog } from '../messages/message-log.ts';
import type { QueueContents, QueueStore } from '../store/stored-message.ts';
import type { EntitySize } from './entity-size.ts';

/** The messages that are in a queue: found by number, counted against the entity's size, written down. */
export class HeldMessages {
  readonly #log = new MessageLog();
  readonly #size: EntitySize;
  readonly #store: QueueStore;
  #lastSequenceNumber = 0;

  constructor({ size, store }: { readonly size: EntitySize; readonly store: QueueStore }) {
    this.#size = size;
    this.#store = store;
  }

  get count(): number {
    return this.#log.size;
  }

  /** What an earlier process left, to be added again. `sessions`: those with a state, at any time. */
  open(sessions: QueueContents['sessions']): QueueContents {
    const last = () => this.#lastSequenceNumber;
    const found = this.#store.open({
      get lastSequenceNumber() {
        return last();
      },
      messages: () => this.#log.from(0),
      sessions,
    });
    this.#lastSequenceNumber = found.lastSequenceNumber;
    return found;
  }

  /** The next sequence number. */
  takeNumber(): number {
    this.#store.takeNumber(++this.#lastSequenceNumber);
    return this.#lastSequenceNumber;
  }

  find(sequenceNumber: number): BrokeredMessage | undefined {
    return this.#log.find(sequenceNumber);
  }

  from(sequenceNumber: number): Generator<BrokeredMessage> {
    return this.#log.from(sequenceNumber);
  }

  /** Its number is higher than every one before. Write it down with `save` when it is whole. */
  add(message: BrokeredMessage): void {
    this.#log.add(message);
    this.#size.hold(message.content);
  }

  save(message: BrokeredMessage): void {
    this.#store.put(message);
  }

  saveDelivery(message: BrokeredMessage): void {
    this.#store.change(message);
  }

  remove(message: BrokeredMessage): void {
    this.#store.remove(message);
    this.#log.remove(message);
    this.#size.release(message.content);
  }

  /** Gives it another content. */
  change(message: BrokeredMessage, content: MessageContent): void {
    if (content === message.content) return;
    this.#size.hold(content);
    this.#size.release(message.content);
    message.content = content;
    this.#store.put(message);
  }
}
