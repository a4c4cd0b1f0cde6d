import { MARGIN_MS } from '../azure-call-policy.ts';
import { remainingMs, timeLimited } from '../deadline.ts';
import { SILENCE_MS } from './retry-options.ts';

interface Closable {
  close(): Promise<void>;
}

/** A worker has 5 s to end. Closing waits for the peer's answer, and a silent one gives none. */
const CLOSE_MS = 2_000;

/** The call is made once more, by a new client. */
const ATTEMPTS = 2;

/**
 * The one client of a namespace in this process, made at first use. One that did not answer is given up: the SDKs wait
 * on in a connection that has ended, for every message that was underway.
 */
export class ClientHolder<Client extends Closable> {
  readonly #create: () => Promise<Client>;
  #client: Promise<Client> | undefined;

  constructor(create: () => Promise<Client>) {
    this.#create = create;
  }

  /**
   * Runs one call, which must be repeatable: after 3 s of silence it is made again. Throws what the SDK throws, or an
   * error of code ETIMEDOUT.
   */
  async use<T>(run: (client: Client, signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const used = this.#open();
      const client = await used;
      const limitMs = Math.max(1, Math.min(SILENCE_MS, remainingMs() - MARGIN_MS));
      try {
        return await timeLimited(limitMs, (signal) => run(client, signal));
      } catch (error) {
        // With less time it may be the caller's hurry and not the peer's silence.
        const isSilent = isTimeout(error) && limitMs === SILENCE_MS;
        if (!isSilent) throw error;
        if (this.#client === used) this.#client = undefined;
        client.close().catch(() => {});
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Ends the connection. A later call would open another one. */
  async close(): Promise<void> {
    const used = this.#client;
    this.#client = undefined;
    const client = await used?.catch(() => undefined);
    if (client) await timeLimited(CLOSE_MS, () => client.close()).catch(() => {});
  }

  #open(): Promise<Client> {
    this.#client ??= this.#create().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }
}

/** A client for one call. */
export async function useOnce<Client extends Closable, T>(
  create: () => Promise<Client>,
  run: (client: Client, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const holder = new ClientHolder(create);
  try {
    return await holder.use(run);
  } finally {
    await holder.close();
  }
}

/** Ours, or the SDK's own for an attempt. */
function isTimeout(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isTimeout);
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return /^(?:ETIMEDOUT|OperationTimeoutError|ServiceTimeout)$/.test(String(code));
}
