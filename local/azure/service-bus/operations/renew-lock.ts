import { arrayOf } from '../../amqp/codec/amqp-value.ts';
import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { swapGuidOrder } from '../messages/message-lock.ts';
import { badArgument } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

/** `com.microsoft:renew-lock`: all or none of the locks. */
export const renewLock = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const tokens = new RequestBody(request).lockTokens();
    const locks = tokens.map((token) => queue.locks.find(swapGuidOrder(token)));
    // Pretend: the words; a message under a session has no lock of its own.
    if (locks.some(({ session }) => session)) throw badArgument('Renew the lock of the session.');
    for (const lock of locks) queue.locks.requireHeld(lock);
    const expirations = locks.map((lock) => new Date(queue.locks.renew(lock)));
    return { body: { expirations: arrayOf('timestamp', expirations) } };
  },
});
