// One Azure database: its file, and what its sessions share.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { CatalogueState } from '../catalogue/catalogue-state.ts';
import { CatalogueStore } from '../catalogue/catalogue-store.ts';
import type { ServerFacts } from '../catalogue/views/server-views.ts';
import { systemViews } from '../catalogue/views/system-views.ts';
import type { LoginDatabase } from '../security/login/login-server.ts';
import { StatementAuthorizer } from '../security/statement-authorizer.ts';
import type { CallContext } from '../values/call-context.ts';
import { registerFunctions } from '../values/register-functions.ts';
import { WriteLock } from './write-lock.ts';

export interface DatabaseParts {
  readonly name: string;
  readonly resourceId: string;
  readonly databaseId: number;
  readonly collation: string;
  /** Of the file; its folder is made when it is opened. */
  readonly path: () => string;
  readonly clock: Clock;
  readonly facts: ServerFacts;
  readonly maxSizeBytes: number;
  readonly isPaused: () => boolean;
}

/** SQLite's own. */
const PAGE_BYTES = 4_096;

/** Opened with its first login. Crash-safe: what was acknowledged is in the write-ahead log. */
export class DatabaseFile implements LoginDatabase {
  readonly name: string;
  readonly resourceId: string;
  readonly databaseId: number;
  readonly collation: string;
  readonly createdAtMs: number;
  /** Of sessions from now on: error 40544 beyond it. */
  maxSizeBytes: number;
  readonly isPaused: () => boolean;
  readonly lock = new WriteLock();
  readonly #parts: DatabaseParts;
  #opened:
    | {
        readonly store: CatalogueStore;
        readonly authorizer: StatementAuthorizer;
        readonly keeper: DatabaseSync;
      }
    | undefined;

  constructor(parts: DatabaseParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.resourceId = parts.resourceId;
    this.databaseId = parts.databaseId;
    this.collation = parts.collation;
    this.isPaused = parts.isPaused;
    this.maxSizeBytes = parts.maxSizeBytes;
    this.createdAtMs = parts.clock.nowMs();
  }

  get state(): CatalogueState {
    return this.store.committed;
  }

  get store(): CatalogueStore {
    return this.#open().store;
  }

  get authorizer(): StatementAuthorizer {
    return this.#open().authorizer;
  }

  /** A connection of a session's own. What its functions ask comes with `registerFunctions`. */
  connect(): DatabaseSync {
    this.#open();
    const connection = new DatabaseSync(this.#parts.path(), {
      timeout: 0,
      enableForeignKeyConstraints: true,
    });
    connection.exec('PRAGMA synchronous = NORMAL');
    // Pretend: the size is that of SQLite's file.
    connection.exec(`PRAGMA max_page_count = ${Math.floor(this.maxSizeBytes / PAGE_BYTES)}`);
    return connection;
  }

  close(): void {
    this.#opened?.authorizer.close();
    this.#opened?.keeper.close();
    this.#opened = undefined;
  }

  /** Closes it and deletes its file. */
  remove(): void {
    this.close();
    const path = this.#parts.path();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  }

  #open() {
    if (this.#opened) return this.#opened;
    const { name, clock, facts } = this.#parts;
    const file = this.#parts.path();
    mkdirSync(dirname(file), { recursive: true });
    // Kept open, so that the write-ahead log is not folded in and made anew with each session.
    const keeper = new DatabaseSync(file, { timeout: 0 });
    keeper.exec('PRAGMA journal_mode = WAL');
    keeper.exec('PRAGMA synchronous = NORMAL');
    const store = new CatalogueStore(keeper, {
      databaseName: name,
      clock,
      systemViews: systemViews(facts),
    });
    const authorizer = new StatementAuthorizer((schema) => registerFunctions(schema, unasked));
    this.#opened = { store, authorizer, keeper };
    return this.#opened;
  }
}

/** Statements are prepared on the authorizer's copy, never run. */
const unasked = new Proxy({} as CallContext, {
  get: () => {
    throw new Error('the authorizer runs nothing');
  },
});
