import type { Caller } from '../tokens/tokens.ts';

export interface Claim {
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

/** A client that puts tokens for more nodes than this over one connection is refused. */
const MAX_CLAIMS = 1000;

/**
 * The tokens put on one connection, by the path they were put for. A token counts for its path and for
 * everything below it, on this connection only.
 * Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization
 */
export class Claims {
  readonly #byPath = new Map<string, Claim>();

  /** False if there are too many. A later token for the same path replaces the earlier one. */
  put(path: string, claim: Claim): boolean {
    const key = path.toLowerCase();
    if (!this.#byPath.has(key) && this.#byPath.size >= MAX_CLAIMS) return false;
    this.#byPath.set(key, claim);
    return true;
  }

  get isEmpty(): boolean {
    return this.#byPath.size === 0;
  }

  /** Those for the path itself or for one above it, and not expired. */
  covering(path: string, nowMs: number): Claim[] {
    const wanted = path.toLowerCase();
    return [...this.#byPath]
      .filter(([key, { expiresAtMs }]) => covers(key, wanted) && expiresAtMs > nowMs)
      .map(([, claim]) => claim);
  }

  /** Forgets what has expired; true if there was any. */
  expire(nowMs: number): boolean {
    const expired = [...this.#byPath].filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs);
    for (const [path] of expired) this.#byPath.delete(path);
    return expired.length > 0;
  }
}

/** Whether what is put for `outer` counts for `inner`; both lower case. */
export function covers(outer: string, inner: string): boolean {
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
}
