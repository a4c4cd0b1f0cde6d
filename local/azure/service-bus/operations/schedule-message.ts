import { type AmqpValue, arrayOf } from '../../amqp/codec/amqp-value.ts';
import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import { readable } from '../links/message-sender.ts';
import { badArgument } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

interface Scheduler {
  /** Returns sequence numbers. Throws AmqpError. */
  schedule(messages: readonly Buffer[]): number[];
}

/** `com.microsoft:schedule-message`. `requireOpen` throws AmqpError for a disabled entity. */
export const scheduleMessage = (
  intake: Scheduler,
  requireOpen: () => void,
): ManagementOperation => ({
  rights: ['Send'],
  handle(request) {
    requireOpen();
    const messages = new RequestBody(request).list('messages').map(readMessage);
    const sequenceNumbers = readable(() => intake.schedule(messages));
    return { body: { 'sequence-numbers': arrayOf('long', sequenceNumbers) } };
  },
});

/** What the entry repeats of it (ids, partition key) is in the message, too. */
function readMessage(entry: AmqpValue): Buffer {
  const message = entry instanceof Map ? entry.get('message') : undefined;
  if (!Buffer.isBuffer(message)) throw badArgument("An entry of 'messages' has no message.");
  return message;
}
