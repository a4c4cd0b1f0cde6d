import type { EventEmitter } from 'node:events';
import type { TokenCredential } from '@azure/core-auth';
import type { ConnectionPool, config } from 'mssql';
import { timeLimited } from '../deadline.ts';
import { databaseDriver } from './load-driver.ts';
import { loginCredential } from './login-credential.ts';
import { listenToLogin } from './login-messages.ts';

export interface DatabaseAddress {
  /** Host name. */
  readonly server: string;
  readonly database: string;
  /** Connections at the same time. */
  readonly poolSize: number;
}

/** How long a server may say nothing, to a login or to a request. */
export const SILENCE_MS = 3_000;
/** How long it may take to confirm that a request is cancelled, before the connection is given up. */
const CANCEL_MS = 500;
/** A worker has 5 s to end. */
const CLOSE_MS = 1_500;

type Connection = EventEmitter & { close(): void };

/** The one pool of connections to a database in this process, made at first use and made anew when it was given up. */
export class PoolHolder {
  readonly #address: DatabaseAddress;
  readonly #credential: TokenCredential;
  readonly #connections = new Set<Connection>();
  #pool: Promise<ConnectionPool> | undefined;
  #opened: ConnectionPool | undefined;

  constructor(address: DatabaseAddress, credential: TokenCredential) {
    this.#address = address;
    this.#credential = credential;
  }

  /** There is one, or one is being made. */
  get isOpen(): boolean {
    return this.#pool !== undefined;
  }

  /** The pool, once it is made. */
  get opened(): ConnectionPool | undefined {
    return this.#opened;
  }

  /** Logs in once if there is no pool yet. Throws what the driver throws. */
  open(): Promise<ConnectionPool> {
    this.#pool ??= this.#create();
    const opening = this.#pool;
    opening.then(
      (pool) => {
        if (this.#pool === opening) this.#opened = pool;
      },
      () => {
        if (this.#pool === opening) this.#pool = undefined;
      },
    );
    return opening;
  }

  /**
   * Gives the pool up, of which a connection was lost or silent: the others have most likely lost the same server.
   * Calls that are underway may end.
   */
  discard(pool: ConnectionPool): void {
    if (this.#opened === pool) this.#forget();
    pool.close().catch(() => {});
  }

  /** Ends all connections, within 2 s. A later call would open others. */
  async close(): Promise<void> {
    const opening = this.#pool;
    this.#forget();
    await timeLimited(CLOSE_MS, async () => (await opening)?.close()).catch(() => {});
    for (const connection of this.#connections) connection.close();
  }

  #forget(): void {
    this.#pool = undefined;
    this.#opened = undefined;
  }

  async #create(): Promise<ConnectionPool> {
    const sql = await databaseDriver();
    const pool = new sql.ConnectionPool(this.#config());
    // Each failure is told to its caller; without a listener it would end the process as well.
    pool.on('error', () => {});
    return pool.connect();
  }

  #config(): config {
    const { server, database, poolSize } = this.#address;
    return {
      server,
      database,
      authentication: {
        type: 'token-credential',
        options: { credential: loginCredential(this.#credential) },
      },
      options: {
        encrypt: 'strict', // TDS 8.0: TLS before the first byte, and the server's certificate always verified
        appName: 'azure-managed-identities',
        maxRetriesOnTransientErrors: 0, // the ladder is ours
        cancelTimeout: CANCEL_MS,
        lowerCaseGuids: true,
      },
      connectionTimeout: SILENCE_MS,
      requestTimeout: SILENCE_MS,
      // Instead of a SELECT 1 before each call: a look at the socket, and a call that meets a dead connection all the
      // same is repeated on a new one.
      validateConnection: 'socket',
      // A login that fails is told as such: the pool's own patience must not end first.
      pool: {
        max: poolSize,
        min: 0,
        idleTimeoutMillis: 60_000,
        acquireTimeoutMillis: 3 * SILENCE_MS,
      },
      beforeConnect: (connection) => this.#watch(connection as unknown as Connection),
    };
  }

  #watch(connection: Connection): void {
    listenToLogin(connection);
    this.#connections.add(connection);
    connection.once('end', () => this.#connections.delete(connection));
  }
}
