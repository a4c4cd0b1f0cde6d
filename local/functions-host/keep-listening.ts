import { setTimeout as delay } from 'node:timers/promises';

export interface ListenerFailure {
  /** One sentence. */
  readonly reason: string;
  /** How long to wait before the next attempt. */
  readonly retryMs: number;
  /** Whether it may be over by then, as with a link that a service ends now and then: told if it is not. */
  readonly isPassing: boolean;
}

export interface KeepListeningOptions {
  /** Listens until `signal` is aborted. Rejects when it can't listen, or no longer. */
  readonly listen: (signal: AbortSignal) => Promise<void>;
  /** Asks whether listening is possible, after it was not: costs no more than the question. Rejects with the reason. */
  readonly probe: () => Promise<unknown>;
  readonly explain: (error: unknown) => ListenerFailure;
  /** Called when the reason changes, not at every attempt. */
  readonly onFailure: (reason: string) => void;
  /** It is about to listen after `onFailure`. */
  readonly onRecovery: () => void;
  readonly signal: AbortSignal;
}

/**
 * Keeps a listener going: rights come and go and brokers restart while the host runs.
 * Resolves when `signal` is aborted and the listener has ended.
 */
export async function keepListening(options: KeepListeningOptions): Promise<void> {
  const { listen, probe, explain, onFailure, onRecovery, signal } = options;
  let failures = 0;
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      if (failures > 0) {
        await Promise.race([probe(), aborted(signal)]);
        if (signal.aborted) return;
        if (told !== undefined) onRecovery();
        failures = 0;
        told = undefined;
      }
      await listen(signal);
    } catch (error) {
      if (signal.aborted) return;
      const { reason, retryMs, isPassing } = explain(error);
      if (reason !== told && !(isPassing && failures === 0)) {
        onFailure(reason);
        told = reason;
      }
      failures++;
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Resolves when it is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

/** Waits for a clean end, but not for ever: a broker that is gone answers nothing. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    work.catch(() => undefined),
    delay(limitMs, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}
