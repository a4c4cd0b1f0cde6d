import type { ManagementRequest } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import type { SessionLock } from '../entities/message-session.ts';
import { sessionLockLost } from '../service-bus-error.ts';

/** The lock of a session that the asking link, or its connection, holds. Throws session-lock-lost. */
export function requireHeldSession(
  queue: MessageQueue,
  sessionId: string,
  { connectionId, associatedLinkName }: ManagementRequest,
): SessionLock {
  const lock = queue.sessions.find(sessionId)?.lock;
  const isHolder =
    lock?.holder.connectionId === connectionId &&
    (associatedLinkName === undefined || associatedLinkName === lock.holder.linkName);
  if (!lock || !isHolder) throw sessionLockLost();
  return lock;
}
