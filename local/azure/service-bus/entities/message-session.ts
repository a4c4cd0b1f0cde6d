import type { BrokeredMessage } from '../messages/brokered-message.ts';
import type { Timed } from '../scheduler.ts';
import { Lane } from './lane.ts';

/** Who holds a session. */
export interface SessionHolder {
  /** The link's name and connection: requests name them. */
  readonly linkName: string;
  readonly connectionId: string;
  /** The lock ran out. */
  onSessionLockLost(): void;
}

/** Messages with one session id. */
export class MessageSession {
  readonly id: string;
  readonly lane = new Lane();
  state: Buffer | undefined;
  /** When the state was set or a message came. */
  updatedTimeMs: number;
  lock: SessionLock | undefined;
  /** Messages of it that are in the queue, in whatever state. */
  messageCount = 0;

  constructor(id: string, updatedTimeMs: number) {
    this.id = id;
    this.updatedTimeMs = updatedTimeMs;
  }

  get isAvailable(): boolean {
    return this.lock === undefined && this.lane.ready.peek() !== undefined;
  }

  /** Nothing is left of it but its name. */
  get isEmpty(): boolean {
    return this.lock === undefined && this.state === undefined && this.messageCount === 0;
  }
}

/** The exclusive right to a session for a while; the umbrella over the locks of its messages. */
export class SessionLock implements Timed {
  readonly session: MessageSession;
  readonly holder: SessionHolder;
  /** Taken by the holder and not settled; deferred ones that were fetched, too. */
  readonly locked = new Set<BrokeredMessage>();
  readonly #onExpiry: (lock: SessionLock) => void;
  dueMs: number;
  heapIndex = -1;

  constructor(parts: {
    session: MessageSession;
    holder: SessionHolder;
    lockedUntilMs: number;
    onExpiry(lock: SessionLock): void;
  }) {
    this.session = parts.session;
    this.holder = parts.holder;
    this.dueMs = parts.lockedUntilMs;
    this.#onExpiry = parts.onExpiry;
  }

  get lockedUntilMs(): number {
    return this.dueMs;
  }

  get isHeld(): boolean {
    return this.session.lock === this;
  }

  onDue(): void {
    this.#onExpiry(this);
  }
}
