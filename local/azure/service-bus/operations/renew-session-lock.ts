import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { requireHeldSession } from './held-session.ts';
import { RequestBody } from './request-body.ts';

/** `com.microsoft:renew-session-lock`. */
export const renewSessionLock = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const sessionId = new RequestBody(request).string('session-id');
    const lock = requireHeldSession(queue, sessionId, request);
    return { body: { expiration: new Date(queue.sessions.renew(lock)) } };
  },
});
