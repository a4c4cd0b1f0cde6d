import type { MapEntry } from '../../amqp/messaging-node.ts';
import type { Clock } from '../../clock.ts';
import { BrokeredMessage, type MessageHome } from '../messages/brokered-message.ts';
import type { MessageContent } from '../messages/message-content.ts';
import { MessageLock } from '../messages/message-lock.ts';
import { MessageLog } from '../messages/message-log.ts';
import type { Scheduler } from '../scheduler.ts';
import { cannotDeadLetterHere, messageLockLost, sessionLockLost } from '../service-bus-error.ts';
import {
  type DeadLetterCause,
  deadLetterEntries,
  deliveryCountExceeded,
  expired,
  sessionIdIsNull,
} from './dead-letter-cause.ts';
import type { EntitySize } from './entity-size.ts';
import { Lane } from './lane.ts';
import type { SessionLock } from './message-session.ts';
import { Sessions } from './sessions.ts';

/** What a queue or subscription may be told; durations in milliseconds, Infinity for none. */
export interface QueueSettings {
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  readonly defaultMessageTimeToLiveMs: number;
  readonly deadLetteringOnMessageExpiration: boolean;
}

export interface QueueParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly size: EntitySize;
  settings(): QueueSettings;
  /** Absent for a dead-letter queue. */
  readonly deadLetterQueue?: MessageQueue;
}

/** What becomes of a locked message. */
export type Settlement =
  | { readonly kind: 'complete' }
  /** Back to the queue as if it had never been delivered. */
  | { readonly kind: 'release' }
  | { readonly kind: 'abandon' | 'defer'; readonly properties: readonly MapEntry[] }
  | {
      readonly kind: 'deadLetter';
      readonly cause: DeadLetterCause;
      readonly properties: readonly MapEntry[];
    };

