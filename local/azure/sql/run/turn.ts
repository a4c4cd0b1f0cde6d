// Pretend: SQLite is asked row by row. A statement that sorts or sums up runs to its first row, and a change to its end,
// without a turn for others and without hearing that it is cancelled.
const MOST_MS = 10;

/** Lets others have their turn. Throws the signal's reason. */
export async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** Whether what runs has kept everybody else waiting for long enough. Ask it now and then, as it looks at the clock. */
export class TurnTimer {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since > MOST_MS;
  }

  /** Throws the signal's reason. */
  async end(signal: AbortSignal): Promise<void> {
    await turn(signal);
    this.#since = performance.now();
  }
}
