// The embedded Azure in a process of its own, reached by this one under Azure's own names.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import tls from 'node:tls';
import { installRedirect } from '../../local/redirect/redirect.ts';
import { createServices, type Services } from '../../shared/services.ts';

export interface ToAzure {
  readonly id: number;
  readonly order:
    | { readonly kind: 'seen'; readonly since: number }
    | { readonly kind: 'script'; readonly batches: readonly string[] }
    | { readonly kind: 'record' };
}

export interface FromAzure {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly ready?: Ready;
}

interface Ready {
  readonly redirect: Readonly<Record<string, number>>;
  readonly certificate: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What App Service puts into the app's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the doors saw. */
export interface Seen {
  /** The journal's, for the next look. */
  readonly position: number;
  readonly tokens: number;
  readonly logins: number;
}

export interface Recorded {
  readonly perSecond: number;
  /** Of the embedded Azure: brokers, TDS and engine, for each message. */
  readonly azureCpuMicroseconds: number;
  /** Of the host with the app. */
  readonly appCpuMicroseconds: number;
  /** Resident, of the host with the app. */
  readonly appMegabytes: number;
}

export class DatabaseProcess {
  readonly settings: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;
  readonly #undo: () => void;
  readonly #waiting = new Map<number, (message: FromAzure) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.settings = ready.settings;
    Object.assign(process.env, ready.environment);
    const trusted = tls.getCACertificates('default');
    const undoRedirect = installRedirect(ready.redirect);
    tls.setDefaultCACertificates([...trusted, ready.certificate]);
    this.#undo = () => {
      undoRedirect();
      tls.setDefaultCACertificates(trusted);
    };
    child.on('message', (message: FromAzure) => {
      if (message.id === undefined) return;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
  }

  static async start(): Promise<DatabaseProcess> {
    const child = fork(join(import.meta.dirname, 'database-azure.ts'));
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the embedded Azure ended with ${code}`);
    });
    const [{ ready }] = (await Promise.race([once(child, 'message'), ended])) as [FromAzure];
    ended.catch(() => {});
    if (!ready) throw new Error('the embedded Azure is not ready');
    return new DatabaseProcess(child, ready);
  }

  /** The app's parts, fresh: no token, no connection. */
  createServices(changes: Readonly<Record<string, string>> = {}): Services {
    return createServices({ ...this.settings, ...changes });
  }

  /** What the doors saw after `since`. */
  seen(since = 0): Promise<Seen> {
    return this.#ask<Seen>({ kind: 'seen', since });
  }

  /** Runs batches as the server's administrator. */
  runScript(batches: readonly string[]): Promise<void> {
    return this.#ask<void>({ kind: 'script', batches });
  }

  /** Lets the app work off what waits for recordResource. */
  record(): Promise<Recorded> {
    return this.#ask<Recorded>({ kind: 'record' });
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
    this.#undo();
  }

  async #ask<T>(order: ToAzure['order']): Promise<T> {
    const id = ++this.#lastId;
    const answer = await new Promise<FromAzure>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ id, order } satisfies ToAzure, (error) => error && reject(error));
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value as T;
  }
}
