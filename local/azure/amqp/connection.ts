// One AMQP connection, server side [AMQP 2.4]: header, SASL, open, sessions, close. It knows frames, no entities.
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { DecodeError } from './codec/decode.ts';
import { PERFORMATIVE, Performative } from './codec/performatives.ts';
import {
  type ErrorFields,
  writeBegin,
  writeClose,
  writeOpen,
} from './codec/write-performatives.ts';
import type { FrameFaults } from './frame-faults.ts';
import { FrameGate } from './frame-gate.ts';
import { FrameOutput } from './frame-output.ts';
import { type Frame, FrameReader, MAX_FRAME_BYTES, ProtocolError } from './frame-reader.ts';
import type { LinkEnd } from './link-end.ts';
import { answerSasl, writeMechanisms } from './sasl.ts';
import { HANDLE_MAX, Session } from './session.ts';
import { Transactions } from './transactions.ts';

const PROTOCOL = { amqp: 0, sasl: 3 } as const;
const FRAME = { amqp: 0, sasl: 1 } as const;
/** Source: open and begin frames of the service. */
const CHANNEL_MAX = 4999;
const IDLE_TIME_OUT_MS = 240_000;
const WINDOW = 5000;
/** How long a peer may take to end its side after a close. */
const LINGER_MS = 1000;

/** What stands behind the connections of a door. */
export interface ConnectionBroker {
  readonly faults: FrameFaults | undefined;
  /** The open frame came. Throws AmqpError to close the connection with it. */
  onOpen(connection: Connection): void;
  /** A link was asked for; `link` is accepted or refused, now or later. */
  onAttach(connection: Connection, link: LinkEnd): void;
  /** The connection is gone, and its links have ended. */
  onEnd(connection: Connection): void;
}

export class Connection {
  readonly id = randomUUID();
  readonly transactions = new Transactions();
  readonly #socket: Duplex;
  readonly #broker: ConnectionBroker;
  readonly #reader: FrameReader;
  readonly #output: FrameOutput;
  readonly #gate: FrameGate;
  readonly #sessions = new Map<number, Session>();
  readonly #ended = new AbortController();
  #state: 'handshake' | 'open' | 'closing' | 'ended' = 'handshake';
  /** Of the client's open frame, lower case. */
  hostname = '';
  /** The peer's largest frame. */
  maxFrameBytes = 512;
  #peerIdleMs = 0;
  #receivedAt = performance.now();

