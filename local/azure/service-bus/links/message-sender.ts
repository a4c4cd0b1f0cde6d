import { AmqpError } from '../../amqp/amqp-error.ts';
import { DecodeError } from '../../amqp/codec/decode.ts';
import { unbatch } from '../../amqp/codec/sections.ts';
import { BATCH_FORMAT, type MessageSink } from '../../amqp/messaging-node.ts';
import type { StagedSend } from '../entities/intake.ts';
import type { Scheduler } from '../scheduler.ts';

/** Where a sender link's messages go. */
interface Destination {
  /** All or none. Throws AmqpError. */
  send(messages: readonly Buffer[]): void;
  /** In two steps. Throws AmqpError. */
  stage(messages: readonly Buffer[]): StagedSend;
}

/** The sink of a sender link: single messages and batches. `requireOpen` throws AmqpError, `onSent` counts. */
export function createMessageSender(
  destination: Destination,
  hooks: {
    /** Name of the queue or topic. */
    readonly entity: string;
    readonly scheduler: Scheduler;
    commit(): void;
    requireOpen(): void;
    onSent(messageCount: number): void;
  },
): MessageSink {
  return {
    receive(message, format) {
      hooks.scheduler.runDue();
      hooks.requireOpen();
      const count = readable(() => {
        const messages = format === BATCH_FORMAT ? unbatch(message) : [message];
        destination.send(messages);
        return messages.length;
      });
      hooks.commit();
      hooks.onSent(count);
    },
    stage(message, format) {
      hooks.requireOpen();
      const { count, check, apply } = readable(() => {
        const messages = format === BATCH_FORMAT ? unbatch(message) : [message];
        return { count: messages.length, ...destination.stage(messages) };
      });
      return {
        entity: hooks.entity,
        sentCount: count,
        check() {
          hooks.scheduler.runDue();
          hooks.requireOpen();
          check();
        },
        apply,
        finish() {
          hooks.commit();
          hooks.onSent(count);
        },
      };
    },
  };
}

/** Runs what decodes a client's bytes. Throws AmqpError `amqp:decode-error` where they are no AMQP message. */
export function readable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new AmqpError('amqp:decode-error', `The message cannot be read: ${error.message}.`, 400);
  }
}
