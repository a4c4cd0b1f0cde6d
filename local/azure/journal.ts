import type { Clock } from './clock.ts';
import type { Door } from './doors.ts';

/**
 * What really happened at the embedded Azure, in order: the witness of every test.
 * Entries never hold a token, a secret value or an identity header; what a client put into an address by mistake
 * (a token, the signature of a SAS) is blotted out.
 */
export type JournalFact =
  | {
      readonly kind: 'request';
      readonly door: Door;
      readonly method: string;
      readonly host: string;
      /** Path and query as received. */
      readonly target: string;
      readonly status: number;
      /** Object id of the verified caller, where there was one. */
      readonly principalId?: string;
      /** The error code that was answered, where there was one. */
      readonly code?: string;
    }
  | {
      /** At the messaging door; never a body, a property or a tag of a message. */
      readonly kind: 'message';
      readonly door: Door;
      /** `put-token`, `attach-sender`, `attach-receiver`, and what the engines add: `send` … */
      readonly operation: string;
      /** `demo-ns.servicebus.windows.net`. */
      readonly host: string;
      /** Path of the node, or the audience of a token, as the client named it. */
      readonly entity: string;
      /** As of HTTP: 200, 202, 401, 404 … */
      readonly status: number;
      /** Messages in it. */
      readonly count?: number;
      readonly principalId?: string;
      /** The AMQP error condition that was answered. */
      readonly code?: string;
    }
  | {
      /** At the SQL door; never a token, or the text or a parameter of a statement. */
      readonly kind: 'sql';
      readonly door: 'sql';
      /** `broken-off`: a client that had logged in broke the protocol. */
      readonly operation: 'login' | 'broken-off';
      /** As the client named it; empty if it broke the protocol before. */
      readonly host: string;
      readonly database: string;
      /** SQL Server's number of the first error that was answered; absent: welcome. */
      readonly number?: number;
    }
  | {
      readonly kind: 'token';
      readonly door: 'app-service-identity' | 'imds' | 'entra';
      readonly audience: string;
      readonly principalId: string;
      readonly clientId: string;
    }
  | {
      readonly kind: 'decision';
      readonly allowed: boolean;
      readonly principalId: string;
      readonly action: string;
      readonly scope: string;
      /** One sentence: the assignment that allows it, or what is missing. */
      readonly why: string;
    }
  | {
      /** A fault on demand was taken by this call. */
      readonly kind: 'fault';
      readonly door: Door;
      /** `METHOD /path?query`. */
      readonly operation: string;
      readonly fault: string;
    }
  | {
      /** A door stopped listening, or listens again. */
      readonly kind: 'door';
      readonly door: Door;
      readonly operation: 'closed' | 'opened';
    }
  | {
      readonly kind: 'deployment';
      readonly deploymentId: string;
      readonly state: 'Running' | 'Succeeded' | 'Failed';
    }
  | {
      readonly kind: 'resource';
      readonly operation: 'created' | 'updated' | 'deleted';
      readonly resourceId: string;
      readonly principalId: string;
    };

export type JournalEntry = JournalFact & { readonly sequence: number; readonly atMs: number };

const KEPT_ENTRIES = 200_000;

export class Journal {
  readonly #clock: Clock;
  #entries: JournalEntry[] = [];
  #sequence = 0;
  readonly #waiters = new Set<(entry: JournalEntry) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(fact: JournalFact): void {
    const entry: JournalEntry = {
      ...withoutSecrets(fact),
      sequence: ++this.#sequence,
      atMs: this.#clock.nowMs(),
    };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT_ENTRIES) this.#entries = this.#entries.slice(KEPT_ENTRIES / 2);
    for (const waiter of this.#waiters) waiter(entry);
  }

  /** Entries recorded after `sequence` (0: all that are kept), oldest first. */
  since(sequence = 0): readonly JournalEntry[] {
    return this.#entries.filter((entry) => entry.sequence > sequence);
  }

  /** Sequence number of the newest entry. */
  get position(): number {
    return this.#sequence;
  }

  /**
   * The first entry after `since` that fits, now or later.
   * Throws after `timeoutMs`, naming what was waited for.
   */
  waitFor(
    description: string,
    fits: (entry: JournalEntry) => boolean,
    { since = 0, timeoutMs = 30_000 }: { since?: number; timeoutMs?: number } = {},
  ): Promise<JournalEntry> {
    const past = this.since(since).find(fits);
    if (past) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`not in the journal within ${timeoutMs} ms: ${description}`));
      }, timeoutMs);
      const waiter = (entry: JournalEntry) => {
        if (!fits(entry)) return;
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(entry);
      };
      this.#waiters.add(waiter);
    });
  }
}

/** Two JSON objects in base64url begin a JWT (`{"` or `{` and white space), whatever is behind them. */
const TOKEN = /\be[wy][\w-]{8,}\.e[wy][\w-]{8,}(?:\.[\w-]*)*/g;
/** A SAS lets in whoever knows its signature, however the name `sig` is spelt. */
const SIGNATURE = /([?&](?:s|%[57]3)(?:i|%[46]9)(?:g|%[46]7)=)[^&\s]*/gi;

function withoutSecrets(fact: JournalFact): JournalFact {
  const blotted = Object.entries(fact).map(([name, value]) => [
    name,
    typeof value === 'string' && value.length > 5
      ? value.replace(TOKEN, '…').replace(SIGNATURE, '$1…')
      : value,
  ]);
  return Object.fromEntries(blotted) as JournalFact;
}
