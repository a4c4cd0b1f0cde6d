import { MARGIN_MS } from '../azure-call-policy.ts';
import { remainingMs } from '../deadline.ts';
import { ATTEMPT_MS } from './retry-options.ts';

interface Closable {
  close(): Promise<void>;
}

/** A worker has 5 s to end. Closing waits for the peer's answer, and a silent one gives none. */
const CLOSE_MS = 2_000;

/**
 * The one client of a namespace in this process, made at first use. One that did not answer is given up: the SDKs would
 * go on waiting in its connection, call after call.
 */
export class ClientHolder<Client extends Closable> {
  readonly #create: () => Promise<Client>;
  #client: Promise<Client> | undefined;

  constructor(create: () => Promise<Client>) {
    this.#create = create;
  }

  /** Runs one call, for 5 s at most. Throws what the SDK throws, or an error of code ETIMEDOUT. */
  async use<T>(run: (client: Client, signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#client ??= this.#create().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    const used = this.#client;
    const client = await used;
    const limitMs = Math.max(1, Math.min(ATTEMPT_MS, remainingMs() - MARGIN_MS));
    try {
      return await timeLimited(limitMs, (signal) => run(client, signal));
    } catch (error) {
      // With less time it may be the caller's hurry and not the peer's silence.
      if (limitMs === ATTEMPT_MS && (error as { code?: unknown }).code === 'ETIMEDOUT') {
        if (this.#client === used) this.#client = undefined;
        closeQuietly(client);
      }
      throw error;
    }
  }

  /** Ends the connection. A later call would open another one. */
  async close(): Promise<void> {
    const used = this.#client;
    this.#client = undefined;
    const client = await used?.catch(() => undefined);
    if (client) await timeLimited(CLOSE_MS, () => client.close()).catch(() => {});
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

async function timeLimited<T>(
  limitMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      controller.abort();
    }, limitMs);
  });
  const running = run(controller.signal);
  // The race may be over by then.
  running.catch(() => {});
  try {
    return await Promise.race([running, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function closeQuietly(client: Closable): void {
  client.close().catch(() => {});
}
