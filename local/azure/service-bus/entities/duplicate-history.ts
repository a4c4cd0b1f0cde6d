import type { Clock } from '../../clock.ts';
import type { EntityStore } from '../store/entity-store.ts';

/** Message ids of the last while. Source: https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection. */
export class DuplicateHistory {
  readonly #clock: Clock;
  readonly #store: EntityStore;
  /** Id → when it came; oldest first. */
  readonly #seenMs: Map<string, number>;
  windowMs: number;

  constructor(clock: Clock, windowMs: number, store: EntityStore) {
    this.#clock = clock;
    this.#store = store;
    this.#seenMs = new Map(store.openHistory(() => this.#seenMs));
    this.windowMs = windowMs;
  }

  get size(): number {
    return this.#seenMs.size;
  }

  /** Whether the id was seen within the window; remembers it if not. */
  isDuplicate(messageId: string): boolean {
    const nowMs = this.#clock.nowMs();
    for (const [id, seenMs] of this.#seenMs) {
      if (seenMs + this.windowMs > nowMs) break;
      this.#seenMs.delete(id);
    }
    if (this.#seenMs.has(messageId)) return true;
    this.#seenMs.set(messageId, nowMs);
    this.#store.noteSeen(messageId, nowMs);
    return false;
  }
}
