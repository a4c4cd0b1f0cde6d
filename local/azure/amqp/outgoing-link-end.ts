// A client's receiver, seen from the broker: sends while there is room, and takes the outcomes.
import { encodeOutcome, encodeTransactionalState, rejectedWith } from './codec/delivery-states.ts';
import type { Performative } from './codec/performatives.ts';
import { replaceFilters } from './codec/terminus.ts';
import { LinkEnd } from './link-end.ts';
import type {
  Delivery,
  MessageSource,
  Outcome,
  OutgoingLink,
  SendOptions,
} from './messaging-node.ts';
import { toAmqpError } from './to-amqp-error.ts';
import { noTransactionsHere } from './transactions.ts';

const SETTLED = 1;
const SECOND = 1;

export interface TrackedDelivery extends Delivery {
  readonly id: number;
  readonly link: OutgoingLinkEnd;
}

export class OutgoingLinkEnd extends LinkEnd implements OutgoingLink {
  #source: MessageSource | undefined;
  #credit = 0;
  #deliveryCount = 0;
  #isDraining = false;
  #isPumping = false;
  #nextTag = 0;

  accept(
    source: MessageSource,
    {
      maxMessageSizeBytes,
      offeredCapabilities,
    }: { maxMessageSizeBytes: number; offeredCapabilities: readonly string[] },
  ): void {
    this.#source = source;
    const { sourceBytes, targetBytes } = this.attach;
    const filters = source.attachFilters;
    const isOpen = this.confirm({
      ...(sourceBytes && { source: filters ? replaceFilters(sourceBytes, filters) : sourceBytes }),
      ...(targetBytes && { target: targetBytes }),
      maxMessageSizeBytes,
      offeredCapabilities,
      properties: source.attachProperties ?? {},
    });
    if (isOpen) this.pump();
    else source.close?.([]);
  }

  get isSettledOnSend(): boolean {
    return this.attach.senderSettleMode === SETTLED;
  }

  get isReceiverSettlesSecond(): boolean {
    return this.attach.receiverSettleMode === SECOND;
  }

  get room(): number {
    return this.isAttached && this.session.isReady ? this.#credit : 0;
  }

  send(message: Buffer, { tag, untracked = false }: SendOptions = {}): Delivery {
    if (this.room <= 0) throw new RangeError('there is no room for a message on this link');
    this.activeAt = performance.now();
    this.#credit -= 1;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    const deliveryTag = tag ?? this.#counterTag();
    // Settled right away unless the client insists: it then sends no disposition that nobody waits for.
    const isSettled = this.isSettledOnSend || (untracked && this.attach.senderSettleMode !== 0);
    const { outgoing, connection } = this.session;
    const { maxFrameBytes } = connection;
    const id = outgoing.send(this, { tag: deliveryTag, message, isSettled, maxFrameBytes });
    const delivery: TrackedDelivery = { id, link: this, tag: deliveryTag };
    if (!isSettled && !untracked) outgoing.track(delivery);
    return delivery;
  }

  #counterTag(): Buffer {
    const tag = Buffer.allocUnsafe(4);
    tag.writeUInt32BE(this.#nextTag++ >>> 0);
    return tag;
  }

  /** Lets the engine send what it has, and then tells a draining client that this was all. */
  pump(): void {
    if (!this.#source || !this.isAttached || this.#isPumping) return;
    this.#isPumping = true;
    try {
      if (this.room > 0) this.#source.pump();
    } catch (error) {
      this.detach(toAmqpError(error));
    } finally {
      this.#isPumping = false;
    }
    // Room that is left means that the engine ran dry; no room but credit, that the socket is full.
    if (this.#isDraining && this.isAttached && (this.#credit === 0 || this.room > 0))
      this.#drained();
  }

  #drained(): void {
    this.#isDraining = false;
    this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0;
    this.#credit = 0;
    this.#sendFlow(true);
  }

  onFlow(flow: Performative): void {
    const credit = flow.optionalNumber(6);
    if (credit === undefined) return;
    // [AMQP 2.6.7] The client counts from where it knew us; serial numbers wrap.
    const unseen = (this.#deliveryCount - (flow.optionalNumber(5) ?? 0)) >>> 0;
    this.#credit = Math.max(0, credit - unseen);
    this.#isDraining = flow.boolean(8);
    this.pump();
  }

  echoFlow(): boolean {
    if (!this.isAttached) return false;
    this.#sendFlow(this.#isDraining);
    return true;
  }

  #sendFlow(isDrain: boolean): void {
    const { handle } = this;
    const linkCredit = this.#credit;
    this.session.sendFlow({ handle, deliveryCount: this.#deliveryCount, linkCredit, isDrain });
  }

  onOutcome(delivery: TrackedDelivery, outcome: Outcome, isSettled: boolean): void {
    this.activeAt = performance.now();
    const answer = (error?: unknown) => {
      if (isSettled || !this.isAttached) return;
      const state = error === undefined ? encodeOutcome(outcome) : rejectedWith(toAmqpError(error));
      this.session.answerOutgoing(delivery.id, state);
    };
    try {
      const done = this.#source?.settle?.(delivery, outcome);
      if (done instanceof Promise) done.then(() => answer(), answer);
      else answer();
    } catch (error) {
      answer(error);
    }
  }

  /** The outcome is a part of a transaction: the delivery is settled when that commits, else it is as before. */
  onStagedOutcome(delivery: TrackedDelivery, outcome: Outcome, transactionId: Buffer): void {
    this.activeAt = performance.now();
    const { session } = this;
    try {
      session.connection.transactions.add(transactionId, session, () => {
        const work = this.#source?.stageSettle?.(delivery, outcome);
        if (!work) throw noTransactionsHere();
        return {
          ...work,
          onEnd: (isCommitted) => this.#endStaged(delivery, isCommitted && outcome),
        };
      });
      session.answerStaged(
        delivery.id,
        encodeTransactionalState(transactionId, encodeOutcome(outcome)),
      );
    } catch (error) {
      session.outgoing.track(delivery);
      session.answerStaged(
        delivery.id,
        encodeTransactionalState(transactionId, rejectedWith(toAmqpError(error))),
      );
    }
  }

  /** `outcome`: false after a rollback. */
  #endStaged(delivery: TrackedDelivery, outcome: Outcome | false): void {
    if (!this.isAttached) return;
    if (outcome) this.session.answerOutgoing(delivery.id, encodeOutcome(outcome));
    else this.session.outgoing.track(delivery);
  }

  protected onClosed(): void {
    this.#source?.close?.(this.session.outgoing.takeUnsettled(this));
  }
}
