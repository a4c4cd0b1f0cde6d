// All connections of the messaging door: which namespace each belongs to, and what ends them from our side.
import type { Duplex } from 'node:stream';
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import { BoundedSet } from './bounded-set.ts';
import { type BrokerLimits, defaultLimits } from './broker-limits.ts';
import { type ClientParts, ClientSession } from './client-session.ts';
import { Connection, type ConnectionBroker } from './connection.ts';
import type { FrameFaults } from './frame-faults.ts';
import { endIdleLinks } from './idle-links.ts';
import type { LinkEnd } from './link-end.ts';
import type { Namespaces } from './namespaces.ts';
import { RefusalPacer } from './refusal-pacer.ts';

export interface BrokerParts extends Omit<ClientParts, 'pacer'> {
  readonly namespaces: Namespaces;
  readonly limits?: Partial<BrokerLimits>;
  /** Faults on demand. */
  readonly faults?: FrameFaults;
}

const SWEEP_MS = 1000;

interface Client {
  readonly connection: Connection;
  readonly startedAt: number;
  session?: ClientSession;
  /** `performance.now()` when the last link closed. */
  lastLinkAt?: number;
}

export class Broker implements ConnectionBroker {
  readonly #parts: BrokerParts;
  readonly #clientParts: ClientParts;
  readonly #limits: BrokerLimits;
  readonly #clients = new Map<Connection, Client>();
  readonly #unproven: BoundedSet<Connection>;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#clientParts = { ...parts, pacer: new RefusalPacer() };
    this.#limits = { ...defaultLimits, ...parts.limits };
    this.#unproven = new BoundedSet(this.#limits.maxUnprovenConnections, (oldest) =>
      oldest.destroy(),
    );
    parts.namespaces.onRemoved((host) => this.#closeAll(host));
  }

  get faults(): FrameFaults | undefined {
    return this.#parts.faults;
  }

  get connectionCount(): number {
    return this.#clients.size;
  }

  /** Speaks AMQP over the stream: a TLS socket, or a WebSocket's. */
  serve(socket: Duplex): void {
    const connection = new Connection(socket, this);
    this.#clients.set(connection, { connection, startedAt: performance.now() });
    this.#unproven.add(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Cuts every connection. */
  stop(): void {
    for (const connection of [...this.#clients.keys()]) connection.destroy();
  }

  onOpen(connection: Connection): void {
    const client = this.#clients.get(connection);
    if (!client) return;
    if (this.#clients.size > this.#limits.maxConnections) {
      const text = 'Cannot allocate more handles. The maximum number of connections is reached.';
      throw new AmqpError('amqp:resource-limit-exceeded', `${text} ${this.#suffix()}`);
    }
    const namespace = this.#parts.namespaces.find(connection.hostname);
    if (!namespace) {
      const text = `The namespace '${connection.hostname}' could not be found.`;
      throw new AmqpError('amqp:not-found', `${text} ${this.#suffix()}`);
    }
    client.session = new ClientSession(connection, namespace, this.#clientParts);
  }

  onAttach(connection: Connection, link: LinkEnd): void {
    const client = this.#clients.get(connection);
    if (!client?.session) return;
    if ([...connection.links()].length > this.#limits.maxLinks) {
      const text = 'Cannot allocate more handles to the current session or connection.';
      link.refuse(new AmqpError('amqp:resource-limit-exceeded', `${text} ${this.#suffix()}`));
      return;
    }
    client.session.onAttach(link);
    link.closed.addEventListener('abort', () => {
      client.lastLinkAt = performance.now();
    });
  }

  onEnd(connection: Connection): void {
    this.#clients.delete(connection);
    this.#unproven.delete(connection);
    if (this.#clients.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #sweep(): void {
    const now = performance.now();
    for (const client of [...this.#clients.values()]) {
      client.connection.keepAlive(now);
      this.#checkToken(client, now);
      client.session?.expireClaims();
      endIdleLinks(client, this.#limits, now, () => this.#suffix());
    }
  }

  #checkToken({ connection, session, startedAt }: Client, now: number): void {
    if (session?.hasPutToken) this.#unproven.delete(connection);
    else if (now - startedAt > this.#limits.tokenDeadlineMs) connection.destroy();
  }

  #closeAll(host: string): void {
    for (const { connection, session } of [...this.#clients.values()]) {
      if (session?.namespace.host !== host) continue;
      connection.close({
        condition: 'amqp:connection:forced',
        message: `The namespace is gone. ${this.#suffix()}`,
      });
    }
  }

  #suffix(): string {
    return trackingSuffix(this.#parts.clock.nowMs());
  }
}
