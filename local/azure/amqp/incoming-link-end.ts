// A client's sender, seen from the broker: collects deliveries and answers each with its outcome.

import { AmqpError, trackingSuffix } from './amqp-error.ts';
import {
  ACCEPTED,
  decodeTransactionalState,
  encodeTransactionalState,
  rejectedWith,
} from './codec/delivery-states.ts';
import type { Performative } from './codec/performatives.ts';
import type { CommandSink } from './coordinator.ts';
import { LinkEnd } from './link-end.ts';
import type { IncomingLink, MessageSink } from './messaging-node.ts';
import { toAmqpError } from './to-amqp-error.ts';
import { noTransactionsHere } from './transactions.ts';

/** Deliveries that a client may have on their way. Source: first flow of the service on a sender link. */
const CREDIT = 300;

/** A message that is this many times too large is not awaited to its end. */
const HOPELESS_FACTOR = 64;

interface PartialDelivery {
  readonly id: number;
  readonly format: number;
  readonly isSettled: boolean;
  readonly transactionId?: Buffer;
  /** Emptied once the message is too large: only its size is counted then. */
  chunks: Buffer[];
  size: number;
}

export class IncomingLinkEnd extends LinkEnd implements IncomingLink {
  #sink: MessageSink | CommandSink | undefined;
  #maxMessageSizeBytes = 0;
  #credit = 0;
  #deliveryCount = 0;
  #inFlight = 0;
  #partial: PartialDelivery | undefined;
  #refusal: AmqpError | undefined;

  accept(sink: MessageSink | CommandSink, maxMessageSizeBytes: number): void {
    this.#sink = sink;
    this.#maxMessageSizeBytes = maxMessageSizeBytes;
    const { sourceBytes, targetBytes } = this.attach;
    const isOpen = this.confirm({
      ...(sourceBytes && { source: sourceBytes }),
      ...(targetBytes && { target: targetBytes }),
      maxMessageSizeBytes,
      offeredCapabilities: [],
      properties: sink.attachProperties ?? {},
    });
    if (isOpen) this.#replenish();
    else sink.close?.();
  }

  onTransfer(transfer: Performative): void {
    if (!this.isAttached) return;
    this.activeAt = performance.now();
    this.#partial ??= this.#begin(transfer);
    const partial = this.#partial;
    if (!partial) return;
    if (transfer.boolean(9)) {
      this.#partial = undefined; // aborted [AMQP 2.6.14]
      return;
    }
    this.#collect(partial, transfer.payload);
    if (transfer.boolean(5)) return;
    this.#partial = undefined;
    if (partial.size <= this.#maxMessageSizeBytes) this.#deliver(partial, this.#refusal);
    else this.#refuseSize(partial);
  }

  #collect(partial: PartialDelivery, payload: Buffer): void {
    partial.chunks.push(payload);
    partial.size += payload.length;
    if (partial.size <= this.#maxMessageSizeBytes) return;
    partial.chunks = [];
    if (partial.size > HOPELESS_FACTOR * this.#maxMessageSizeBytes)
      this.detach(this.#tooLarge(partial));
  }

  #begin(transfer: Performative): PartialDelivery | undefined {
    if (this.#credit <= 0) {
      this.detach({
        condition: 'amqp:link:transfer-limit-exceeded',
        message: 'a transfer came without credit',
      });
      return undefined;
    }
    this.#credit -= 1;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    const state = transfer.encoded(7);
    const { transactionId } = (state && decodeTransactionalState(state)) ?? {};
    return {
      ...(transactionId && { transactionId }),
      id: transfer.number(1),
      format: transfer.optionalNumber(3) ?? 0,
      isSettled: transfer.boolean(4),
      chunks: [],
      size: 0,
    };
  }

  /** Azure: the delivery is rejected and the link lives on. [Azure/azure-event-hubs-python#106] */
  #refuseSize(delivery: PartialDelivery): void {
    this.#inFlight += 1;
    this.#settle(delivery, this.#tooLarge(delivery));
  }

  #tooLarge({ id, size }: PartialDelivery): AmqpError {
    const limit = this.#maxMessageSizeBytes;
    return new AmqpError(
      'amqp:link:message-size-exceeded',
      `The received message (delivery-id:${id}, size:${size} bytes) exceeds the limit (${limit} bytes) currently allowed on the link. ${trackingSuffix(Date.now())}`,
    );
  }

  /** Rejects the delivery whose transfer comes next, without showing it to the engine. */
  refuseNext(error: AmqpError): void {
    this.#refusal = error;
  }

  #deliver(delivery: PartialDelivery, refusal?: AmqpError): void {
    const { chunks, format } = delivery;
    this.#refusal = undefined;
    const message = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    this.#inFlight += 1;
    try {
      if (refusal) throw refusal;
      if (delivery.transactionId) {
        this.#stage(delivery, delivery.transactionId, message);
        return;
      }
      if (this.#sink && 'answer' in this.#sink) {
        this.#settle(delivery, undefined, this.#sink.answer(message));
        return;
      }
      const done = this.#sink?.receive(message, format);
      if (!(done instanceof Promise)) this.#settle(delivery);
      else {
        const settle = (error?: unknown) => this.#settle(delivery, error);
        done.then(() => settle(), settle);
      }
    } catch (error) {
      this.#settle(delivery, error);
    }
  }

  #stage(delivery: PartialDelivery, transactionId: Buffer, message: Buffer): void {
    const { session } = this;
    if (this.#sink?.receiveIn) this.#sink.receiveIn(message, transactionId);
    else
      session.connection.transactions.add(transactionId, session, () => {
        const work = this.#sink?.stage?.(message, delivery.format);
        if (!work) throw noTransactionsHere();
        return { ...work, onEnd() {} };
      });
    this.#settle(delivery, undefined, encodeTransactionalState(transactionId, ACCEPTED));
  }

  #settle({ id, isSettled }: PartialDelivery, error?: unknown, state = ACCEPTED): void {
    this.#inFlight -= 1;
    if (!isSettled && this.isAttached) {
      this.session.answerIncoming(
        id,
        error === undefined ? state : rejectedWith(toAmqpError(error)),
      );
    }
    this.#replenish();
  }

  #replenish(): void {
    if (!this.isAttached || this.#credit + this.#inFlight > CREDIT / 2) return;
    this.#credit = CREDIT - this.#inFlight;
    this.echoFlow();
  }

  onFlow(): void {}

  echoFlow(): boolean {
    if (!this.isAttached) return false;
    const { handle } = this;
    this.session.sendFlow({ handle, deliveryCount: this.#deliveryCount, linkCredit: this.#credit });
    return true;
  }

  protected onClosed(): void {
    this.#partial = undefined;
    this.#sink?.close?.();
  }
}
