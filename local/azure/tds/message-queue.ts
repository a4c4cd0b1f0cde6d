import type { TdsLimits } from './limits.ts';
import { malformed } from './malformed.ts';
import { type Message, MessageAssembler, PacketReader, packetType } from './packet.ts';

/** A request, or the client's wish to be done with those before it. */
export type Queued = { readonly message: Message; isCancelled: boolean } | 'attention';

/** Clients send one request and wait; more than a few is none of theirs. */
const MAX_QUEUED = 4;

/** What a client sent, in order. An attention cancels what is before it [MS-TDS 2.2.1.7]. */
export class MessageQueue {
  readonly #limits: TdsLimits;
  readonly #packets = new PacketReader();
  readonly #assembler: MessageAssembler;
  #queued: Queued[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #onTooSlow: () => void;

  constructor(limits: TdsLimits, onTooSlow: () => void) {
    this.#limits = limits;
    this.#onTooSlow = onTooSlow;
    this.#assembler = new MessageAssembler(limits.loginMessageBytes);
  }

  /** Larger messages from now on. */
  open(): void {
    this.#assembler.limit = this.#limits.messageBytes;
  }

  /** Returns whether an attention was among it. Throws SqlError for bytes that are no packets. */
  push(bytes: Buffer): boolean {
    let hasAttention = false;
    this.#packets.push(bytes);
    for (let packet = this.#packets.next(); packet; packet = this.#packets.next()) {
      if (packet.type === packetType.attention) {
        hasAttention = true;
        this.#cancel();
      } else {
        const message = this.#assembler.add(packet);
        if (message) this.#queued.push({ message, isCancelled: false });
      }
      if (this.#queued.length > MAX_QUEUED) throw malformed();
    }
    this.#watch();
    return hasAttention;
  }

  shift(): Queued | undefined {
    return this.#queued.shift();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queued = [];
    this.#assembler.clear();
  }

  #cancel(): void {
    this.#assembler.clear();
    for (const item of this.#queued) if (item !== 'attention') item.isCancelled = true;
    this.#queued.push('attention');
  }

  /** A message that has begun must end in time. */
  #watch(): void {
    const isWhole = this.#assembler.isEmpty && this.#packets.rest.length === 0;
    if (isWhole) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setTimeout(this.#onTooSlow, this.#limits.messageMs).unref();
    }
  }
}
