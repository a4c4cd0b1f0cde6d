import type { MessageContent } from '../messages/message-content.ts';

/** What of a message outlives the process. Its lock does not. */
export interface StoredMessage {
  readonly content: MessageContent;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedTimeMs: number;
  /** Infinity if it never expires. */
  readonly expiresAtMs: number;
  readonly deliveryCount: number;
  readonly state: 'Active' | 'Deferred' | 'Scheduled';
  /** Of a scheduled message: when it becomes active. */
  readonly dueMs: number;
}

export interface StoredSession {
  readonly id: string;
  readonly state: Buffer;
  readonly updatedTimeMs: number;
}

/** What a message queue has that outlives the process. */
export interface QueueContents {
  readonly lastSequenceNumber: number;
  messages(): Iterable<StoredMessage>;
  sessions(): Iterable<StoredSession>;
}

/** Where a message queue writes down each change; nothing is kept before `EntityStore.commit`. */
export interface QueueStore {
  /** What an earlier process left, once. `contents`: what a rewrite of the file asks from then on. */
  open(contents: QueueContents): QueueContents;
  put(message: StoredMessage): void;
  /** Its delivery count or state changed. */
  change(message: StoredMessage): void;
  remove(message: StoredMessage): void;
  takeNumber(sequenceNumber: number): void;
  putSession(id: string, state: Buffer | undefined, updatedTimeMs: number): void;
  /** The queue is deleted. */
  drop(): void;
}
