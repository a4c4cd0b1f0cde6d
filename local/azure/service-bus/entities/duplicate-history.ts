import type { Clock } from '../../clock.ts';

/** Message ids of the last while. Source: https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection. */
export class DuplicateHistory {
  readonly #clock: Clock;
  /** Id → when it came; oldest first. */
  readonly #seenMs = new Map<string, number>();
  windowMs: number;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
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
    return false;
  }
}
