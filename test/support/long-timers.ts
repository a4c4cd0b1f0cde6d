// The messaging SDKs leave the renewal timer of a link that the broker has detached, or that is closed while it is made,
// for as long as its token lives: a test process would not end for a day.
const LONG_MS = 30_000;

const { setTimeout: original } = globalThis;

/** From now on no timer of more than 30 s keeps this process alive. */
export function unrefLongTimers(): void {
  const patched = (
    callback: (...args: unknown[]) => void,
    delayMs?: number,
    ...args: unknown[]
  ) => {
    const timer = original(callback, delayMs, ...args);
    if (delayMs !== undefined && delayMs > LONG_MS) timer.unref();
    return timer;
  };
  globalThis.setTimeout = Object.assign(patched, original) as typeof setTimeout;
}
