import type { Clock } from '../clock.ts';

export interface BucketSize {
  /** Tokens of a full bucket: that many requests may come at once. */
  readonly size: number;
  /** Tokens that come back each second. */
  readonly refillPerSecond: number;
}

/** A token bucket that fills by the clock. A clock set back refills nothing and takes nothing away. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #size: BucketSize;
  #tokens: number;
  #filledMs: number;

  /** Full at first. */
  constructor(clock: Clock, size: BucketSize) {
    this.#clock = clock;
    this.#size = size;
    this.#tokens = size.size;
    this.#filledMs = clock.nowMs();
  }

  /** Whole tokens that are there now. */
  get remaining(): number {
    this.#refill();
    return Math.floor(this.#tokens);
  }

  /** Takes one token; false, and nothing taken, if there is none. */
  take(): boolean {
    if (this.remaining < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Whole seconds until there is a token again, at least 1. */
  get retryAfterSeconds(): number {
    this.#refill();
    const missing = 1 - this.#tokens;
    return Math.max(1, Math.ceil(missing / this.#size.refillPerSecond));
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const elapsedMs = Math.max(0, nowMs - this.#filledMs);
    this.#filledMs = nowMs;
    const { size, refillPerSecond } = this.#size;
    this.#tokens = Math.min(size, this.#tokens + (elapsedMs / 1000) * refillPerSecond);
  }
}
