import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Journal } from '../journal.ts';
import { packetSizes, type TdsLimits } from './limits.ts';
import {
  acknowledge,
  askForToken,
  credentialOf,
  refusalOf,
  refuse,
  serverNameOf,
} from './log-in.ts';
import { type Login7, readFederatedToken, readLogin7 } from './login7.ts';
import { expectType, malformed } from './malformed.ts';
import { MessageQueue } from './message-queue.ts';
import { misbehave } from './misbehave.ts';
import { type Message, packetType } from './packet.ts';
import { nameMessage, type PacketFaults } from './packet-faults.ts';
import { PacketOutput } from './packet-output.ts';
import { readPrelogin, writePrelogin } from './prelogin.ts';
import { Response } from './response.ts';
import { runRequest } from './run-request.ts';
import { SqlError, type SqlMessage } from './sql-error.ts';
import { sqlErrorOf } from './sql-error-texts.ts';
import { type SqlBackend, SqlLoginError, type SqlSession } from './sql-session.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { Transport } from './transport.ts';

export interface ConnectionParts {
  readonly socket: Socket;
  readonly contexts: TlsContexts;
  readonly backend: SqlBackend;
  readonly journal: Journal;
  readonly limits: TdsLimits;
  readonly faults?: PacketFaults | undefined;
  readonly isOwnHost: (host: string) => boolean;
  /** What nobody foresaw; the client is told no more than 40197. */
  readonly onUnexpected: (error: unknown) => void;
  readonly onLoggedIn: () => void;
}

/** `handshake`: PRELOGIN is answered, TLS not there yet. `token`: the client was asked for one. */
type Stage = 'prelogin' | 'handshake' | 'login' | 'token' | 'open';

