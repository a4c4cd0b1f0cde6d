// One AMQP connection, server side [AMQP 2.4]: header, SASL, open, sessions, close. It knows frames, no entities.
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { DecodeError } from './codec/decode.ts';
import { PERFORMATIVE, Performative } from './codec/performatives.ts';
import { type ErrorFields, writeBegin, writeClose, writeOpen } from './codec/write-performatives.ts';
import { type Frame, FrameReader, frameHeader, MAX_FRAME_BYTES, ProtocolError } from './frame-reader.ts';
import type { LinkEnd } from './link-end.ts';
import { answerSasl, writeMechanisms } from './sasl.ts';
import { HANDLE_MAX, Session } from './session.ts';

const PROTOCOL = { amqp: 0, sasl: 3 } as const;
const FRAME = { amqp: 0, sasl: 1 } as const;
/** Source: open and begin frames of the service. */
const CHANNEL_MAX = 4999;
const IDLE_TIME_OUT_MS = 240_000;
const WINDOW = 5000;
/** More than this unsent, and no message is taken from an engine for this client. */
const CONGESTED_BYTES = 1024 * 1024;
/** How long a peer may take to end its side after a close. */
const LINGER_MS = 1000;

/** What stands behind the connections of a door. */
export interface ConnectionBroker {
  /** The open frame came. Throws AmqpError to close the connection with it. */
  onOpen(connection: Connection): void;
  /** A link was asked for; `link` is accepted or refused, now or later. */
  onAttach(connection: Connection, link: LinkEnd): void;
  /** The connection is gone, and its links have ended. */
  onEnd(connection: Connection): void;
}

export class Connection {
  readonly id = randomUUID();
  readonly #socket: Duplex;
  readonly #broker: ConnectionBroker;
  readonly #reader: FrameReader;
  readonly #sessions = new Map<number, Session>();
  readonly #ended = new AbortController();
  #state: 'handshake' | 'open' | 'closing' | 'ended' = 'handshake';
  #out: Buffer[] = [];
  #outBytes = 0;
  #isFlushDue = false;
  /** Of the client's open frame, lower case. */
  hostname = '';
  /** The peer's largest frame. */
  maxFrameBytes = 512;
  #peerIdleMs = 0;
  #receivedAt = performance.now();
  #sentAt = performance.now();

  constructor(socket: Duplex, broker: ConnectionBroker) {
    this.#socket = socket;
    this.#broker = broker;
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
    return this.#outBytes + this.#socket.writableLength > CONGESTED_BYTES;
  }

  /** All links of all sessions. */
  *links(): Iterable<LinkEnd> {
    for (const session of this.#sessions.values()) yield* session.links();
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Queues one frame; frames of a turn leave together. */
  write(channel: number, body: Buffer, payload?: Buffer): void {
    this.#writeFrame(FRAME.amqp, channel, body, payload);
  }

  /** A session has something that it writes when the turn ends. */
  scheduleFlush(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    process.nextTick(() => this.#flush());
  }

  /** Closes orderly, with the reason if there is one. */
  close(error?: ErrorFields): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    const wasOpen = this.#state === 'open';
    this.#endSessions();
    if (wasOpen) this.write(0, writeClose(error));
    this.#state = 'closing';
    this.#flush();
    this.#socket.end();
    setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  /** Ends at once, without a word. */
  destroy(): void {
    if (this.#state === 'ended') return;
    this.#endSessions();
    this.#state = 'ended';
    this.#out = [];
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
    const isDue = this.#peerIdleMs > 0 && nowMs - this.#sentAt > this.#peerIdleMs / 2 - 1000;
    if (this.#state === 'open' && isDue) this.write(0, Buffer.alloc(0));
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    this.#receivedAt = performance.now();
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof DecodeError) {
      this.close({ condition: 'amqp:decode-error', message: error.message });
    } else if (error instanceof ProtocolError) {
      this.close({ condition: error.condition, message: error.message });
    } else {
      const { condition = 'amqp:internal-error', message = 'internal error' } =
        error as Partial<ErrorFields>;
      this.close({ condition, message });
    }
  }

  #onHeader(protocolId: number): void {
    if (protocolId !== PROTOCOL.amqp && protocolId !== PROTOCOL.sasl) {
      throw new ProtocolError('amqp:connection:framing-error', 'only AMQP and SASL are spoken here');
    }
    const header = Buffer.from([0x41, 0x4d, 0x51, 0x50, protocolId, 1, 0, 0]);
    this.#push(header);
    if (protocolId === PROTOCOL.sasl) this.#writeFrame(FRAME.sasl, 0, writeMechanisms());
  }

  #onFrame({ type, channel, body }: Frame): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    if (type === FRAME.sasl) this.#onSasl(body);
    else if (type !== FRAME.amqp) {
      throw new ProtocolError('amqp:connection:framing-error', `frame type ${type} is unknown`);
    } else if (body.length > 0) this.#onPerformative(channel, new Performative(body));
  }

  #onSasl(body: Buffer): void {
    if (this.#state !== 'handshake') {
      throw new ProtocolError('amqp:connection:framing-error', 'SASL comes before open');
    }
    const { isAccepted, outcome } = answerSasl(body);
    this.#writeFrame(FRAME.sasl, 0, outcome);
    if (isAccepted) this.#reader.expectHeader();
    else this.close();
  }

  #onPerformative(channel: number, performative: Performative): void {
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

  #onOpen(open: Performative): void {
    if (this.#state !== 'handshake') {
      throw new ProtocolError('amqp:connection:framing-error', 'open comes once');
    }
    this.hostname = (open.optionalString(1) ?? '').toLowerCase().replace(/:\d+$/, '');
    this.maxFrameBytes = Math.max(512, Math.min(open.optionalNumber(2) ?? MAX_FRAME_BYTES, MAX_FRAME_BYTES));
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
    const session = new Session(this, channel, {
      nextOutgoingId: begin.number(1),
      incomingWindow: begin.number(2),
    });
    this.#sessions.set(channel, session);
    this.write(
      channel,
      writeBegin({
        remoteChannel: channel,
        incomingWindow: WINDOW,
        outgoingWindow: WINDOW,
        handleMax: HANDLE_MAX,
      }),
    );
  }

  onAttach(link: LinkEnd): void {
    this.#broker.onAttach(this, link);
  }

  #onDrain(): void {
    for (const session of this.#sessions.values()) session.pump();
  }

  #endSessions(): void {
    for (const session of [...this.#sessions.values()]) session.end();
    this.#sessions.clear();
  }

  #writeFrame(type: number, channel: number, body: Buffer, payload?: Buffer): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    this.#push(frameHeader(type, channel, body.length + (payload?.length ?? 0)));
    if (body.length > 0) this.#push(body);
    if (payload) this.#push(payload);
  }

  #push(bytes: Buffer): void {
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
    this.scheduleFlush();
  }

  #flush(): void {
    for (const session of this.#sessions.values()) session.flushDispositions();
    this.#isFlushDue = false;
    if (this.#out.length === 0 || this.#state === 'ended') return;
    const bytes = this.#out.length === 1 ? this.#out[0] : Buffer.concat(this.#out, this.#outBytes);
    this.#out = [];
    this.#outBytes = 0;
    this.#sentAt = performance.now();
    this.#socket.write(bytes);
  }
}
