/** What the service lets a client do before it cuts it off; all times in milliseconds. */
export interface BrokerLimits {
  /** From the connection until the first valid token. Source: amqp-protocol-guide ("within 20 seconds"). */
  readonly tokenDeadlineMs: number;
  /** Without a link since the last one closed, and since the connection. Source: service-bus-amqp-troubleshoot. */
  readonly withoutLinksMs: number;
  readonly withoutFirstLinkMs: number;
  /** A sender link without a message. Source: service-bus-amqp-troubleshoot. */
  readonly idleSenderMs: number;
  /** Source: quotas of both services, standard tier (5,000 connections of a namespace). */
  readonly maxConnections: number;
  /** Connections without a valid token: the oldest goes when another comes. Pretend: the service's is not known. */
  readonly maxUnprovenConnections: number;
  /** Links of one connection. Source: begin (255 handles of a session); Pretend: for all its sessions. */
  readonly maxLinks: number;
}

export const defaultLimits: BrokerLimits = {
  tokenDeadlineMs: 20_000,
  withoutLinksMs: 300_000,
  withoutFirstLinkMs: 60_000,
  idleSenderMs: 600_000,
  maxConnections: 5000,
  maxUnprovenConnections: 500,
  maxLinks: 5000,
};
