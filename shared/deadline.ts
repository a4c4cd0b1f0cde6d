// How long an operation may take, known to everything that it awaits. SDKs lose an abortSignal on the way
// (arm-resources 8 passes none to its second page), an async context they can't lose.
import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, type Target } from './errors.ts';

const endsAtMs = new AsyncLocalStorage<number>();

/** What a call gets that runs outside of `within`. */
const DEFAULT_BUDGET_MS = 9_000;

/** Milliseconds that the current operation has left; 0 when they are used up. */
export function remainingMs(): number {
  const end = endsAtMs.getStore();
  return end === undefined ? DEFAULT_BUDGET_MS : Math.max(0, end - performance.now());
}

/**
 * Runs `operation` and settles after `budgetMs` at the latest, or earlier if an outer `within` ends.
 * Throws TARGET_UNAVAILABLE then; the signal given to `operation` aborts.
 */
export async function within<T>(
  budgetMs: number,
  target: Target,
  operation: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = endsAtMs.getStore() === undefined ? budgetMs : Math.min(budgetMs, remainingMs());
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new AppError({
          code: 'TARGET_UNAVAILABLE',
          target,
          message: `No answer from ${target} within ${Math.round(limitMs / 100) / 10} s.`,
          nextStep: 'Try again; if it persists, ask GET /api/diagnose.',
        }),
      );
      controller.abort();
    }, limitMs);
  });
  try {
    const running = endsAtMs.run(performance.now() + limitMs, () => operation(controller.signal));
    return await Promise.race([running, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits `milliseconds`, or until `signal` aborts (then it throws the signal's reason). */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Settles after `limitMs` at the latest, then with an error of code ETIMEDOUT; the signal given to `run` aborts. */
export async function timeLimited<T>(
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      controller.abort();
    }, limitMs);
  });
  const running = run(controller.signal);
  // The race may be over by then.
  running.catch(() => {});
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
