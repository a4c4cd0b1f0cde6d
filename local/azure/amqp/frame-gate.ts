import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { rawSocketOf } from '../http/server.ts';
import type { AmqpError } from './amqp-error.ts';
import { PERFORMATIVE, type Performative } from './codec/performatives.ts';
import type { Connection } from './connection.ts';
import { type FrameFault, type FrameFaults, nameFrame } from './frame-faults.ts';
import type { FrameOutput } from './frame-output.ts';
import { IncomingLinkEnd } from './incoming-link-end.ts';
import type { LinkEnd } from './link-end.ts';
import { misbehave } from './misbehave.ts';

/** Frames that may wait behind a slow one. */
const MAX_HELD = 10_000;

/** Lets a connection's frames through in order; faults on demand are taken here. */
export class FrameGate {
  readonly #connection: Connection;
  readonly #output: FrameOutput;
  readonly #socket: Duplex;
  readonly #faults: FrameFaults | undefined;
  /** Frames behind a slow one; undefined: nothing is held. */
  #held: (readonly [channel: number, performative: Performative])[] | undefined;
  #isSilent = false;

  constructor(
    connection: Connection,
    output: FrameOutput,
    socket: Duplex,
    faults: FrameFaults | undefined,
  ) {
    this.#connection = connection;
    this.#output = output;
    this.#socket = socket;
    this.#faults = faults;
  }

  /** Handles the frame, unless a fault is due for it. Throws what ends the connection. */
  pass(channel: number, performative: Performative): void {
    if (this.#isSilent) return;
    if (this.#held) {
      this.#held.push([channel, performative]);
      if (this.#held.length > MAX_HELD) this.#connection.destroy();
      return;
    }
    const fault = this.#faults?.isArmed ? this.#takeFault(channel, performative) : undefined;
    if (!fault) {
      this.#connection.handle(channel, performative);
      return;
    }
    misbehave(fault, {
      proceed: () => this.#connection.handle(channel, performative),
      refuse: (error) => this.#refuse(channel, performative, error),
      fallSilent: () => this.#fallSilent(),
      cut: (withReset) => this.#cut(withReset),
      hold: (delayMs) => this.#hold(channel, performative, delayMs),
      writeRaw: (bytes) => this.#output.raw(bytes),
    });
  }

  #takeFault(channel: number, performative: Performative): FrameFault | undefined {
    const addressOf = (handle: number) => this.#linkOf(channel, handle)?.address;
    return this.#faults?.take(nameFrame(performative, addressOf));
  }

  #linkOf(channel: number, handle: number | undefined): LinkEnd | undefined {
    return handle === undefined
      ? undefined
      : this.#connection.findSession(channel)?.findLink(handle);
  }

  #refuse(channel: number, performative: Performative, error: AmqpError): void {
    const { code } = performative;
    if (code === PERFORMATIVE.attach) {
      this.#connection.findSession(channel)?.refuseAttach(performative, error);
      return;
    }
    const handleField = code === PERFORMATIVE.flow ? 4 : 0;
    const hasLink = code >= PERFORMATIVE.flow && code <= PERFORMATIVE.transfer;
    const handle = hasLink ? performative.optionalNumber(handleField) : undefined;
    const link = this.#linkOf(channel, handle);
    if (!link) this.#connection.close(error);
    else if (code === PERFORMATIVE.transfer && link instanceof IncomingLinkEnd) {
      link.refuseNext(error);
      this.#connection.handle(channel, performative);
    } else link.detach(error);
  }

  #fallSilent(): void {
    this.#isSilent = true;
    this.#output.close();
  }

  #cut(withReset: boolean): void {
    this.#output.close();
    if (withReset) rawSocketOf(this.#socket as TLSSocket).resetAndDestroy();
    else this.#socket.end();
    this.#connection.destroy();
  }

  #hold(channel: number, performative: Performative, delayMs: number): void {
    this.#held = [];
    setTimeout(() => this.#release(channel, performative), delayMs).unref();
  }

  #release(channel: number, performative: Performative): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    try {
      this.#connection.handle(channel, performative);
      for (const [heldChannel, frame] of held) this.pass(heldChannel, frame);
    } catch (error) {
      this.#connection.fail(error);
    }
  }
}
