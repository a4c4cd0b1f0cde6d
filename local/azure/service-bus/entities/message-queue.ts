// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
import { BrokeredMessage, type MessageHome } from '../messages/brokered-message.ts';
import type { MessageContent } from '../messages/message-content.ts';
import type { MessageLock } from '../messages/message-lock.ts';
import type { StoredMessage } from '../store/stored-message.ts';
import {
  type DeadLetterCause,
  deadLetterEntries,
  deliveryCountExceeded,
  expired,
  sessionIdIsNull,
} from './dead-letter-cause.ts';
import { HeldMessages } from './held-messages.ts';
import { Lane } from './lane.ts';
import { MessageLocks } from './message-locks.ts';
import type { MessageSession, SessionLock } from './message-session.ts';
import type { Origin, QueueParts } from './queue-parts.ts';
import { Sessions } from './sessions.ts';
import type { Settlement } from './settlement.ts';

/** The messages of a queue, a subscription or a dead-letter queue. Knows no AMQP link. */
export class MessageQueue implements MessageHome {
  readonly #parts: QueueParts;
  readonly #held: HeldMessages;
  readonly #lane = new Lane();
  readonly locks: MessageLocks;
  readonly sessions: Sessions;
  scheduledCount = 0;

  constructor(parts: QueueParts) {
    const { clock, scheduler } = parts;
    const lockDurationMs = () => parts.settings().lockDurationMs;
    this.#parts = parts;
    this.#held = new HeldMessages(parts);
    const canDeadLetter = !this.#isDeadLetterQueue;
    this.locks = new MessageLocks({ clock, scheduler, lockDurationMs, canDeadLetter });
    this.sessions = new Sessions({
      clock,
      scheduler,
      lockDurationMs,
      onUnlocked: (lock, counts) => this.#takeBackFrom(lock, counts),
    });
    this.#restore();
  }

  get messageCount(): number {
    return this.#held.count;
  }

  get requiresSession(): boolean {
    return this.#parts.settings().requiresSession;
  }

