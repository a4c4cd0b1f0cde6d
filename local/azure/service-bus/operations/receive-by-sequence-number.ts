import { typed } from '../../amqp/codec/amqp-value.ts';
import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import type { BrokeredMessage } from '../messages/brokered-message.ts';
import { encodeDelivery } from '../messages/encode-delivery.ts';
import { swapGuidOrder } from '../messages/message-lock.ts';
import { messageNotDeferred, messageNotFound } from '../service-bus-error.ts';
import { requireHeldSession } from './held-session.ts';
import { RequestBody } from './request-body.ts';

/** `receiver-settle-mode` of a receiver that deletes what it receives. */
const FIRST = 0;

/** `com.microsoft:receive-by-sequence-number`: fetches deferred messages, all or none. */
export const receiveBySequenceNumber = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const body = new RequestBody(request);
    const sessionId = body.optionalString('session-id');
    const isDeleting = body.number('receiver-settle-mode') === FIRST;
    const session =
      queue.requiresSession && sessionId !== undefined
        ? requireHeldSession(queue, sessionId, request)
        : undefined;
    const found = new Set(
      body.sequenceNumbers().map((number) => requireDeferred(queue, number, session?.session.id)),
    );
    const messages = [...found].map((message) => {
      if (isDeleting) {
        const encoded = encodeDelivery(message);
        queue.remove(message);
        return { message: encoded };
      }
      const lock = queue.locks.lock(message, session);
      const token = swapGuidOrder(lock.token);
      return { 'lock-token': typed('uuid', token), message: encodeDelivery(message, token) };
    });
    return { body: { messages } };
  },
});

function requireDeferred(
  queue: MessageQueue,
  sequenceNumber: number,
  sessionId: string | undefined,
): BrokeredMessage {
  const message = queue.find(sequenceNumber);
  if (!message || message.lock) throw messageNotFound();
  if (message.state !== 'Deferred') throw messageNotDeferred();
  if (queue.requiresSession && message.content.sessionId !== sessionId) throw messageNotFound();
  return message;
}
