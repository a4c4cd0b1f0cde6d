// Who writes to a database: one transaction at a time, in the order they came. Readers never wait.
import { SqlError } from '../../tds/sql-error.ts';

interface Waiter {
  take(): void;
}

/** Pretend: one lock for a database, from a transaction's first change to its end, where SQL Server locks rows. */
export class WriteLock {
  #isTaken = false;
  readonly #waiting = new Set<Waiter>();

  /**
   * Resolves with what gives the lock back. `timeoutMs`: LOCK_TIMEOUT; below 0: for ever.
   * Throws SqlError 1222 when the time is over, and the signal's reason when it aborts.
   */
  acquire(timeoutMs: number, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!this.#isTaken) {
      this.#isTaken = true;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiter);
      };
      const waiter = {
        take: () => {
          end();
          resolve(this.#releaser());
        },
      };
      const onAbort = () => {
        end();
        reject(signal?.reason);
      };
      const timer =
        timeoutMs < 0
          ? undefined
          : setTimeout(() => {
              end();
              reject(new SqlError(1222, 'Lock request time out period exceeded.', 16, 45));
            }, timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #releaser(): () => void {
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      const [next] = this.#waiting;
      if (next) next.take();
      else this.#isTaken = false;
    };
  }
}
