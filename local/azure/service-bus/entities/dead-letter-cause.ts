import { encodeValue } from '../../amqp/codec/encode.ts';
import type { MapEntry } from '../../amqp/messaging-node.ts';

/** Why a message is in a dead-letter queue: two application properties, each if it is given. */
export interface DeadLetterCause {
  readonly reason?: string;
  readonly description?: string;
}

// The causes that the broker finds itself. Source: service-bus-dead-letter-queues, moving messages to the DLQ.

export const expired: DeadLetterCause = {
  reason: 'TTLExpiredException',
  description: 'The message expired and was dead lettered.',
};

export const sessionIdIsNull: DeadLetterCause = {
  reason: 'Session ID is null',
  description: "Session enabled entity doesn't allow a message whose session identifier is null.",
};

export const deliveryCountExceeded = (maxDeliveryCount: number): DeadLetterCause => ({
  reason: 'MaxDeliveryCountExceeded',
  description: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
});

// Pretend: the reason's name; the documentation only says that the error goes along with the message.
export const filterFailed = (description: string): DeadLetterCause => ({
  reason: 'FilterException',
  description,
});

export function deadLetterEntries({ reason, description }: DeadLetterCause): MapEntry[] {
  const entries = { DeadLetterReason: reason, DeadLetterErrorDescription: description };
  return Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value, encoded: encodeValue(value) }));
}
