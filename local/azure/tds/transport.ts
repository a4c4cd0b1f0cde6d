// The bytes under the packets: TLS from the first byte (TDS 8.0), or clear until PRELOGIN is answered (7.x).
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { ClassicTls } from './classic-tls.ts';
import type { TlsContexts } from './tls-contexts.ts';

export interface TransportParts {
  readonly socket: Socket;
  readonly contexts: TlsContexts;
  /** Names the door answers to in TLS. */
  readonly isOwnHost: (host: string) => boolean;
  readonly onData: (bytes: Buffer) => void;
  readonly onSecure: () => void;
  /** Once, whoever ended it. */
  readonly onClosed: () => void;
}

const ALPN = 'tds/8.0';
const TLS_HANDSHAKE = 0x16;
/** For the client to read why the connection ends. */
const LINGER_MS = 1000;

export class Transport {
  readonly #parts: TransportParts;
  readonly #socket: Socket;
  #tls: tls.TLSSocket | undefined;
  #isStrict = false;
  #lastWrite: Promise<void> = Promise.resolve();
  #releaseWrite: () => void = () => {};
  /** What comes goes here; undefined: it waits. */
  #receive: ((bytes: Buffer) => void) | undefined;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#socket = parts.socket;
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => this.destroy());
    this.#socket.once('close', () => this.#onClosed());
    this.#socket.once('data', (first: Buffer) => this.#begin(first));
  }

  get isStrict(): boolean {
    return this.#isStrict;
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  get clientAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  /** Host that the client named in TLS. */
  get serverName(): string | undefined {
    const name: unknown = this.#tls?.servername;
    return typeof name === 'string' && name !== '' ? name : undefined;
  }

  /** From now on TLS, its handshake in PRELOGIN packets. */
  startClassicTls(): void {
    const under = new ClassicTls(this.#socket);
    this.#receive = (bytes) => {
      try {
        under.receive(bytes);
      } catch {
        this.destroy();
      }
    };
    this.#secure(new tls.TLSSocket(under, this.#tlsOptions(this.#parts.contexts.classic)));
  }

  /** One packet, one TLS record: SqlClient loses count of records that end inside of packets. Never rejects. */
  write(bytes: Buffer): Promise<void> {
    // Chosen now: the answer to PRELOGIN is in the clear, though TLS begins behind it.
    const stream = this.#tls ?? this.#socket;
    this.#lastWrite = this.#lastWrite.then(() => this.#writeOne(stream, bytes));
    return this.#lastWrite;
  }

  /** FIN behind what was written. */
  end(): void {
    void this.#lastWrite.then(() => {
      this.#tls?.end();
      setImmediate(() => this.#socket.end());
      setTimeout(() => this.destroy(), LINGER_MS).unref();
    });
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#tls?.destroy();
    this.#socket.destroy();
  }

  #begin(first: Buffer): void {
    if (first[0] === TLS_HANDSHAKE) {
      this.#isStrict = true;
      this.#socket.pause();
      this.#socket.unshift(first);
      const options = this.#tlsOptions(this.#parts.contexts.strict);
      this.#secure(new tls.TLSSocket(this.#socket, { ...options, ALPNProtocols: [ALPN] }));
      return;
    }
    this.#receive = this.#parts.onData;
    this.#socket.on('data', (bytes: Buffer) => this.#receive?.(bytes));
    this.#receive(first);
  }

  #tlsOptions(secureContext: tls.SecureContext): tls.TLSSocketOptions {
    return {
      isServer: true,
      secureContext,
      SNICallback: (name, done) => {
        if (this.#parts.isOwnHost(name)) done(null, secureContext);
        else done(new Error(`no such name: ${name}`));
      },
    };
  }

  #secure(channel: tls.TLSSocket): void {
    this.#tls = channel;
    const { onData, onSecure } = this.#parts;
    channel.once('secure', onSecure);
    channel.on('data', onData);
    // A handshake that fails tells it here, and the socket stays.
    channel.on('_tlsError', () => this.destroy());
    channel.on('error', () => this.destroy());
    channel.once('end', () => this.destroy());
  }

  #writeOne(stream: Socket, bytes: Buffer): Promise<void> {
    if (this.#socket.destroyed || stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#releaseWrite = resolve;
      stream.write(bytes, () => resolve());
    });
  }

  #onClosed(): void {
    this.#releaseWrite();
    this.#tls?.destroy();
    this.#parts.onClosed();
  }
}
