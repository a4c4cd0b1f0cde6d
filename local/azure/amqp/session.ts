// One session [AMQP 2.5]: transfer windows, delivery ids, dispositions, and the links by their handles.
import { decodeOutcome, RELEASED } from './codec/delivery-states.ts';
import { PERFORMATIVE, type Performative } from './codec/performatives.ts';
import {
  type ErrorFields,
  writeEnd,
  writeFlow,
  writeTransfer,
} from './codec/write-performatives.ts';
import type { Connection } from './connection.ts';
import { Dispositions } from './dispositions.ts';
import { ProtocolError } from './frame-reader.ts';
import { IncomingLinkEnd } from './incoming-link-end.ts';
import type { LinkEnd } from './link-end.ts';
import { OutgoingLinkEnd, type TrackedDelivery } from './outgoing-link-end.ts';
import { readAttach } from './read-attach.ts';

/** Source: begin frames of the service. */
export const HANDLE_MAX = 255;
/** Transfers that the peer may send before it hears from us. */
const INCOMING_WINDOW = 5000;
/** Transfer frame around a payload: header, performative with all fields. */
const TRANSFER_OVERHEAD_BYTES = 96;

interface PendingFrame {
  readonly link: OutgoingLinkEnd;
  readonly body: Buffer;
  readonly payload: Buffer;
}

export class Session {
  readonly connection: Connection;
  readonly channel: number;
  readonly #links = new Map<number, LinkEnd>();
  /** Deliveries whose outcome is awaited. */
  readonly #unsettled = new Map<number, TrackedDelivery>();
  readonly #accepted: Dispositions;
  readonly #settled: Dispositions;
  #nextIncomingId: number;
  #receivedSinceFlow = 0;
  #nextOutgoingId = 0;
  #nextDeliveryId = 0;
  #peerWindow: number;
  /** Frames of a message that was begun when the peer's window closed. */
  #waiting: PendingFrame[] = [];
  #isEnded = false;

  constructor(
    connection: Connection,
    channel: number,
    peer: { readonly nextOutgoingId: number; readonly incomingWindow: number },
  ) {
    this.connection = connection;
    this.channel = channel;
    this.#nextIncomingId = peer.nextOutgoingId;
    this.#peerWindow = peer.incomingWindow;
    const write = (body: Buffer) => connection.write(channel, body);
    this.#accepted = new Dispositions(true, write);
    this.#settled = new Dispositions(false, write);
  }

  links(): Iterable<LinkEnd> {
    return this.#links.values();
  }

  findLink(handle: number): LinkEnd | undefined {
    return this.#links.get(handle);
  }

  onPerformative(performative: Performative): void {
    switch (performative.code) {
      case PERFORMATIVE.attach:
        this.#onAttach(performative);
        return;
      case PERFORMATIVE.flow:
        this.#onFlow(performative);
        return;
      case PERFORMATIVE.transfer:
        this.#onTransfer(performative);
        return;
      case PERFORMATIVE.disposition:
        this.#onDisposition(performative);
        return;
      case PERFORMATIVE.detach:
        this.#links.get(performative.number(0))?.onDetach(performative.boolean(1));
        return;
      default:
        this.#answerEnd();
    }
  }

  /** Writes a frame behind the dispositions that came before it. */
  write(body: Buffer, payload?: Buffer): void {
    this.flushDispositions();
    this.connection.write(this.channel, body, payload);
  }

  flushDispositions(): void {
    this.#accepted.flush();
    this.#settled.flush();
  }

  /** The outcome of a delivery that the peer sent. */
  answerIncoming(deliveryId: number, state: Buffer): void {
    this.#accepted.add(deliveryId, state);
    this.connection.scheduleFlush();
  }

  /** Our last word on a delivery that we sent. */
  answerOutgoing(deliveryId: number, state: Buffer): void {
    this.#settled.add(deliveryId, state);
    this.connection.scheduleFlush();
  }

  /** Whether a message may be begun: the peer's window, our socket. */
  get isReady(): boolean {
    const { connection } = this;
    return (
      !this.#isEnded &&
      this.#peerWindow > 0 &&
      this.#waiting.length === 0 &&
      !connection.isCongested
    );
  }

