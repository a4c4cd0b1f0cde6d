import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { encodeDelivery } from '../messages/encode-delivery.ts';
import { badArgument } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

// Pretend: an answer ends with the message that makes it larger than this.
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** `com.microsoft:peek-message`: looks at messages in any state, of one session if it is named. */
export const peekMessage = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const body = new RequestBody(request);
    const count = body.number('message-count');
    const sessionId = body.optionalString('session-id');
    if (count < 1) throw badArgument("'message-count' is less than 1.");
    const messages: { message: Buffer }[] = [];
    let bytes = 0;
    for (const message of queue.browse(body.number('from-sequence-number'))) {
      if (sessionId !== undefined && message.content.sessionId !== sessionId) continue;
      const encoded = encodeDelivery(message);
      messages.push({ message: encoded });
      bytes += encoded.length;
      if (messages.length >= count || bytes > LARGEST_ANSWER_BYTES) break;
    }
    if (messages.length > 0) return { body: { messages } };
    return { statusCode: 204, statusDescription: 'NoContent', body: {} };
  },
});
