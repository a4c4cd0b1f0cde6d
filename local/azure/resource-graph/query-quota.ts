import type { Clock } from '../clock.ts';

export interface QueryQuotaSize {
  readonly queries: number;
  readonly windowSeconds: number;
}

/**
 * Azure: 15 queries in 5 seconds for each user.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 */
export const DOCUMENTED_QUOTA: QueryQuotaSize = { queries: 15, windowSeconds: 5 };

export interface QuotaState {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetsAfterSeconds: number;
}

/** What a first query sees, where there is no quota. [R46] */
export const UNUSED_QUOTA: QuotaState = { allowed: true, remaining: 14, resetsAfterSeconds: 5 };

interface Window {
  readonly endsMs: number;
  used: number;
}

/** Queries of each principal in a window that begins with the first one and is then over as a whole. */
export class QueryQuota {
  readonly #clock: Clock;
  readonly #size: QueryQuotaSize;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, size: QueryQuotaSize) {
    this.#clock = clock;
    this.#size = size;
  }

  /** Counts a query, unless it is one too many. */
  take(principalId: string): QuotaState {
    const nowMs = this.#clock.nowMs();
    const window = this.#windowOf(principalId.toLowerCase(), nowMs);
    const allowed = window.used < this.#size.queries;
    if (allowed) window.used += 1;
    return {
      allowed,
      remaining: this.#size.queries - window.used,
      resetsAfterSeconds: Math.max(1, Math.ceil((window.endsMs - nowMs) / 1000)),
    };
  }

  #windowOf(principalId: string, nowMs: number): Window {
    const known = this.#windows.get(principalId);
    if (known && nowMs < known.endsMs) return known;
    const window = { endsMs: nowMs + this.#size.windowSeconds * 1000, used: 0 };
    this.#windows.set(principalId, window);
    return window;
  }
}
