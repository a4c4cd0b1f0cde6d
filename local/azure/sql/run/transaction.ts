// A session's transaction: SQL Server's count around SQLite's one transaction, which begins with the first change.
import type { DatabaseSync } from 'node:sqlite';
import { SqlError } from '../../tds/sql-error.ts';
import type { ResultSink } from '../../tds/sql-session.ts';
import type { CatalogueState } from '../catalogue/catalogue-state.ts';
import { foldName } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import { doomed, doomedSavepoint } from './flow-errors.ts';
import type { WriteLock } from './write-lock.ts';

let lastId = 0n;

interface Savepoint {
  readonly name: string;
  readonly sqliteName: string;
  readonly mark: CatalogueState | undefined;
}

export class Transaction {
  readonly #database: DatabaseSync;
  readonly #catalogue: SessionCatalogue;
  readonly #lock: WriteLock;
  #release: (() => void) | undefined;
  #savepoints: Savepoint[] = [];
  #savepointCount = 0;
  #id = 0n;
  /** `@@TRANCOUNT`. */
  count = 0;
  /** Can only be rolled back: XACT_STATE() is -1. */
  isDoomed = false;
  /** Of the outermost BEGIN, for ROLLBACK by its name. */
  #name = '';

  constructor(database: DatabaseSync, catalogue: SessionCatalogue, lock: WriteLock) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#lock = lock;
  }

  get state(): -1 | 0 | 1 {
    if (this.count === 0) return 0;
    return this.isDoomed ? -1 : 1;
  }

  /** SQLite itself has rolled it back: out of room, out of memory [https://www.sqlite.org/lang_transaction.html]. */
  get isLost(): boolean {
    return this.#release !== undefined && !this.#database.isTransaction;
  }

  async begin(name: string, sink: ResultSink): Promise<void> {
    this.count++;
    if (this.count > 1) return;
    this.#name = name;
    this.#id = ++lastId;
    await sink.environment({ kind: 'beginTransaction', id: this.#id });
  }

  /** Throws SqlError 3902, 3930. */
  async commit(sink: ResultSink): Promise<void> {
    if (this.count === 0) {
      throw new SqlError(
        3902,
        'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.',
      );
    }
    if (this.isDoomed) throw doomed();
    if (this.count > 1) {
      this.count--;
      return;
    }
    this.#endWrite('COMMIT');
    this.#reset();
    await sink.environment({ kind: 'commitTransaction', id: this.#id });
  }

  /** All of it, whatever the count; or back to a savepoint. Throws SqlError 3903, 3931, 6401. */
  async rollback(name: string, sink: ResultSink): Promise<void> {
    if (this.count === 0) {
      throw new SqlError(
        3903,
        'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.',
      );
    }
    if (name !== '' && foldName(name) !== foldName(this.#name)) {
      if (this.isDoomed) throw doomedSavepoint();
      this.#rollbackTo(name);
      return;
    }
    this.abandon();
    await sink.environment({ kind: 'rollbackTransaction', id: this.#id });
  }

  /** Throws SqlError 628. */
  async save(name: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.count === 0) {
      throw new SqlError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.');
    }
    await this.beginWrite(timeoutMs, signal);
    const sqliteName = `user${++this.#savepointCount}`;
    this.#database.exec(`SAVEPOINT ${sqliteName}`);
    this.#savepoints.push({ name: foldName(name), sqliteName, mark: this.#catalogue.mark() });
  }

  /** Takes the database's lock, if this transaction has not done so. Throws SqlError 1222, 3930. */
  async beginWrite(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.isDoomed) throw doomed();
    if (this.#release) return;
    const release = await this.#lock.acquire(timeoutMs, signal);
    try {
      this.#database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      release();
      throw error;
    }
    this.#release = release;
  }

  /** A statement of its own transaction is done: kept, or as if it had not been. */
  endStatement(isKept: boolean): void {
    if (this.count === 0) this.#endWrite(isKept ? 'COMMIT' : 'ROLLBACK');
  }

  /** Rolls everything back without a word to the client. */
  abandon(): void {
    this.#endWrite('ROLLBACK');
    this.#reset();
  }

  #rollbackTo(name: string): void {
    const index = this.#savepoints.findLastIndex((each) => each.name === foldName(name));
    const savepoint = this.#savepoints[index];
    if (!savepoint) {
      throw new SqlError(
        6401,
        `Cannot roll back ${name}. No transaction or savepoint of that name was found.`,
      );
    }
    this.#database.exec(`ROLLBACK TO ${savepoint.sqliteName}`);
    this.#catalogue.restore(savepoint.mark);
    this.#savepoints = this.#savepoints.slice(0, index + 1);
  }

  #endWrite(how: 'COMMIT' | 'ROLLBACK'): void {
    const release = this.#release;
    if (!release) return;
    this.#release = undefined;
    try {
      if (how === 'COMMIT' || this.#database.isTransaction) this.#database.exec(how);
      if (how === 'COMMIT') this.#catalogue.publish();
      else this.#catalogue.reload();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#catalogue.reload();
      throw error;
    } finally {
      release();
    }
  }

  #reset(): void {
    this.count = 0;
    this.isDoomed = false;
    this.#savepoints = [];
    this.#name = '';
  }
}