/** One client, from its first byte to its last: PRELOGIN, TLS, LOGIN7, perhaps FEDAUTH, then requests. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #transport: Transport;
  readonly #output: PacketOutput;
  readonly #loginTimer: NodeJS.Timeout;
  #queue: MessageQueue;
  #stage: Stage = 'prelogin';
  #login: Login7 | undefined;
  #session: SqlSession | undefined;
  #running: AbortController | undefined;
  #isBusy = false;
  #isSilent = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#transport = new Transport({
      socket: parts.socket,
      contexts: parts.contexts,
      isOwnHost: parts.isOwnHost,
      onData: (bytes) => this.#onData(bytes),
      onSecure: () => this.#onSecure(),
      onClosed: () => this.#onClosed(),
    });
    this.#output = new PacketOutput(this.#transport);
    this.#queue = this.#createQueue();
    this.#loginTimer = setTimeout(() => this.#transport.destroy(), parts.limits.loginMs).unref();
  }

  #createQueue(): MessageQueue {
    return new MessageQueue(this.#parts.limits, () => this.#transport.destroy());
  }

  #onData(bytes: Buffer): void {
    if (this.#isSilent) return;
    try {
      if (this.#queue.push(bytes)) this.#running?.abort();
    } catch (error) {
      this.#isSilent = true;
      this.#running?.abort();
      void this.#breakOff(error);
      return;
    }
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let item = this.#queue.shift(); item; item = this.#queue.shift()) {
        if (item === 'attention') await this.#acknowledgeAttention();
        else await this.#take(item.message, item.isCancelled);
      }
    } catch (error) {
      await this.#breakOff(error);
    } finally {
      this.#isBusy = false;
      if (this.#transport.isClosed) this.#closeSession();
    }
  }

  /** In a message of its own, behind the answer that was cut short [MS-TDS 2.2.1.7]. */
  async #acknowledgeAttention(): Promise<void> {
    if (this.#stage !== 'open') throw malformed();
    await new Response(this.#output).end({ attention: true });
  }

  async #take(message: Message, isCancelled: boolean): Promise<void> {
    const { faults } = this.#parts;
    const proceed = () => this.#handle(message, isCancelled);
    const fault = faults?.isArmed ? faults.take(nameMessage(message)) : undefined;
    if (!fault) return proceed();
    await misbehave(fault, {
      proceed,
      refuse: (error) => this.#refuseRequest(message, error),
      fallSilent: () => this.#fallSilent(),
      cutAnswer: (atPercent) => this.#output.cut(atPercent),
      cut: (how) => {
        this.#fallSilent();
        if (how === 'rst') this.#transport.reset();
        if (how === 'fin') this.#transport.end();
      },
      writeRaw: (bytes) => this.#output.sendPacket(bytes, true),
    });
  }

  /** Reads and writes no more; the connection stays. */
  #fallSilent(): void {
    this.#isSilent = true;
    this.#output.cut(0);
    clearTimeout(this.#loginTimer);
    this.#queue.stop();
  }

  async #refuseRequest({ type }: Message, error: SqlError): Promise<void> {
    if (this.#stage !== 'open') return this.#refuseLogin([error]);
    const response = new Response(this.#output);
    if (type === packetType.rpc) response.beginProcedure(0);
    await response.error(error);
    if (type === packetType.rpc) await response.endProcedure(error.number);
    await response.end();
    if (response.endsConnection) this.#end();
  }

  async #handle(message: Message, isCancelled: boolean): Promise<void> {
    const { type, data } = message;
    switch (this.#stage) {
      case 'prelogin':
        return this.#onPrelogin(expectType(type, packetType.prelogin, data));
      case 'login':
        return this.#onLogin(expectType(type, packetType.login7, data));
      case 'token':
        return this.#onToken(expectType(type, packetType.federatedToken, data));
      case 'open':
        return this.#onRequest(message, isCancelled);
      default:
        throw malformed();
    }
  }

  async #onPrelogin(data: Buffer): Promise<void> {
    const { isStrict } = this.#transport;
    const answer = writePrelogin(readPrelogin(data), isStrict, randomBytes(32));
    this.#stage = isStrict ? 'login' : 'handshake';
    const sent = this.#output.sendPacket(answer, true);
    if (!isStrict) {
      // What comes inside of TLS is framed apart from what went around it.
      this.#queue.stop();
      this.#queue = this.#createQueue();
      this.#transport.startClassicTls();
    }
    await sent;
  }

  #onSecure(): void {
    if (this.#stage === 'handshake') this.#stage = 'login';
  }

  async #onLogin(data: Buffer): Promise<void> {
    const login = readLogin7(data);
    this.#login = login;
    const host = serverNameOf(login, this.#transport.serverName);
    this.#output.serverName = host.split('.')[0] ?? '';
    const refusal = refusalOf(login, host, this.#parts.isOwnHost);
    if (refusal) return this.#refuseLogin([refusal]);
    if (login.federated?.library !== 'adal') return this.#logIn(login);
    this.#stage = 'token';
    await askForToken(this.#output, this.#parts.backend);
  }

  async #onToken(data: Buffer): Promise<void> {
    if (this.#login) await this.#logIn(this.#login, readFederatedToken(data));
  }

  async #logIn(login: Login7, token?: string): Promise<void> {
    const leaving = new AbortController();
    this.#running = leaving;
    const serverName = serverNameOf(login, this.#transport.serverName);
    const credential = credentialOf(login, token);
    try {
      this.#session = await this.#parts.backend.login(
        {
          serverName,
          database: login.database,
          credential,
          applicationName: login.applicationName,
          hostName: login.hostName,
          clientAddress: this.#transport.clientAddress,
        },
        leaving.signal,
      );
    } catch (error) {
      if (error instanceof SqlLoginError) return this.#refuseLogin(error.messages);
      if (error instanceof SqlError) return this.#refuseLogin([error]);
      throw error;
    }
    if (this.#transport.isClosed) return this.#closeSession();
    await this.#welcome(login, this.#session);
  }

  async #welcome(login: Login7, session: SqlSession): Promise<void> {
    clearTimeout(this.#loginTimer);
    this.#parts.onLoggedIn();
    this.#record();
    const asked = login.packetSize === 0 ? packetSizes.first : login.packetSize;
    const agreed = Math.min(Math.max(asked, packetSizes.least), packetSizes.most);
    this.#output.processId = session.processId;
    this.#stage = 'open';
    this.#queue.open();
    await acknowledge(this.#output, session, login, agreed);
    this.#output.packetSize = agreed;
  }

  async #onRequest(message: Message, isCancelled: boolean): Promise<void> {
    if (!this.#session) throw malformed();
    this.#running = new AbortController();
    if (isCancelled || this.#transport.isClosed) this.#running.abort();
    const { signal } = this.#running;
    const goesOn = await runRequest(message, this.#session, this.#output, signal);
    if (!goesOn) this.#end();
  }

  async #refuseLogin(messages: readonly SqlMessage[]): Promise<void> {
    this.#record(messages[0]?.number ?? 0);
    await refuse(this.#output, messages);
    this.#end();
  }

  /** The protocol was broken, or the backend: told before the connection ends. */
  async #breakOff(error: unknown): Promise<void> {
    const told = error instanceof SqlError ? error : sqlErrorOf({ number: 40197 });
    if (told !== error) this.#parts.onUnexpected(error);
    if (this.#transport.isClosed) return;
    // A client that has not begun TLS cannot read it, and may be none.
    if (this.#stage === 'prelogin' || this.#stage === 'handshake') {
      this.#record(told.number);
      this.#transport.destroy();
    } else await this.#refuseLogin([told]);
  }

  #record(number?: number): void {
    const login = this.#login;
    const isRefused = number !== undefined;
    this.#parts.journal.record({
      kind: 'sql',
      door: 'sql',
      operation: this.#session && isRefused ? 'broken-off' : 'login',
      host: login ? serverNameOf(login, this.#transport.serverName) : '',
      database: this.#session?.database ?? login?.database ?? '',
      ...(isRefused && { number }),
    });
  }

  #end(): void {
    this.#isSilent = true;
    this.#queue.stop();
    this.#transport.end();
  }

  #onClosed(): void {
    clearTimeout(this.#loginTimer);
    this.#queue.stop();
    this.#running?.abort();
    if (!this.#isBusy) this.#closeSession();
  }

  /** Never while the session runs a call. */
  #closeSession(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }
}