  get #isDeadLetterQueue(): boolean {
    return this.#parts.deadLetterQueue === undefined;
  }

  /** The lane that a receiver of this queue, or of the session, waits in. */
  laneOf(session?: SessionLock): Lane {
    return session ? session.session.lane : this.#lane;
  }

  /** The next one, for a message that does not stay here. */
  takeSequenceNumber(): number {
    return this.#held.takeNumber();
  }

  /** Adds a message; call `dispatch` afterwards. */
  enqueue(content: MessageContent, origin: Origin = {}): void {
    const message = this.#add(content, origin);
    this.#held.save(message);
    this.#makeReady(message, false);
  }

  /** Keeps a message until its time; then it gets a new sequence number [message-sequencing]. */
  schedule(content: MessageContent, dueMs: number): BrokeredMessage {
    const message = this.#add(content);
    message.state = 'Scheduled';
    this.scheduledCount++;
    this.#schedule(message, dueMs);
    this.#held.save(message);
    return message;
  }

  find(sequenceNumber: number): BrokeredMessage | undefined {
    return this.#held.find(sequenceNumber);
  }

  /** In order of sequence numbers, from this one on. */
  browse(fromSequenceNumber: number): Generator<BrokeredMessage> {
    return this.#held.from(fromSequenceNumber);
  }

  /** Gives ready messages to who waits. Sessions give theirs when they get them. */
  dispatch(): void {
    this.#lane.dispatch();
  }

  /** Throws message-lock-lost or session-lock-lost; then nothing has changed. */
  settle(lock: MessageLock, settlement: Settlement): void {
    this.locks.requireSettleable(lock, settlement);
    const { message } = lock;
    this.locks.unlock(lock);
    if ('properties' in settlement)
      this.#held.change(message, message.content.with(settlement.properties));
    switch (settlement.kind) {
      case 'complete':
        this.remove(message);
        break;
      case 'release':
        this.#takeBack(message, false);
        break;
      case 'abandon':
        this.#takeBack(message, true);
        break;
      case 'defer':
        message.state = 'Deferred';
        // Azure: deferring counts as a delivery [azure-sdk-for-js deferredMessage.spec.ts].
        message.deliveryCount++;
        this.#held.saveDelivery(message);
        break;
      case 'deadLetter':
        this.#deadLetter(message, settlement.cause);
        break;
    }
  }

  /** Takes a message out for good. */
  remove(message: BrokeredMessage): void {
    if (message.isGone) return;
    const wasReady = message.isReady;
    if (message.lock) this.locks.unlock(message.lock);
    if (message.state === 'Scheduled') this.scheduledCount--;
    this.#parts.scheduler.remove(message);
    this.#held.remove(message);
    const session = this.#sessionOf(message);
    if (wasReady) (session?.lane ?? this.#lane).ready.noteLeft();
    if (!session) return;
    session.messageCount--;
    this.sessions.update(session);
  }

  /** The session's state has changed. */
  noteSession({ id, state, updatedTimeMs }: MessageSession): void {
    this.#parts.store.putSession(id, state, updatedTimeMs);
  }

  /** Removes all of it: the entity is deleted. */
  clear(): void {
    this.#parts.store.drop();
    for (const message of [...this.#held.from(0)]) this.remove(message);
    this.#parts.deadLetterQueue?.clear();
  }

  onMessageDue(message: BrokeredMessage): void {
    if (message.lock) {
      this.locks.unlock(message.lock);
      this.#takeBack(message, true);
    } else if (message.state === 'Scheduled') {
      const { content } = message;
      this.remove(message);
      if (this.#parts.activate) this.#parts.activate(content);
      else this.enqueue(content);
    } else {
      this.#expire(message);
    }
    this.dispatch();
  }

  /** Puts a message that was never ready into the dead-letter queue. */
  rejectNew(content: MessageContent, cause: DeadLetterCause, origin: Origin): void {
    this.#deadLetter(this.#add(content, origin), cause);
  }

  #add(content: MessageContent, origin: Origin = {}): BrokeredMessage {
    const { moved } = origin;
    const { defaultMessageTimeToLiveMs } = this.#parts.settings();
    const enqueuedTimeMs = moved?.enqueuedTimeMs ?? this.#parts.clock.nowMs();
    const { timeToLiveMs: longestMs = Number.POSITIVE_INFINITY } = origin;
    const timeToLiveMs = Math.min(content.timeToLiveMs, defaultMessageTimeToLiveMs, longestMs);
    const message = new BrokeredMessage(this, content, {
      sequenceNumber: this.#held.takeNumber(),
      enqueuedSequenceNumber: origin.enqueuedSequenceNumber ?? 0,
      enqueuedTimeMs,
      // Azure: a dead-letter queue does not observe the time to live [service-bus-dead-letter-queues].
      expiresAtMs: this.#isDeadLetterQueue
        ? Number.POSITIVE_INFINITY
        : enqueuedTimeMs + timeToLiveMs,
      deliveryCount: moved?.deliveryCount ?? 0,
    });
    this.#keep(message);
    return message;
  }

  #keep(message: BrokeredMessage): void {
    this.#held.add(message);
    const session = this.#sessionOf(message, true);
    if (!session) return;
    session.messageCount++;
    session.updatedTimeMs = Math.max(session.updatedTimeMs, message.enqueuedTimeMs);
  }

  /** Goes on with what an earlier process left. Its locks are gone. */
  #restore(): void {
    const found = this.#held.open(() => this.sessions.withState());
    for (const session of found.sessions()) {
      this.sessions.restore(session);
      this.#parts.size.change(session.state.length);
    }
    for (const message of found.messages()) this.#restoreMessage(message);
  }

  // Pretend: a delivery that a restart of the broker cut off does not count.
  #restoreMessage(stored: StoredMessage): void {
    const message = new BrokeredMessage(this, stored.content, stored);
    message.state = stored.state;
    this.#keep(message);
    if (stored.state === 'Scheduled') {
      this.scheduledCount++;
      this.#schedule(message, stored.dueMs);
    } else if (stored.state === 'Active') this.#makeReady(message, false);
  }

  /** `isReturned`: it was ready before, and goes to its old place. */
  #makeReady(message: BrokeredMessage, isReturned: boolean): void {
    const session = this.#sessionOf(message);
    if (this.requiresSession && !session) {
      // Azure: a topic cannot refuse it for one of its subscriptions [service-bus-dead-letter-queues].
      this.#deadLetter(message, sessionIdIsNull);
      return;
    }
    this.#schedule(message, message.expiresAtMs);
    const { ready } = session?.lane ?? this.#lane;
    if (isReturned) ready.putBack(message);
    else ready.add(message);
    if (!session) return;
    this.sessions.update(session);
    session.lane.dispatch();
  }

  /** A delivery ends and the message stays. `counts`: the delivery failed. */
  #takeBack(message: BrokeredMessage, counts: boolean): void {
    const { maxDeliveryCount } = this.#parts.settings();
    // Azure: in a dead-letter queue the count stays as it is [Azure/azure-sdk-for-net#53437].
    const isCounted = counts && !this.#isDeadLetterQueue;
    if (isCounted) {
      message.deliveryCount++;
      this.#held.saveDelivery(message);
    }
    if (isCounted && message.deliveryCount >= maxDeliveryCount) {
      this.#deadLetter(message, deliveryCountExceeded(maxDeliveryCount));
    } else if (message.state === 'Deferred') {
      // Azure: it stays deferred [azure-sdk-for-js deferredMessage.spec.ts], and does not expire [message-deferral].
    } else if (message.expiresAtMs <= this.#parts.clock.nowMs()) {
      this.#expire(message);
    } else {
      this.#makeReady(message, true);
      this.dispatch();
    }
  }

  #takeBackFrom(session: SessionLock, counts: boolean): void {
    const messages = [...session.locked];
    for (const { lock } of messages) if (lock) this.locks.unlock(lock);
    for (const message of messages) this.#takeBack(message, counts);
  }

  // Pretend: a message expires at its time; Azure lets it lie until a receiver asks [message-expiration].
  #expire(message: BrokeredMessage): void {
    if (this.#parts.settings().deadLetteringOnMessageExpiration) this.#deadLetter(message, expired);
    else this.remove(message);
  }

  #deadLetter(message: BrokeredMessage, cause: DeadLetterCause): void {
    const { deadLetterQueue } = this.#parts;
    if (!deadLetterQueue) return;
    const content = message.content.with(deadLetterEntries(cause));
    const { enqueuedSequenceNumber, sequenceNumber } = message;
    deadLetterQueue.enqueue(content, {
      moved: message,
      // Pretend: it gets a number of the dead-letter queue, and its old one stays as the enqueued one.
      enqueuedSequenceNumber: enqueuedSequenceNumber || sequenceNumber,
    });
    this.remove(message);
    deadLetterQueue.dispatch();
  }

  #schedule(message: BrokeredMessage, dueMs: number): void {
    message.dueMs = dueMs;
    this.#parts.scheduler.add(message);
  }

  #sessionOf({ content }: BrokeredMessage, creates = false): MessageSession | undefined {
    const { sessionId } = content;
    if (!this.requiresSession || sessionId === undefined) return undefined;
    return creates ? this.sessions.get(sessionId) : this.sessions.find(sessionId);
  }
}