  constructor(socket: Duplex, broker: ConnectionBroker) {
    this.#socket = socket;
    this.#broker = broker;
    this.#output = new FrameOutput(socket, () => this.#flushDispositions());
    this.#gate = new FrameGate(this, this.#output, socket, broker.faults);
    this.#reader = new FrameReader({
      onHeader: (protocolId) => this.#onHeader(protocolId),
      onFrame: (frame) => this.#onFrame(frame),
    });
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    socket.on('end', () => this.destroy());
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Aborts when the connection ends. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get isCongested(): boolean {
    return this.#output.isCongested;
  }

  /** All links of all sessions. */
  *links(): Iterable<LinkEnd> {
    for (const session of this.#sessions.values()) yield* session.links();
  }

  findSession(channel: number): Session | undefined {
    return this.#sessions.get(channel);
  }

  /** Queues one frame; frames of a turn leave together. */
  write(channel: number, body: Buffer | undefined, payload?: Buffer): void {
    this.#output.frame(FRAME.amqp, channel, body, payload);
  }

  /** A session has something that it writes when the turn ends. */
  scheduleFlush(): void {
    this.#output.scheduleFlush();
  }

  /** Closes orderly, with the reason if there is one. */
  close(error?: ErrorFields): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    const wasOpen = this.#state === 'open';
    this.#endSessions();
    if (wasOpen) this.write(0, writeClose(error));
    this.#state = 'closing';
    this.#output.flush();
    this.#output.close();
    this.#socket.end();
    setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  /** Ends at once, without a word. */
  destroy(): void {
    if (this.#state === 'ended') return;
    this.#endSessions();
    this.#state = 'ended';
    this.#output.close();
    this.#socket.destroy();
    this.#ended.abort();
    this.#broker.onEnd(this);
  }

  removeSession(session: Session): void {
    if (this.#sessions.get(session.channel) === session) this.#sessions.delete(session.channel);
  }

  /** Sends a heartbeat if one is due, and ends a connection whose peer is silent. Called about once a second. */
  keepAlive(nowMs: number): void {
    if (nowMs - this.#receivedAt > 2 * IDLE_TIME_OUT_MS) {
      this.close({
        condition: 'amqp:resource-limit-exceeded',
        message: 'the connection was silent for longer than its idle time-out',
      });
      return;
    }
    const isDue = this.#peerIdleMs > 0 && nowMs - this.#output.sentAt > this.#peerIdleMs / 2 - 1000;
    if (this.#state === 'open' && isDue) this.write(0, undefined);
  }

  /** Handles one performative. Throws what ends the connection. */
  handle(channel: number, performative: Performative): void {
    const { code } = performative;
    if (code === PERFORMATIVE.open) this.#onOpen(performative);
    else if (this.#state !== 'open') {
      throw new ProtocolError('amqp:connection:framing-error', 'open comes first');
    } else if (code === PERFORMATIVE.close) this.close();
    else if (code === PERFORMATIVE.begin) this.#onBegin(channel, performative);
    else if (code >= PERFORMATIVE.attach && code <= PERFORMATIVE.end) {
      // A channel that is not there is one that has just ended: its late frames are no error. The service
      // ignores them too; closing the connection here makes the SDKs' close() hang.
      this.#sessions.get(channel)?.onPerformative(performative);
    } else {
      throw new DecodeError(`0x${code.toString(16)} is no performative`);
    }
  }

  /** Ends the connection for what handling a frame has thrown. */
  fail(error: unknown): void {
    if (error instanceof DecodeError) {
      this.close({ condition: 'amqp:decode-error', message: error.message });
      return;
    }
    const { condition, message } = error as Partial<ErrorFields>;
    // A bug of ours is not told.
    if (condition === undefined || message === undefined) {
      this.close({ condition: 'amqp:internal-error', message: 'internal error' });
    } else this.close({ condition, message });
  }

  onAttach(link: LinkEnd): void {
    this.#broker.onAttach(this, link);
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    this.#receivedAt = performance.now();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.fail(error);
    }
  }

  #onHeader(protocolId: number): void {
    if (protocolId !== PROTOCOL.amqp && protocolId !== PROTOCOL.sasl) {
      throw new ProtocolError(
        'amqp:connection:framing-error',
        'only AMQP and SASL are spoken here',
      );
    }
    this.#output.raw(Buffer.from([0x41, 0x4d, 0x51, 0x50, protocolId, 1, 0, 0]));
    if (protocolId === PROTOCOL.sasl) this.#output.frame(FRAME.sasl, 0, writeMechanisms());
  }

  #onFrame({ type, channel, body }: Frame): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    if (type === FRAME.sasl) this.#onSasl(body);
    else if (type !== FRAME.amqp) {
      throw new ProtocolError('amqp:connection:framing-error', `frame type ${type} is unknown`);
    } else if (body.length > 0) this.#gate.pass(channel, new Performative(body));
  }

  #onSasl(body: Buffer): void {
    if (this.#state !== 'handshake') {
      throw new ProtocolError('amqp:connection:framing-error', 'SASL comes before open');
    }
    const { isAccepted, outcome } = answerSasl(body);
    this.#output.frame(FRAME.sasl, 0, outcome);
    if (isAccepted) this.#reader.expectHeader();
    else this.close();
  }

  #onOpen(open: Performative): void {
    if (this.#state !== 'handshake') {
      throw new ProtocolError('amqp:connection:framing-error', 'open comes once');
    }
    this.hostname = (open.optionalString(1) ?? '').toLowerCase().replace(/:\d+$/, '');
    const peerMax = open.optionalNumber(2) ?? MAX_FRAME_BYTES;
    this.maxFrameBytes = Math.max(512, Math.min(peerMax, MAX_FRAME_BYTES));
    this.#peerIdleMs = open.optionalNumber(4) ?? 0;
    this.#state = 'open';
    this.write(
      0,
      writeOpen({
        containerId: this.id.replaceAll('-', ''),
        maxFrameSize: MAX_FRAME_BYTES,
        channelMax: CHANNEL_MAX,
        idleTimeOutMs: IDLE_TIME_OUT_MS,
      }),
    );
    this.#broker.onOpen(this);
  }

  #onBegin(channel: number, begin: Performative): void {
    if (channel > CHANNEL_MAX || this.#sessions.has(channel) || begin.value(0) !== undefined) {
      throw new ProtocolError('amqp:connection:framing-error', `channel ${channel} can't begin`);
    }
    const nextOutgoingId = begin.number(1);
    const incomingWindow = begin.number(2);
    this.#sessions.set(channel, new Session(this, channel, { nextOutgoingId, incomingWindow }));
    const remoteChannel = channel;
    const windows = { incomingWindow: WINDOW, outgoingWindow: WINDOW };
    this.write(channel, writeBegin({ remoteChannel, ...windows, handleMax: HANDLE_MAX }));
  }

  #onDrain(): void {
    for (const session of this.#sessions.values()) session.pump();
  }

  #flushDispositions(): void {
    for (const session of this.#sessions.values()) session.flushDispositions();
  }

  #endSessions(): void {
    for (const session of [...this.#sessions.values()]) session.end();
    this.#sessions.clear();
  }
}
