import type { Timed } from '../scheduler.ts';
import type { MessageContent } from './message-content.ts';
import type { MessageLock } from './message-lock.ts';

export type MessageState = 'Active' | 'Deferred' | 'Scheduled';

/** What it needs to know of where it lies. */
export interface MessageHome {
  /** Its time has come: the lock ends, it expires or its schedule is due. */
  onMessageDue(message: BrokeredMessage): void;
}

/** A message in one queue, subscription or dead-letter queue. Only its home changes it. */
export class BrokeredMessage implements Timed {
  readonly #home: MessageHome;
  content: MessageContent;
  readonly sequenceNumber: number;
  /** Where it was first accepted: the topic's number, for a message in a subscription; else 0. */
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedTimeMs: number;
  /** Infinity if it never expires. */
  readonly expiresAtMs: number;
  /** Earlier deliveries that were not settled. */
  deliveryCount: number;
  state: MessageState = 'Active';
  lock: MessageLock | undefined;
  /** It left its home: completed, expired, moved. */
  isGone = false;
  dueMs = Number.POSITIVE_INFINITY;
  heapIndex = -1;

  constructor(
    home: MessageHome,
    content: MessageContent,
    facts: Pick<
      BrokeredMessage,
      | 'sequenceNumber'
      | 'enqueuedSequenceNumber'
      | 'enqueuedTimeMs'
      | 'expiresAtMs'
      | 'deliveryCount'
    >,
  ) {
    this.#home = home;
    this.content = content;
    this.sequenceNumber = facts.sequenceNumber;
    this.enqueuedSequenceNumber = facts.enqueuedSequenceNumber;
    this.enqueuedTimeMs = facts.enqueuedTimeMs;
    this.expiresAtMs = facts.expiresAtMs;
    this.deliveryCount = facts.deliveryCount;
  }

  /** Whether a receiver may have it now. */
  get isReady(): boolean {
    return this.state === 'Active' && this.lock === undefined && !this.isGone;
  }

  onDue(): void {
    this.#home.onMessageDue(this);
  }
}
