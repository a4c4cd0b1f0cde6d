import { typed } from '../../amqp/codec/amqp-value.ts';
import type { MessageSource, OutgoingLink } from '../../amqp/messaging-node.ts';
import type { SessionHolder, SessionLock } from '../entities/message-session.ts';
import {
  badArgument,
  noSessionsHere,
  sessionLockLost,
  sessionReceiverNeeded,
} from '../service-bus-error.ts';
import { QueueReceiver, type ReceiverParts } from './queue-receiver.ts';

const SESSION_FILTER = 'com.microsoft:session-filter';
/** Azure: about a minute, if the client names no time [Azure/azure-sdk-for-python#9402]. */
const STANDARD_TIMEOUT_MS = 60_000;
const LONGEST_TIMEOUT_MS = 3_600_000;

/** A receiver for the link, of a session where it asks for one. Throws and rejects with AmqpError. */
export function acceptReceiver(
  link: OutgoingLink,
  parts: ReceiverParts,
): MessageSource | Promise<MessageSource> {
  parts.scheduler.runDue();
  if (!link.filters.has(SESSION_FILTER)) {
    if (parts.queue.requiresSession) throw sessionReceiverNeeded();
    return new QueueReceiver(link, parts);
  }
  if (!parts.queue.requiresSession) throw noSessionsHere();
  return acceptSession(link, parts);
}

async function acceptSession(link: OutgoingLink, parts: ReceiverParts): Promise<MessageSource> {
  const { sessions } = parts.queue;
  const sessionId = link.filters.get(SESSION_FILTER) ?? undefined;
  if (sessionId !== undefined && typeof sessionId !== 'string') {
    throw badArgument('The session filter is no string.');
  }
  const holder: SessionHolder = {
    linkName: link.name,
    connectionId: link.connectionId,
    onSessionLockLost: () => link.detach(sessionLockLost()),
  };
  const session =
    sessionId === undefined
      ? await sessions.acceptNext(holder, timeoutOf(link), link.closed)
      : sessions.accept(sessionId, holder);
  if (link.closed.aborted) sessions.release(session);
  return Object.assign(new QueueReceiver(link, { ...parts, session }), {
    attachFilters: new Map([[SESSION_FILTER, session.session.id]]),
    attachProperties: {
      'com.microsoft:locked-until-utc': typed('long', toTicks(session)),
    },
  });
}

function timeoutOf(link: OutgoingLink): number {
  const wanted = link.properties['com.microsoft:timeout'];
  if (typeof wanted !== 'number' || wanted < 0) return STANDARD_TIMEOUT_MS;
  return Math.min(wanted, LONGEST_TIMEOUT_MS);
}

/** .NET's DateTime.Ticks: 100 ns since the year 1. */
function toTicks({ lockedUntilMs }: SessionLock): bigint {
  return BigInt(Math.trunc(lockedUntilMs)) * 10_000n + 621_355_968_000_000_000n;
}