/** The messages of a queue, a subscription or a dead-letter queue, and their locks. Knows no AMQP link. */
export class MessageQueue implements MessageHome {
  readonly #parts: QueueParts;
  readonly #log = new MessageLog();
  readonly #locks = new Map<string, MessageLock>();
  readonly #lane = new Lane();
  readonly sessions: Sessions;
  #lastSequenceNumber = 0;
  scheduledCount = 0;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.sessions = new Sessions({
      clock: parts.clock,
      scheduler: parts.scheduler,
      lockDurationMs: () => this.settings.lockDurationMs,
      onUnlocked: (lock, counts) => this.#takeBackFrom(lock, counts),
    });
  }

  get settings(): QueueSettings {
    return this.#parts.settings();
  }

  /** Of all messages, in whatever state. */
  get messageCount(): number {
    return this.#log.size;
  }

  get isDeadLetterQueue(): boolean {
    return this.#parts.deadLetterQueue === undefined;
  }

  /** The lane that a receiver of this queue, or of the session, waits in. */
  laneOf(session?: SessionLock): Lane {
    return session ? session.session.lane : this.#lane;
  }

  /** Adds a message; call `dispatch` afterwards. `timeToLiveMs` caps the message's own. */
  enqueue(
    content: MessageContent,
    more: { enqueuedSequenceNumber?: number; timeToLiveMs?: number } = {},
  ): BrokeredMessage {
    const message = this.#add(content, more);
    this.#makeReady(message, (lane) => lane.ready.add(message));
    return message;
  }

  /** Keeps a message until its time; then it gets a new sequence number [message-sequencing.md]. */
  schedule(content: MessageContent, dueMs: number): BrokeredMessage {
    const message = this.#add(content);
    message.state = 'Scheduled';
    this.scheduledCount++;
    this.#schedule(message, dueMs);
    return message;
  }

  /** Undefined if there is no such message, or it is active already. */
  findScheduled(sequenceNumber: number): BrokeredMessage | undefined {
    const message = this.find(sequenceNumber);
    return message?.state === 'Scheduled' ? message : undefined;
  }

  find(sequenceNumber: number): BrokeredMessage | undefined {
    return this.#log.find(sequenceNumber);
  }

  /** In order of sequence numbers, from this one on. */
  browse(fromSequenceNumber: number): Generator<BrokeredMessage> {
    return this.#log.from(fromSequenceNumber);
  }

  /** Gives ready messages to who waits. Sessions give theirs when they get them. */
  dispatch(): void {
    this.#lane.dispatch();
  }

  /** Locks a message for `lockDuration`, or under its session's lock. */
  lock(message: BrokeredMessage, session?: SessionLock): MessageLock {
    const until = session ?? this.#parts.clock.nowMs() + this.settings.lockDurationMs;
    const lock = new MessageLock(message, until);
    message.lock = lock;
    this.#locks.set(lock.key, lock);
    if (session) session.locked.add(message);
    this.#schedule(message, session ? Number.POSITIVE_INFINITY : lock.lockedUntilMs);
    return lock;
  }

  /** By token in the order of delivery tags. Throws message-lock-lost. */
  findLock(token: Buffer): MessageLock {
    const lock = this.#locks.get(token.toString('latin1'));
    if (!lock) throw messageLockLost();
    return lock;
  }

  /** Returns the new end. Throws message-lock-lost. */
  renew(lock: MessageLock): number {
    this.#requireHeld(lock);
    lock.lockedUntilMs = this.#parts.clock.nowMs() + this.settings.lockDurationMs;
    this.#schedule(lock.message, lock.lockedUntilMs);
    return lock.lockedUntilMs;
  }

  /** Throws message-lock-lost or session-lock-lost; then nothing has changed. */
  settle(lock: MessageLock, settlement: Settlement): void {
    this.#requireHeld(lock);
    if (settlement.kind === 'deadLetter' && this.isDeadLetterQueue) throw cannotDeadLetterHere();
    const { message } = lock;
    this.#unlock(lock);
    switch (settlement.kind) {
      case 'complete':
        return this.remove(message);
      case 'release':
        return this.#takeBack(message, false);
      case 'abandon':
        this.#change(message, settlement.properties);
        return this.#takeBack(message, true);
      case 'defer':
        this.#change(message, settlement.properties);
        return this.#defer(message);
      case 'deadLetter':
        this.#change(message, settlement.properties);
        return this.#deadLetter(message, settlement.cause);
    }
  }

  /** Takes a message out for good. */
  remove(message: BrokeredMessage): void {
    if (message.isGone) return;
    const wasWaiting = message.isReady;
    if (message.state === 'Scheduled') this.scheduledCount--;
    this.#parts.scheduler.remove(message);
    this.#log.remove(message);
    this.#parts.size.release(message.content);
    const session = this.#sessionOf(message);
    if (wasWaiting) (session?.lane ?? this.#lane).ready.noteLeft();
    if (!session) return;
    session.messageCount--;
    this.sessions.update(session);
  }

  /** Removes all of it: the entity is deleted. */
  clear(): void {
    for (const message of [...this.#log.from(0)]) this.remove(message);
    this.#locks.clear();
    this.#parts.deadLetterQueue?.clear();
  }

  onMessageDue(message: BrokeredMessage): void {
    if (message.lock) {
      this.#unlock(message.lock);
      this.#takeBack(message, true);
    } else if (message.state === 'Scheduled') {
      const { content } = message;
      this.remove(message);
      this.enqueue(content);
    } else {
      this.#expire(message);
    }
    this.dispatch();
  }

  /** Puts a message that was never in this queue into its dead-letter queue. */
  rejectNew(content: MessageContent, cause: DeadLetterCause, enqueuedSequenceNumber: number): void {
    const message = this.#add(content, { enqueuedSequenceNumber });
    this.#deadLetter(message, cause);
  }

  #add(
    content: MessageContent,
    more: { enqueuedSequenceNumber?: number; timeToLiveMs?: number; moved?: BrokeredMessage } = {},
  ): BrokeredMessage {
    const { moved } = more;
    const enqueuedTimeMs = moved?.enqueuedTimeMs ?? this.#parts.clock.nowMs();
    const timeToLiveMs = Math.min(
      content.timeToLiveMs,
      more.timeToLiveMs ?? Number.POSITIVE_INFINITY,
      this.settings.defaultMessageTimeToLiveMs,
    );
    const message = new BrokeredMessage(this, content, {
      sequenceNumber: ++this.#lastSequenceNumber,
      enqueuedSequenceNumber: more.enqueuedSequenceNumber ?? 0,
      enqueuedTimeMs,
      // Azure: a dead-letter queue does not observe the time to live [service-bus-dead-letter-queues].
      expiresAtMs: this.isDeadLetterQueue
        ? Number.POSITIVE_INFINITY
        : enqueuedTimeMs + timeToLiveMs,
      deliveryCount: moved?.deliveryCount ?? 0,
    });
    this.#log.add(message);
    this.#parts.size.hold(content);
    const session = this.#sessionOf(message, true);
    if (session) {
      session.messageCount++;
      session.updatedTimeMs = enqueuedTimeMs;
    }
    return message;
  }

  #makeReady(message: BrokeredMessage, insert: (lane: Lane) => void): void {
    const session = this.#sessionOf(message);
    if (this.settings.requiresSession && !session) {
      // Azure: a topic cannot refuse it for one of its subscriptions [service-bus-dead-letter-queues].
      return this.#deadLetter(message, sessionIdIsNull);
    }
    this.#schedule(message, message.expiresAtMs);
    insert(session?.lane ?? this.#lane);
    if (!session) return;
    this.sessions.update(session);
    session.lane.dispatch();
  }

  /** A delivery that was not completed ends. */
  #takeBack(message: BrokeredMessage, counts: boolean): void {
    // Azure: in a dead-letter queue the count stays [Azure/azure-sdk-for-net#53437].
    if (counts && !this.isDeadLetterQueue) message.deliveryCount++;
    const { maxDeliveryCount } = this.settings;
    if (counts && !this.isDeadLetterQueue && message.deliveryCount >= maxDeliveryCount) {
      return this.#deadLetter(message, deliveryCountExceeded(maxDeliveryCount));
    }
    // Azure: a deferred message stays deferred [azure-sdk-for-js deferredMessage.spec.ts], and does not expire.
    if (message.state === 'Deferred') return;
    if (message.expiresAtMs <= this.#parts.clock.nowMs()) return this.#expire(message);
    this.#makeReady(message, (lane) => lane.ready.putBack(message));
    this.dispatch();
  }

  #takeBackFrom(lock: SessionLock, counts: boolean): void {
    const messages = [...lock.locked];
    for (const message of messages) {
      if (message.lock) this.#unlock(message.lock);
    }
    for (const message of messages) this.#takeBack(message, counts);
  }

  #defer(message: BrokeredMessage): void {
    message.state = 'Deferred';
    // Azure: deferring counts as a delivery [azure-sdk-for-js deferredMessage.spec.ts].
    message.deliveryCount++;
  }

  #expire(message: BrokeredMessage): void {
    const { deadLetteringOnMessageExpiration } = this.settings;
    if (deadLetteringOnMessageExpiration) this.#deadLetter(message, expired);
    else this.remove(message);
  }

  #deadLetter(message: BrokeredMessage, cause: DeadLetterCause): void {
    const { deadLetterQueue } = this.#parts;
    if (!deadLetterQueue) return;
    // Held by the dead-letter queue before this one lets go, so that its size is never counted as gone.
    deadLetterQueue.#receive(message, message.content.with(deadLetterEntries(cause)));
    this.remove(message);
    deadLetterQueue.dispatch();
  }

  #receive(moved: BrokeredMessage, content: MessageContent): void {
    const { enqueuedSequenceNumber, sequenceNumber } = moved;
    const message = this.#add(content, {
      moved,
      // Pretend: it gets a number of the dead-letter queue, and its old one stays as the enqueued one.
      enqueuedSequenceNumber: enqueuedSequenceNumber || sequenceNumber,
    });
    this.#makeReady(message, (lane) => lane.ready.add(message));
  }

  #change(message: BrokeredMessage, properties: readonly MapEntry[]): void {
    const content = message.content.with(properties);
    if (content === message.content) return;
    this.#parts.size.hold(content);
    this.#parts.size.release(message.content);
    message.content = content;
  }

  #requireHeld(lock: MessageLock): void {
    if (lock.session && !lock.session.isHeld) throw sessionLockLost();
    if (lock.message.lock !== lock || lock.message.isGone) throw messageLockLost();
  }

  #unlock(lock: MessageLock): void {
    this.#locks.delete(lock.key);
    lock.session?.locked.delete(lock.message);
    lock.message.lock = undefined;
    this.#parts.scheduler.remove(lock.message);
  }

  #schedule(message: BrokeredMessage, dueMs: number): void {
    message.dueMs = dueMs;
    this.#parts.scheduler.add(message);
  }

  #sessionOf({ content }: BrokeredMessage, creates = false) {
    const { sessionId } = content;
    if (!this.settings.requiresSession || sessionId === undefined) return undefined;
    return creates ? this.sessions.get(sessionId) : this.sessions.find(sessionId);
  }
}
