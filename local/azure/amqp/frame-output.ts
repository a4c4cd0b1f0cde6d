import type { Duplex } from 'node:stream';
import { frameHeader } from './frame-reader.ts';

/** More than this unsent, and no message is taken from an engine for this client. */
const CONGESTED_BYTES = 1024 * 1024;

/** The sending side of a connection: frames of one turn leave together. */
export class FrameOutput {
  readonly #socket: Duplex;
  readonly #beforeFlush: () => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isFlushDue = false;
  #isClosed = false;
  /** `performance.now()` of the last write. */
  sentAt = performance.now();

  /** `beforeFlush` may write frames of its own. */
  constructor(socket: Duplex, beforeFlush: () => void) {
    this.#socket = socket;
    this.#beforeFlush = beforeFlush;
  }

  get isCongested(): boolean {
    return this.#bytes + this.#socket.writableLength > CONGESTED_BYTES;
  }

  /** Nothing is written any more; what waits is thrown away. */
  close(): void {
    this.#isClosed = true;
    this.discard();
  }

  discard(): void {
    this.#pieces = [];
    this.#bytes = 0;
  }

  /** A heartbeat has no body. */
  frame(type: number, channel: number, body: Buffer | undefined, payload?: Buffer): void {
    this.raw(frameHeader(type, channel, (body?.length ?? 0) + (payload?.length ?? 0)));
    if (body) this.raw(body);
    if (payload) this.raw(payload);
  }

  raw(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    this.scheduleFlush();
  }

  scheduleFlush(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    process.nextTick(() => this.flush());
  }

  flush(): void {
    this.#beforeFlush();
    this.#isFlushDue = false;
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, this.#bytes);
    this.discard();
    this.sentAt = performance.now();
    this.#socket.write(bytes);
  }
}
