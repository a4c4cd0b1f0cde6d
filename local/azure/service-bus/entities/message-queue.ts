// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
import type { MapEntry } from '../../amqp/messaging-node.ts';
import type { Clock } from '../../clock.ts';
import { BrokeredMessage, type MessageHome } from '../messages/brokered-message.ts';
import type { MessageContent } from '../messages/message-content.ts';
import type { MessageLock } from '../messages/message-lock.ts';
import { MessageLog } from '../messages/message-log.ts';
import type { Scheduler } from '../scheduler.ts';
import { cannotDeadLetterHere } from '../service-bus-error.ts';
import {
  type DeadLetterCause,
  deadLetterEntries,
  deliveryCountExceeded,
  expired,
  sessionIdIsNull,
} from './dead-letter-cause.ts';
import type { EntitySize } from './entity-size.ts';
import { Lane } from './lane.ts';
import { MessageLocks } from './message-locks.ts';
import type { MessageSession, SessionLock } from './message-session.ts';
import type { QueueSettings } from './queue-settings.ts';
import { Sessions } from './sessions.ts';
import type { Settlement } from './settlement.ts';

export interface QueueParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly size: EntitySize;
  /** The current ones. */
  settings(): QueueSettings;
  /** Absent for a dead-letter queue. */
  readonly deadLetterQueue?: MessageQueue;
  /** Where a scheduled message goes when its time has come, if not into this queue. */
  activate?(content: MessageContent): void;
}

interface Origin {
  /** The topic's number for it. */
  readonly enqueuedSequenceNumber?: number;
  /** Caps the message's own. */
  readonly timeToLiveMs?: number;
  /** What it was before it was moved here. */
  readonly moved?: BrokeredMessage;
}

/** The messages of a queue, a subscription or a dead-letter queue. Knows no AMQP link. */
export class MessageQueue implements MessageHome {
  readonly #parts: QueueParts;
  readonly #log = new MessageLog();
  readonly #lane = new Lane();
  readonly locks: MessageLocks;
  readonly sessions: Sessions;
  #lastSequenceNumber = 0;
  scheduledCount = 0;

  constructor(parts: QueueParts) {
    const { clock, scheduler } = parts;
    const lockDurationMs = () => parts.settings().lockDurationMs;
    this.#parts = parts;
    this.locks = new MessageLocks({ clock, scheduler, lockDurationMs });
    this.sessions = new Sessions({
      clock,
      scheduler,
      lockDurationMs,
      onUnlocked: (lock, counts) => this.#takeBackFrom(lock, counts),
    });
  }

  /** Of all messages, in whatever state. */
  get messageCount(): number {
    return this.#log.size;
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
    return ++this.#lastSequenceNumber;
  }

  /** Adds a message; call `dispatch` afterwards. */
  enqueue(content: MessageContent, origin: Origin = {}): void {
    this.#makeReady(this.#add(content, origin), false);
  }

  /** Keeps a message until its time; then it gets a new sequence number [message-sequencing]. */
  schedule(content: MessageContent, dueMs: number): BrokeredMessage {
    const message = this.#add(content);
    message.state = 'Scheduled';
    this.scheduledCount++;
    this.#schedule(message, dueMs);
    return message;
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

  /** Throws message-lock-lost or session-lock-lost; then nothing has changed. */
  settle(lock: MessageLock, settlement: Settlement): void {
    this.locks.requireHeld(lock);
    if (settlement.kind === 'deadLetter' && this.#isDeadLetterQueue) throw cannotDeadLetterHere();
    const { message } = lock;
    this.locks.unlock(lock);
    if ('properties' in settlement) this.#change(message, settlement.properties);
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
    this.#log.remove(message);
    this.#parts.size.release(message.content);
    const session = this.#sessionOf(message);
    if (wasReady) (session?.lane ?? this.#lane).ready.noteLeft();
    if (!session) return;
    session.messageCount--;
    this.sessions.update(session);
  }

  /** Removes all of it: the entity is deleted. */
  clear(): void {
    for (const message of [...this.#log.from(0)]) this.remove(message);
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
    const message = new BrokeredMessage(this, content, {
      sequenceNumber: this.takeSequenceNumber(),
      enqueuedSequenceNumber: origin.enqueuedSequenceNumber ?? 0,
      enqueuedTimeMs,
      // Azure: a dead-letter queue does not observe the time to live [service-bus-dead-letter-queues].
      expiresAtMs: this.#isDeadLetterQueue
        ? Number.POSITIVE_INFINITY
        : enqueuedTimeMs +
          Math.min(
            content.timeToLiveMs,
            defaultMessageTimeToLiveMs,
            origin.timeToLiveMs ?? Number.POSITIVE_INFINITY,
          ),
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
    if (isCounted) message.deliveryCount++;
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

  #change(message: BrokeredMessage, properties: readonly MapEntry[]): void {
    const content = message.content.with(properties);
    if (content === message.content) return;
    this.#parts.size.hold(content);
    this.#parts.size.release(message.content);
    message.content = content;
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
