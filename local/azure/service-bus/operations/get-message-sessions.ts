import { arrayOf, typed } from '../../amqp/codec/amqp-value.ts';
import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { badArgument } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

/** `com.microsoft:get-message-sessions`: a page of the ids of sessions that have messages or a state. */
export const getMessageSessions = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const body = new RequestBody(request);
    const updatedAfter = body.get('last-updated-time');
    const skip = body.number('skip', 0);
    const top = body.number('top');
    if (updatedAfter !== undefined && !(updatedAfter instanceof Date)) {
      throw badArgument("'last-updated-time' is no timestamp.");
    }
    const ids = queue.sessions
      .list(updatedAfter?.getTime() ?? 0)
      .slice(skip, skip + top)
      .map(({ id }) => id);
    if (ids.length === 0) return { statusCode: 204, statusDescription: 'NoContent', body: {} };
    return {
      body: { skip: typed('int', skip + ids.length), 'sessions-ids': arrayOf('string', ids) },
    };
  },
});
