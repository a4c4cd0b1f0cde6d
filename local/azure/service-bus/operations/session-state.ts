import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { Clock } from '../../clock.ts';
import type { EntitySize } from '../entities/entity-size.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import { badArgument } from '../service-bus-error.ts';
import { requireHeldSession } from './held-session.ts';
import { RequestBody } from './request-body.ts';
import { changing } from './staged-operation.ts';

/** `com.microsoft:get-session-state`: null where none was set. */
export const getSessionState = (queue: MessageQueue): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const sessionId = new RequestBody(request).string('session-id');
    const { session } = requireHeldSession(queue, sessionId, request);
    return { body: { 'session-state': session.state ?? null } };
  },
});

/**
 * `com.microsoft:set-session-state`: null or nothing clears it. It counts against the entity's size, and is no
 * larger than a message [message-sessions].
 */
export const setSessionState = (
  queue: MessageQueue,
  size: EntitySize,
  largestBytes: number,
  clock: Clock,
) =>
  changing(['Listen'], (request) => {
    const body = new RequestBody(request);
    const sessionId = body.string('session-id');
    const held = () => requireHeldSession(queue, sessionId, request).session;
    const state = body.get('session-state');
    if (state !== undefined && !Buffer.isBuffer(state)) {
      throw badArgument("'session-state' is no binary.");
    }
    if ((state?.length ?? 0) > largestBytes) {
      throw badArgument(`The session state is larger than ${largestBytes} bytes.`);
    }
    return {
      check() {
        const { state: old } = held();
        if (state && state.length > (old?.length ?? 0)) size.requireRoom();
      },
      apply() {
        const session = held();
        size.change((state?.length ?? 0) - (session.state?.length ?? 0));
        session.state = state && Buffer.from(state);
        session.updatedTimeMs = clock.nowMs();
        queue.noteSession(session);
      },
    };
  });
