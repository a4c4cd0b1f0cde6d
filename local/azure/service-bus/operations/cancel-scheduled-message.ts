import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { messageNotFound } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

/** `com.microsoft:cancel-scheduled-message`: all or none. */
export const cancelScheduledMessage = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Send'],
  handle(request) {
    const messages = new RequestBody(request).sequenceNumbers().map((sequenceNumber) => {
      const message = queue.find(sequenceNumber);
      if (message?.state !== 'Scheduled') throw messageNotFound();
      return message;
    });
    for (const message of messages) queue.remove(message);
    return {};
  },
});
