/** Refusals of one receiver in a row that are answered at once. */
const FREE_REFUSALS = 3;
const FIRST_DELAY_MS = 250;
/** A caller that asks once still learns of its refusal within 3 s. */
const MAX_DELAY_MS = 2000;
/** After this long without a refusal, counting begins anew. */
const FORGET_MS = 60_000;
const MAX_ENTRIES = 10_000;

/**
 * How long a refusal waits. A receiver's `subscribe()` attaches again at once, for ever, when its attach is
 * answered and a detach follows: 18 times a second.
 * Pretend: the service's own pace is not known.
 */
export class RefusalPacer {
  readonly #refusals = new Map<string, { count: number; atMs: number }>();

  /** Milliseconds to wait with this refusal of `key` (who, where). */
  delayMs(key: string): number {
    const nowMs = performance.now();
    const before = this.#refusals.get(key);
    const isRecent = before !== undefined && nowMs - before.atMs < FORGET_MS;
    const count = isRecent ? before.count + 1 : 1;
    this.#refusals.delete(key);
    this.#refusals.set(key, { count, atMs: nowMs });
    if (this.#refusals.size > MAX_ENTRIES) this.#forgetOldest();
    if (count <= FREE_REFUSALS) return 0;
    return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - FREE_REFUSALS - 1));
  }

  #forgetOldest(): void {
    const [oldest] = this.#refusals.keys();
    if (oldest !== undefined) this.#refusals.delete(oldest);
  }
}
