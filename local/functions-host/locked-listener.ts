import { setTimeout as delay } from 'node:timers/promises';
import type { BlobLease } from './blob-lease.ts';

// Pretend: Azure waits 2 s to 2 min, and a minute for a lock that another host holds; here someone watches.
const RETRY_MS = { first: 500, last: 5_000 };
const LOCK_POLL_MS = 2_000;

export interface LockedListenerOptions {
  /** Undefined if another host holds the lock. */
  readonly acquire: () => Promise<BlobLease | undefined>;
  readonly start: () => Promise<{ stop(): Promise<void> }>;
  /** Called when the reason changes, not at every attempt. */
  readonly onFailure: (error: unknown) => void;
  readonly onLockedElsewhere: () => void;
  readonly explain: (error: unknown) => string;
  readonly signal: AbortSignal;
}

/**
 * Runs a listener while this host holds its lock, and tries again when the storage refuses or another host holds it:
 * rights and locks come and go while the host runs. Resolves when `signal` is aborted and the listener has stopped.
 */
export async function runLockedListener(options: LockedListenerOptions): Promise<void> {
  const { signal } = options;
  let retryMs = RETRY_MS.first;
  let told: string | undefined;
  const tell = (reason: string, say: () => void) => {
    if (reason !== told && !signal.aborted) say();
    told = reason;
  };
  while (!signal.aborted) {
    try {
      const held = await holdAndListen(options);
      told = held ? undefined : told;
      retryMs = RETRY_MS.first;
      if (!held) {
        tell('locked', options.onLockedElsewhere);
        await pause(LOCK_POLL_MS, signal);
      }
    } catch (error) {
      tell(options.explain(error), () => options.onFailure(error));
      await pause(retryMs, signal);
      retryMs = Math.min(RETRY_MS.last, retryMs * 2);
    }
  }
}

/** False if the lock is held elsewhere; true when it was held and is lost or given back. */
async function holdAndListen({ acquire, start, signal }: LockedListenerOptions): Promise<boolean> {
  // A silent storage must not hold up the end of the process.
  const lease = await Promise.race([acquire(), aborted(signal)]);
  if (signal.aborted) return true;
  if (!lease) return false;
  try {
    const listener = await Promise.race([start(), aborted(signal)]);
    await Promise.race([lease.lost, aborted(signal)]);
    await listener?.stop();
  } finally {
    await lease.release();
  }
  return true;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
