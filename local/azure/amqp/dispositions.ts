import { ACCEPTED } from './codec/delivery-states.ts';
import { writeDisposition } from './codec/write-performatives.ts';

/** Settled dispositions of one direction; neighbours that are accepted leave as one range. */
export class Dispositions {
  readonly #isReceiver: boolean;
  readonly #write: (body: Buffer) => void;
  #range: { first: number; last: number } | undefined;

  /** `isReceiver`: of messages that we received. */
  constructor(isReceiver: boolean, write: (body: Buffer) => void) {
    this.#isReceiver = isReceiver;
    this.#write = write;
  }

  add(deliveryId: number, state: Buffer): void {
    if (state !== ACCEPTED) {
      this.flush();
      this.#send(deliveryId, deliveryId, state);
    } else if (this.#range && deliveryId === (this.#range.last + 1) >>> 0) {
      this.#range.last = deliveryId;
    } else {
      this.flush();
      this.#range = { first: deliveryId, last: deliveryId };
    }
  }

  flush(): void {
    const range = this.#range;
    if (!range) return;
    this.#range = undefined;
    this.#send(range.first, range.last, ACCEPTED);
  }

  #send(first: number, last: number, state: Buffer): void {
    const isReceiver = this.#isReceiver;
    this.#write(writeDisposition({ isReceiver, first, last, isSettled: true, state }));
  }
}
