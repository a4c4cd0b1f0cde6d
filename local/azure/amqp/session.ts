// One session [AMQP 2.5]: its links by their handles, what it receives, and the dispositions of both directions.
import { PERFORMATIVE, type Performative } from './codec/performatives.ts';
import {
  type ErrorFields,
  writeDisposition,
  writeEnd,
  writeFlow,
} from './codec/write-performatives.ts';
import type { Connection } from './connection.ts';
import { Dispositions } from './dispositions.ts';
import { ProtocolError } from './frame-reader.ts';
import { IncomingLinkEnd } from './incoming-link-end.ts';
import type { LinkEnd } from './link-end.ts';
import { OutgoingLinkEnd } from './outgoing-link-end.ts';
import { OutgoingTransfers } from './outgoing-transfers.ts';
import { readAttach } from './read-attach.ts';

/** Source: begin frames of the service. */
export const HANDLE_MAX = 255;
/** Transfers that the peer may send before it hears from us. */
const INCOMING_WINDOW = 5000;

export class Session {
  readonly connection: Connection;
  readonly channel: number;
  readonly outgoing: OutgoingTransfers;
  readonly #links = new Map<number, LinkEnd>();
  readonly #accepted: Dispositions;
  readonly #settled: Dispositions;
  #nextIncomingId: number;
  #receivedSinceFlow = 0;
  #isEnded = false;

  constructor(
    connection: Connection,
    channel: number,
    peer: { readonly nextOutgoingId: number; readonly incomingWindow: number },
  ) {
    this.connection = connection;
    this.channel = channel;
    this.#nextIncomingId = peer.nextOutgoingId;
    this.outgoing = new OutgoingTransfers(peer.incomingWindow, (body, payload) =>
      this.write(body, payload),
    );
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
      case PERFORMATIVE.attach: {
        const link = this.#createLink(performative);
        if (link) this.connection.onAttach(link);
        return;
      }
      case PERFORMATIVE.flow:
        this.#onFlow(performative);
        return;
      case PERFORMATIVE.transfer:
        this.#onTransfer(performative);
        return;
      case PERFORMATIVE.disposition:
        // Of what the peer sent, it says no more than our own outcome did.
        if (performative.boolean(0)) this.outgoing.onDisposition(performative);
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

  /** The outcome stands when its transaction commits: the delivery stays unsettled [AMQP 4.4.2]. */
  answerStaged(deliveryId: number, state: Buffer): void {
    const [first, last] = [deliveryId, deliveryId];
    this.write(writeDisposition({ isReceiver: false, first, last, isSettled: false, state }));
  }

  /** Whether a message may be begun: the peer's window, our socket. */
  get isReady(): boolean {
    return !this.#isEnded && this.outgoing.isReady && !this.connection.isCongested;
  }

  sendFlow(link?: {
    readonly handle: number;
    readonly deliveryCount: number;
    readonly linkCredit: number;
    readonly isDrain?: boolean;
  }): void {
    this.#receivedSinceFlow = 0;
    this.write(
      writeFlow({
        nextIncomingId: this.#nextIncomingId,
        incomingWindow: INCOMING_WINDOW,
        nextOutgoingId: this.outgoing.nextTransferId,
        outgoingWindow: INCOMING_WINDOW,
        ...link,
      }),
    );
  }

  /** There may be room again: lets every engine send. */
  pump(): void {
    for (const link of [...this.#links.values()]) {
      if (link instanceof OutgoingLinkEnd) link.pump();
    }
  }

  removeLink(link: LinkEnd): void {
    if (this.#links.get(link.handle) === link) this.#links.delete(link.handle);
  }

  /** Answers an attach with an error that nobody behind has given. */
  refuseAttach(performative: Performative, error: ErrorFields): void {
    this.#createLink(performative)?.refuse(error);
  }

  /** Ends without a frame: the connection is gone, or the peer has ended. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const link of [...this.#links.values()]) link.end();
    this.#links.clear();
    this.outgoing.clear();
    this.connection.removeSession(this);
  }

  #answerEnd(error?: ErrorFields): void {
    this.flushDispositions();
    this.end();
    this.connection.write(this.channel, writeEnd(error));
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
    this.outgoing.onFlow(flow);
    const handle = flow.optionalNumber(4);
    const link = handle === undefined ? undefined : this.#links.get(handle);
    link?.onFlow(flow);
    if (flow.boolean(9) && !link?.echoFlow()) this.sendFlow();
    if (!link) this.pump();
  }

  #onTransfer(transfer: Performative): void {
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    this.#receivedSinceFlow += 1;
    const link = this.#links.get(transfer.number(0));
    if (link instanceof IncomingLinkEnd) link.onTransfer(transfer);
    if (this.#receivedSinceFlow >= INCOMING_WINDOW / 2) this.sendFlow();
  }
}