  /** Sends one message in as many frames as it takes; returns its delivery id. */
  sendMessage(link: OutgoingLinkEnd, tag: Buffer, message: Buffer, isSettled: boolean): number {
    const deliveryId = this.#nextDeliveryId;
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    const room = this.connection.maxFrameBytes - TRANSFER_OVERHEAD_BYTES - tag.length;
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

  sendFlow(link?: {
    handle: number;
    deliveryCount: number;
    linkCredit: number;
    isDrain?: boolean;
  }): void {
    this.#receivedSinceFlow = 0;
    this.write(
      writeFlow({
        nextIncomingId: this.#nextIncomingId,
        incomingWindow: INCOMING_WINDOW,
        nextOutgoingId: this.#nextOutgoingId,
        outgoingWindow: INCOMING_WINDOW,
        ...link,
      }),
    );
  }

  /** There may be room again: lets every engine send. */
  pump(): void {
    this.#sendWaiting();
    for (const link of [...this.#links.values()]) {
      if (link instanceof OutgoingLinkEnd) link.pump();
    }
  }

  removeLink(link: LinkEnd): void {
    if (this.#links.get(link.handle) === link) this.#links.delete(link.handle);
  }

  /** Ends without a frame: the connection is gone, or the peer has ended. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const link of [...this.#links.values()]) link.end();
    this.#links.clear();
    this.#unsettled.clear();
    this.#waiting = [];
    this.connection.removeSession(this);
  }

  #answerEnd(error?: ErrorFields): void {
    this.flushDispositions();
    this.end();
    this.connection.write(this.channel, writeEnd(error));
  }

  #onAttach(performative: Performative): void {
    const link = this.#createLink(performative);
    if (link) this.connection.onAttach(link);
  }

  /** Answers an attach with an error that nobody behind has given. */
  refuseAttach(performative: Performative, error: ErrorFields): void {
    this.#createLink(performative)?.refuse(error);
  }

  #createLink(performative: Performative): LinkEnd | undefined {
    const attach = readAttach(performative);
    const { handle } = attach;
    if (handle > HANDLE_MAX) {
      throw new ProtocolError('amqp:connection:framing-error', `handle ${handle} is too high`);
    }
    if (this.#links.has(handle)) {
      const condition = 'amqp:session:handle-in-use';
      this.#answerEnd({ condition, message: `handle ${handle} is in use` });
      return undefined;
    }
    const link = attach.isPeerReceiver
      ? new OutgoingLinkEnd(this, attach)
      : new IncomingLinkEnd(this, attach);
    this.#links.set(handle, link);
    return link;
  }

  #onFlow(flow: Performative): void {
    const peerNextIncomingId = flow.optionalNumber(0) ?? 0;
    // [AMQP 2.5.6] Serial numbers: the difference wraps.
    const inFlight = (this.#nextOutgoingId - peerNextIncomingId) >>> 0;
    this.#peerWindow = flow.number(1) - inFlight;
    const handle = flow.optionalNumber(4);
    const link = handle === undefined ? undefined : this.#links.get(handle);
    link?.onFlow(flow);
    if (flow.boolean(9) && !link?.echoFlow()) this.sendFlow();
    this.#sendWaiting();
    if (!link) this.pump();
  }

  #onTransfer(transfer: Performative): void {
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    this.#receivedSinceFlow += 1;
    const link = this.#links.get(transfer.number(0));
    if (link instanceof IncomingLinkEnd) link.onTransfer(transfer);
    if (this.#receivedSinceFlow >= INCOMING_WINDOW / 2) this.sendFlow();
  }

  #onDisposition(disposition: Performative): void {
    if (!disposition.boolean(0)) return; // of what the peer sent: it was settled by our outcome
    const first = disposition.number(1);
    const count = ((disposition.optionalNumber(2) ?? first) - first + 1) >>> 0;
    const isSettled = disposition.boolean(3);
    const state = disposition.encoded(4) ?? (isSettled ? RELEASED : undefined);
    const outcome = state && decodeOutcome(state);
    if (!outcome) return;
    // The range is the peer's: it may name more deliveries than there ever were.
    const isFew = count <= this.#unsettled.size;
    const ids = isFew
      ? Array.from({ length: count }, (_, index) => (first + index) >>> 0)
      : [...this.#unsettled.keys()].filter((id) => (id - first) >>> 0 < count);
    for (const id of ids) {
      const delivery = this.#unsettled.get(id);
      if (!delivery) continue;
      this.#unsettled.delete(id);
      delivery.link.onOutcome(delivery, outcome, isSettled);
    }
  }

  #sendFrame(frame: PendingFrame): void {
    if (this.#peerWindow <= 0 || this.#waiting.length > 0) {
      this.#waiting.push(frame);
      return;
    }
    this.#peerWindow -= 1;
    this.#nextOutgoingId = (this.#nextOutgoingId + 1) >>> 0;
    this.write(frame.body, frame.payload);
  }

  #sendWaiting(): void {
    const frames = this.#waiting;
    this.#waiting = [];
    for (const frame of frames) this.#sendFrame(frame);
  }
}
