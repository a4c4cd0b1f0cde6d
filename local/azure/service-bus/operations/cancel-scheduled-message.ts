import type { MessageQueue } from '../entities/message-queue.ts';
import { messageNotFound } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';
import { changing } from './staged-operation.ts';

/** `com.microsoft:cancel-scheduled-message`: all or none. */
export const cancelScheduledMessage = (queue: MessageQueue) =>
  changing(['Send'], (request) => {
    const numbers = new RequestBody(request).sequenceNumbers();
    const find = () =>
      numbers.map((sequenceNumber) => {
        const message = queue.find(sequenceNumber);
        if (message?.state !== 'Scheduled') throw messageNotFound();
        return message;
      });
    return {
      subjects: find(),
      check: find,
      apply() {
        for (const message of find()) queue.remove(message);
      },
    };
  });
