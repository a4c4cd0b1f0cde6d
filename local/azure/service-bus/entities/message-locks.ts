import type { Clock } from '../../clock.ts';
import type { BrokeredMessage } from '../messages/brokered-message.ts';
import { MessageLock } from '../messages/message-lock.ts';
import type { Scheduler } from '../scheduler.ts';
import { cannotDeadLetterHere, messageLockLost, sessionLockLost } from '../service-bus-error.ts';
import type { SessionLock } from './message-session.ts';
import type { Settlement } from './settlement.ts';

interface LockParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  lockDurationMs(): number;
  /** Not in a dead-letter queue. */
  readonly canDeadLetter: boolean;
}

/** The locked messages of one queue. A lock's time is the message's entry in the scheduler. */
export class MessageLocks {
  readonly #parts: LockParts;
  readonly #byToken = new Map<string, MessageLock>();

  constructor(parts: LockParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byToken.size;
  }

  /** Locks a message for the lock duration, or for as long as its session is locked. */
  lock(message: BrokeredMessage, session: SessionLock | undefined): MessageLock {
    const lock = new MessageLock(message, session ?? this.#end());
    message.lock = lock;
    this.#byToken.set(lock.key, lock);
    session?.locked.add(message);
    this.#schedule(lock);
    return lock;
  }

  unlock(lock: MessageLock): void {
    this.#byToken.delete(lock.key);
    lock.session?.locked.delete(lock.message);
    lock.message.lock = undefined;
    this.#parts.scheduler.remove(lock.message);
  }

  /** Returns the new end. Throws message-lock-lost. */
  renew(lock: MessageLock): number {
    this.requireHeld(lock);
    lock.lockedUntilMs = this.#end();
    this.#schedule(lock);
    return lock.lockedUntilMs;
  }

  /** By token in the order of delivery tags. Throws message-lock-lost. */
  find(token: Buffer): MessageLock {
    const lock = this.#byToken.get(token.toString('latin1'));
    if (!lock) throw messageLockLost();
    return lock;
  }

  /** Throws message-lock-lost or session-lock-lost. */
  requireHeld(lock: MessageLock): void {
    if (lock.session && !lock.session.isHeld) throw sessionLockLost();
    if (lock.message.lock !== lock || lock.message.isGone) throw messageLockLost();
  }

  /** Throws as `requireHeld`, and `amqp:not-allowed` for what this queue's messages cannot become. */
  requireSettleable(lock: MessageLock, { kind }: Settlement): void {
    this.requireHeld(lock);
    if (kind === 'deadLetter' && !this.#parts.canDeadLetter) throw cannotDeadLetterHere();
  }

  #end(): number {
    return this.#parts.clock.nowMs() + this.#parts.lockDurationMs();
  }

  #schedule(lock: MessageLock): void {
    lock.message.dueMs = lock.session ? Number.POSITIVE_INFINITY : lock.lockedUntilMs;
    this.#parts.scheduler.add(lock.message);
  }
}
