import type { Clock } from '../../clock.ts';
import type { Scheduler, Timed } from '../scheduler.ts';
import { noSessionInTime, sessionCannotBeLocked } from '../service-bus-error.ts';
import type { StoredSession } from '../store/stored-message.ts';
import { MessageSession, type SessionHolder, SessionLock } from './message-session.ts';

interface SessionsParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  lockDurationMs(): number;
  /** The lock is gone; what the holder had goes back. `counts`: as a delivery that failed. */
  onUnlocked(lock: SessionLock, counts: boolean): void;
}

/** The sessions of one queue or subscription. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #sessions = new Map<string, MessageSession>();
  /** Not locked and with a ready message. Pretend: the one that became so first comes first. */
  readonly #available = new Set<MessageSession>();
  readonly #waiting = new Set<SessionWaiter>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  find(id: string): MessageSession | undefined {
    return this.#sessions.get(id);
  }

  /** Makes it if it does not exist. */
  get(id: string): MessageSession {
    let session = this.#sessions.get(id);
    if (!session) {
      session = new MessageSession(id, this.#parts.clock.nowMs());
      this.#sessions.set(id, session);
    }
    return session;
  }

  /** Sessions with messages or state that changed after the time, by id. */
  list(updatedAfterMs: number): MessageSession[] {
    return [...this.#sessions.values()]
      .filter((session) => session.updatedTimeMs > updatedAfterMs)
      .filter((session) => session.messageCount > 0 || session.state !== undefined)
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  restore({ id, state, updatedTimeMs }: StoredSession): void {
    const session = this.get(id);
    session.state = state;
    session.updatedTimeMs = updatedTimeMs;
  }

  *withState(): Generator<StoredSession> {
    for (const { id, state, updatedTimeMs } of this.#sessions.values()) {
      if (state) yield { id, state, updatedTimeMs };
    }
  }

  /** Call after a message of it came, went or became ready. */
  update(session: MessageSession): void {
    if (session.isEmpty) this.#sessions.delete(session.id);
    if (!session.isAvailable) {
      this.#available.delete(session);
      return;
    }
    const [waiter] = this.#waiting;
    if (waiter) waiter.give(this.#lock(session, waiter.holder));
    else this.#available.add(session);
  }

  /** Throws session-cannot-be-locked. A session need not have messages. */
  accept(id: string, holder: SessionHolder): SessionLock {
    const session = this.get(id);
    if (session.lock) throw sessionCannotBeLocked(id);
    return this.#lock(session, holder);
  }

  /** Waits for a session that has messages and is not locked. Rejects with com.microsoft:timeout. */
  acceptNext(
    holder: SessionHolder,
    timeoutMs: number,
    abandoned: AbortSignal,
  ): Promise<SessionLock> {
    const [session] = this.#available;
    if (session) return Promise.resolve(this.#lock(session, holder));
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.#parts.scheduler.remove(waiter);
        this.#waiting.delete(waiter);
        abandoned.removeEventListener('abort', waiter.onDue);
      };
      const waiter: SessionWaiter = {
        holder,
        dueMs: this.#parts.clock.nowMs() + timeoutMs,
        heapIndex: -1,
        give(lock) {
          finish();
          resolve(lock);
        },
        onDue() {
          finish();
          reject(noSessionInTime(timeoutMs));
        },
      };
      abandoned.addEventListener('abort', waiter.onDue);
      this.#waiting.add(waiter);
      this.#parts.scheduler.add(waiter);
    });
  }

  /** Returns the new end. */
  renew(lock: SessionLock): number {
    lock.dueMs = this.#parts.clock.nowMs() + this.#parts.lockDurationMs();
    this.#parts.scheduler.add(lock);
    return lock.lockedUntilMs;
  }

  /** The holder gives it back. */
  release(lock: SessionLock): void {
    this.#unlock(lock, false);
  }

  #lock(session: MessageSession, holder: SessionHolder): SessionLock {
    this.#available.delete(session);
    const lock = new SessionLock({
      session,
      holder,
      lockedUntilMs: this.#parts.clock.nowMs() + this.#parts.lockDurationMs(),
      onExpiry: (expired) => {
        this.#unlock(expired, true);
        expired.holder.onSessionLockLost();
      },
    });
    session.lock = lock;
    this.#parts.scheduler.add(lock);
    return lock;
  }

  #unlock(lock: SessionLock, counts: boolean): void {
    if (!lock.isHeld) return;
    this.#parts.scheduler.remove(lock);
    lock.session.lock = undefined;
    this.#parts.onUnlocked(lock, counts);
    this.update(lock.session);
  }
}

interface SessionWaiter extends Timed {
  readonly holder: SessionHolder;
  give(lock: SessionLock): void;
}
