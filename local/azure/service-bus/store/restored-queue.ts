import type { MessageContent } from '../messages/message-content.ts';
import type { Fields } from './record-log.ts';
import type { QueueContents, StoredMessage, StoredSession } from './stored-message.ts';

/** A queue's contents as its records tell them, in the order in which they were written. */
export class RestoredQueue implements QueueContents {
  lastSequenceNumber = 0;
  readonly #messages = new Map<number, StoredMessage>();
  readonly #sessions = new Map<string, StoredSession>();

  /** By number: a rewritten file has them in that order, an appended one nearly. */
  messages(): Iterable<StoredMessage> {
    return [...this.#messages.values()].sort((a, b) => a.sequenceNumber - b.sequenceNumber);
  }

  sessions(): Iterable<StoredSession> {
    return this.#sessions.values();
  }

  takeNumber(sequenceNumber: number): void {
    this.lastSequenceNumber = Math.max(this.lastSequenceNumber, sequenceNumber);
  }

  /** `fields`: after the kind and the queue, as `putFields` wrote them. */
  put(fields: Fields, content: MessageContent): void {
    const message = readMessage(fields, content);
    this.#messages.set(message.sequenceNumber, message);
    this.takeNumber(message.sequenceNumber);
  }

  change(sequenceNumber: number, deliveryCount: number, state: string): void {
    const message = this.#messages.get(sequenceNumber);
    if (!message) return;
    this.#messages.set(sequenceNumber, {
      ...message,
      deliveryCount,
      state: state as StoredMessage['state'],
    });
  }

  remove(sequenceNumber: number): void {
    this.#messages.delete(sequenceNumber);
  }

  putSession(id: string, state: Buffer | undefined, updatedTimeMs: number): void {
    if (state) this.#sessions.set(id, { id, state, updatedTimeMs });
    else this.#sessions.delete(id);
  }
}

/** Infinity is null in JSON. */
export const putFields = (message: StoredMessage): Fields => [
  message.sequenceNumber,
  message.enqueuedSequenceNumber,
  message.enqueuedTimeMs,
  message.expiresAtMs,
  message.deliveryCount,
  message.state,
  message.state === 'Scheduled' ? message.dueMs : null,
];

function readMessage(fields: Fields, content: MessageContent): StoredMessage {
  const time = (index: number) =>
    fields[index] === null ? Number.POSITIVE_INFINITY : Number(fields[index]);
  return {
    content,
    sequenceNumber: Number(fields[0]),
    enqueuedSequenceNumber: Number(fields[1]),
    enqueuedTimeMs: Number(fields[2]),
    expiresAtMs: time(3),
    deliveryCount: Number(fields[4]),
    state: fields[5] as StoredMessage['state'],
    dueMs: time(6),
  };
}
