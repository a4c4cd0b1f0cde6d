import type { BrokeredMessage } from './brokered-message.ts';

/** The front of the array is cut off when this much of it is used up, or was left by messages. */
const CUT_MINIMUM = 1024;

/**
 * Messages that wait for a receiver, in sequence order: new ones come at the end, returned ones (abandoned, lock
 * expired) to their old place. A message that is no longer ready (expired, moved) is passed over.
 */
export class ReadyMessages {
  #fresh: BrokeredMessage[] = [];
  #head = 0;
  /** A binary heap by sequence number. */
  #returned: BrokeredMessage[] = [];
  #left = 0;

  /** Its number is higher than that of every message added before. */
  add(message: BrokeredMessage): void {
    this.#fresh.push(message);
  }

  putBack(message: BrokeredMessage): void {
    const heap = this.#returned;
    let at = heap.length;
    while (at > 0) {
      const parentIndex = (at - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.sequenceNumber <= message.sequenceNumber) break;
      heap[at] = parent;
      at = parentIndex;
    }
    heap[at] = message;
  }

  /** A message stopped being ready while it waited here. */
  noteLeft(): void {
    this.#left++;
    if (this.#left < CUT_MINIMUM || this.#left * 2 < this.#fresh.length - this.#head) return;
    this.#fresh = this.#fresh.slice(this.#head).filter(({ isReady }) => isReady);
    this.#head = 0;
    // A sorted array is a heap.
    this.#returned = this.#returned
      .filter(({ isReady }) => isReady)
      .sort((left, right) => left.sequenceNumber - right.sequenceNumber);
    this.#left = 0;
  }

  /** The first ready message, which stays. */
  peek(): BrokeredMessage | undefined {
    const fresh = this.#firstFresh();
    const returned = this.#firstReturned();
    if (!fresh || !returned) return fresh ?? returned;
    return returned.sequenceNumber < fresh.sequenceNumber ? returned : fresh;
  }

  /** Takes the first ready message out. */
  take(): BrokeredMessage | undefined {
    const message = this.peek();
    if (message === undefined) return undefined;
    if (message === this.#returned[0]) this.#dropReturned();
    else this.#dropFresh();
    return message;
  }

  #firstFresh(): BrokeredMessage | undefined {
    let message = this.#fresh[this.#head];
    while (message && !message.isReady) {
      this.#dropFresh();
      message = this.#fresh[this.#head];
    }
    return message;
  }

  #firstReturned(): BrokeredMessage | undefined {
    while (this.#returned[0] && !this.#returned[0].isReady) this.#dropReturned();
    return this.#returned[0];
  }

  #dropFresh(): void {
    this.#head++;
    const isUsedUp = this.#head === this.#fresh.length;
    if (!isUsedUp && (this.#head < CUT_MINIMUM || this.#head * 2 < this.#fresh.length)) return;
    this.#fresh = this.#fresh.slice(this.#head);
    this.#head = 0;
  }

  #dropReturned(): void {
    const heap = this.#returned;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let childIndex = at * 2 + 1;
      const right = heap[childIndex + 1];
      let child = heap[childIndex];
      if (child && right && right.sequenceNumber < child.sequenceNumber) {
        child = right;
        childIndex++;
      }
      if (!child || child.sequenceNumber >= last.sequenceNumber) break;
      heap[at] = child;
      at = childIndex;
    }
    heap[at] = last;
  }
}
