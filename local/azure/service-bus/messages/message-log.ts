import type { BrokeredMessage } from './brokered-message.ts';

/** Removed entries are swept when they are this many and the half. */
const SWEEP_MINIMUM = 64;

/** The messages of an entity by sequence number. Numbers only rise, so a sorted array does. */
export class MessageLog {
  #messages: BrokeredMessage[] = [];
  #gone = 0;

  get size(): number {
    return this.#messages.length - this.#gone;
  }

  /** Its number is higher than every one before. */
  add(message: BrokeredMessage): void {
    this.#messages.push(message);
  }

  /** Marks it as gone. */
  remove(message: BrokeredMessage): void {
    message.isGone = true;
    this.#gone++;
    if (this.#gone < SWEEP_MINIMUM || this.#gone * 2 < this.#messages.length) return;
    this.#messages = this.#messages.filter(({ isGone }) => !isGone);
    this.#gone = 0;
  }

  find(sequenceNumber: number): BrokeredMessage | undefined {
    const message = this.#messages[this.#indexOf(sequenceNumber)];
    return message?.sequenceNumber === sequenceNumber && !message.isGone ? message : undefined;
  }

  /** In order, beginning with `sequenceNumber` or the next higher one. */
  *from(sequenceNumber: number): Generator<BrokeredMessage> {
    const messages = this.#messages;
    for (let index = this.#indexOf(sequenceNumber); index < messages.length; index++) {
      const message = messages[index];
      if (message && !message.isGone) yield message;
    }
  }

  /** Index of the first message whose number is not lower. */
  #indexOf(sequenceNumber: number): number {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#messages[middle]?.sequenceNumber ?? 0) < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
