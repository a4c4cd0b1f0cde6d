// What a session sends: delivery ids, the peer's window, and the deliveries whose outcome is awaited [AMQP 2.5.6].

import { decodeOutcome, decodeTransactionalState, RELEASED } from './codec/delivery-states.ts';
import type { Performative } from './codec/performatives.ts';
import { writeTransfer } from './codec/write-performatives.ts';
import type { OutgoingLinkEnd, TrackedDelivery } from './outgoing-link-end.ts';

/** Transfer frame around a payload: header, performative with all fields. */
const TRANSFER_OVERHEAD_BYTES = 96;

interface PendingFrame {
  readonly link: OutgoingLinkEnd;
  readonly body: Buffer;
  readonly payload: Buffer;
}

export interface OutgoingMessage {
  readonly tag: Buffer;
  readonly message: Buffer;
  readonly isSettled: boolean;
  readonly maxFrameBytes: number;
}

export class OutgoingTransfers {
  readonly #write: (body: Buffer, payload: Buffer) => void;
  readonly #unsettled = new Map<number, TrackedDelivery>();
  #nextTransferId = 0;
  #nextDeliveryId = 0;
  #peerWindow: number;
  /** Frames of a message that was begun when the peer's window closed. */
  #waiting: PendingFrame[] = [];

  constructor(peerWindow: number, write: (body: Buffer, payload: Buffer) => void) {
    this.#peerWindow = peerWindow;
    this.#write = write;
  }

  get nextTransferId(): number {
    return this.#nextTransferId;
  }

  /** Whether the peer takes the begin of a message. */
  get isReady(): boolean {
    return this.#peerWindow > 0 && this.#waiting.length === 0;
  }

  /** Sends one message in as many frames as it takes; returns its delivery id. */
  send(link: OutgoingLinkEnd, { tag, message, isSettled, maxFrameBytes }: OutgoingMessage): number {
    const deliveryId = this.#nextDeliveryId;
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    const room = maxFrameBytes - TRANSFER_OVERHEAD_BYTES - tag.length;
    let at = 0;
    do {
      const payload = message.subarray(at, at + room);
      at += room;
      const isMore = at < message.length;
      const transfer = { handle: link.handle, deliveryId, deliveryTag: tag, isSettled, isMore };
      this.#sendFrame({ link, body: writeTransfer(transfer), payload });
    } while (at < message.length);
    return deliveryId;
  }

  /** Its outcome is awaited. */
  track(delivery: TrackedDelivery): void {
    this.#unsettled.set(delivery.id, delivery);
  }

  /** The deliveries of a link without outcome, oldest first; they are forgotten. */
  takeUnsettled(link: OutgoingLinkEnd): TrackedDelivery[] {
    this.#waiting = this.#waiting.filter((frame) => frame.link !== link);
    const own = [...this.#unsettled.values()].filter((delivery) => delivery.link === link);
    for (const { id } of own) this.#unsettled.delete(id);
    return own;
  }

  /** The peer has told its window: sends what has waited for it. */
  onFlow(flow: Performative): void {
    // Serial numbers: the difference wraps.
    const inFlight = (this.#nextTransferId - (flow.optionalNumber(0) ?? 0)) >>> 0;
    this.#peerWindow = flow.number(1) - inFlight;
    const frames = this.#waiting;
    this.#waiting = [];
    for (const frame of frames) this.#sendFrame(frame);
  }

  /** The peer's outcome for a range of deliveries: each link is told of its own. */
  onDisposition(disposition: Performative): void {
    const first = disposition.number(1);
    const count = ((disposition.optionalNumber(2) ?? first) - first + 1) >>> 0;
    const isSettled = disposition.boolean(3);
    const state = disposition.encoded(4) ?? (isSettled ? RELEASED : undefined);
    const transactional = state && decodeTransactionalState(state);
    const outcome = transactional ? transactional.outcome : state && decodeOutcome(state);
    if (!outcome) return;
    for (const delivery of this.#takeRange(first, count)) {
      if (transactional) {
        delivery.link.onStagedOutcome(delivery, outcome, transactional.transactionId);
      } else delivery.link.onOutcome(delivery, outcome, isSettled);
    }
  }

  /** The range is the peer's: it may name more deliveries than there ever were. */
  #takeRange(first: number, count: number): TrackedDelivery[] {
    const isSmall = count <= this.#unsettled.size;
    const ids = isSmall
      ? Array.from({ length: count }, (_, index) => (first + index) >>> 0)
      : [...this.#unsettled.keys()].filter((id) => (id - first) >>> 0 < count);
    return ids.flatMap((id) => {
      const delivery = this.#unsettled.get(id);
      this.#unsettled.delete(id);
      return delivery ?? [];
    });
  }

  clear(): void {
    this.#unsettled.clear();
    this.#waiting = [];
  }

  #sendFrame(frame: PendingFrame): void {
    if (!this.isReady) {
      this.#waiting.push(frame);
      return;
    }
    this.#peerWindow -= 1;
    this.#nextTransferId = (this.#nextTransferId + 1) >>> 0;
    this.#write(frame.body, frame.payload);
  }
}
