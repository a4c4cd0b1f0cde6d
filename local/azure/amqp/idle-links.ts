import type { BrokerLimits } from './broker-limits.ts';
import type { Connection } from './connection.ts';
import { IncomingLinkEnd } from './incoming-link-end.ts';

interface IdleClient {
  readonly connection: Connection;
  readonly startedAt: number;
  readonly lastLinkAt?: number;
}

/**
 * Detaches senders that send nothing and closes connections without links, in the service's words.
 * Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot
 * (the links of `$cbs` and `$management` don't keep a connection open).
 */
export function endIdleLinks(
  { connection, startedAt, lastLinkAt }: IdleClient,
  limits: BrokerLimits,
  now: number,
  suffix: () => string,
): void {
  if (!connection.isOpen) return;
  let hasNodeLink = false;
  for (const link of [...connection.links()]) {
    const isNode = link.path !== '';
    hasNodeLink ||= isNode;
    const isIdleSender =
      isNode && link instanceof IncomingLinkEnd && now - link.activeAt > limits.idleSenderMs;
    if (!isIdleSender) continue;
    const timeout = new Date(limits.idleSenderMs).toISOString().slice(11, 19);
    link.detach({
      condition: 'amqp:link:detach-forced',
      message: `The link '${link.name}' is force detached by the broker because of errors occurred in publisher(link${link.handle}). Detach origin: AmqpMessagePublisher.IdleTimerExpired: Idle timeout: ${timeout}. ${suffix()}`,
    });
  }
  const allowedMs = lastLinkAt === undefined ? limits.withoutFirstLinkMs : limits.withoutLinksMs;
  if (hasNodeLink || now - (lastLinkAt ?? startedAt) <= allowedMs) return;
  connection.close({
    condition: 'amqp:connection:forced',
    message: `The connection was inactive for more than the allowed ${allowedMs} milliseconds and is closed by container 'LinkTracker'. ${suffix()}`,
  });
}
