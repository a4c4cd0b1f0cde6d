import type { Clock } from '../clock.ts';

/** Something that happens at a time, at most once: a lock or a message expires, a scheduled message becomes active. */
export interface Timed {
  /** Milliseconds since 1970; read when it is added. */
  dueMs: number;
  /** Kept by the scheduler; -1 while it is not in there. */
  heapIndex: number;
  onDue(): void;
}

/** A clock that a test moves is looked at again after this long. */
const LONGEST_SLEEP_MS = 1000;

/**
 * All timers of the engine: one binary heap and one timer of Node, however many messages there are.
 * Whoever acts on an entity calls `runDue` first, so that a moved clock counts at once.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #heap: Timed[] = [];
  #timer: NodeJS.Timeout | undefined;
  #firesAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Takes effect at `entry.dueMs`; replaces an earlier time of the same entry. Infinity: never. */
  add(entry: Timed): void {
    this.remove(entry);
    if (entry.dueMs === Number.POSITIVE_INFINITY) return;
    this.#rise(this.#heap.length, entry);
    this.#arm(entry.dueMs);
  }

  remove(entry: Timed): void {
    const index = entry.heapIndex;
    if (index === -1) return;
    entry.heapIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#sink(index, last);
    if (last.heapIndex === index) this.#rise(index, last);
  }

  /** Runs what is due, earliest first, also what becomes due by it. */
  runDue(): void {
    const nowMs = this.#clock.nowMs();
    for (let first = this.#heap[0]; first && first.dueMs <= nowMs; first = this.#heap[0]) {
      this.remove(first);
      first.onDue();
    }
  }

  /** Forgets everything. */
  stop(): void {
    clearTimeout(this.#timer);
    for (const entry of this.#heap) entry.heapIndex = -1;
    this.#heap.length = 0;
  }

  #arm(dueMs: number): void {
    const nowMs = Date.now();
    const sleepMs = Math.min(Math.max(dueMs - this.#clock.nowMs(), 0), LONGEST_SLEEP_MS);
    if (nowMs + sleepMs >= this.#firesAtMs) return;
    clearTimeout(this.#timer);
    this.#firesAtMs = nowMs + sleepMs;
    this.#timer = setTimeout(() => this.#wake(), sleepMs).unref();
  }

  #wake(): void {
    this.#firesAtMs = Number.POSITIVE_INFINITY;
    this.runDue();
    const first = this.#heap[0];
    if (first) this.#arm(first.dueMs);
  }

  /** Puts `entry` at `index` or above, moving later ones down. */
  #rise(index: number, entry: Timed): void {
    let at = index;
    while (at > 0) {
      const parentIndex = (at - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (!parent || parent.dueMs <= entry.dueMs) break;
      this.#place(at, parent);
      at = parentIndex;
    }
    this.#place(at, entry);
  }

  /** Puts `entry` at `index` or below, moving earlier ones up. */
  #sink(index: number, entry: Timed): void {
    let at = index;
    for (;;) {
      let childIndex = at * 2 + 1;
      const right = this.#heap[childIndex + 1];
      let child = this.#heap[childIndex];
      if (child && right && right.dueMs < child.dueMs) {
        child = right;
        childIndex++;
      }
      if (!child || child.dueMs >= entry.dueMs) break;
      this.#place(at, child);
      at = childIndex;
    }
    this.#place(at, entry);
  }

  #place(index: number, entry: Timed): void {
    this.#heap[index] = entry;
    entry.heapIndex = index;
  }
}
