import type { TokenCredential } from '@azure/core-auth';
import type { ConnectionPool, Request } from 'mssql';
import { remainingMs, sleep, timeLimited } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { TokenClaims } from '../identity/token-claims.ts';
import type { Operation } from '../operations.ts';
import { type DatabaseFacts, refusedByDatabase } from '../refusals/refused-by-database.ts';
import { databaseDriver } from './load-driver.ts';
import { SQL_SCOPE } from './login-credential.ts';
import { addParameters, type Inputs, type Outputs } from './parameters.ts';
import { isPassing } from './passing.ts';
import { type DatabaseAddress, PoolHolder, SILENCE_MS } from './pool-holder.ts';
import { probeDatabase } from './probe-database.ts';
import { type DatabaseFailure, isConnectionLost, readFailure } from './read-failure.ts';
import { Slots } from './slots.ts';

export interface Call {
  readonly operation: Operation;
  readonly inputs?: Inputs;
  /** How long a failure that may pass is tried again. */
  readonly retryForMs?: number;
}

export interface ProcedureCall extends Call {
  /** `schema.name`, as in infra/sql/. */
  readonly procedure: string;
  readonly outputs?: Outputs;
  /** Numbers of errors that say that it was done before: no rows then, and no output. */
  readonly countsAsDone?: readonly number[];
}

/** What the app needs of the driver's. */
interface DriverResult<Row> {
  readonly recordset?: readonly Row[];
  readonly output: Readonly<Record<string, unknown>>;
}

type Send<Row> = (request: Request) => Promise<DriverResult<Row>>;

export interface ProcedureResult<Row> {
  readonly rows: readonly Row[];
  readonly output: Readonly<Record<string, unknown>>;
}

/**
 * The inventory's database. Every call may be made twice: a connection that is lost does not tell whether the server
 * has done it. Each call throws AppError.
 */
export interface Database {
  /** `<server>/<database>`, for operations. */
  readonly scope: string;
  /** `text`: fixed; what a caller says goes into `inputs` only. */
  query<Row>(text: string, call: Call): Promise<readonly Row[]>;
  execute<Row>(call: ProcedureCall): Promise<ProcedureResult<Row>>;
  /** Logs in and asks for the app's rights. */
  probe(): Promise<Operation>;
  /** Ends the connections, within 2 s, and what runs on them. */
  close(): Promise<void>;
}

export function createDatabase(
  address: DatabaseAddress,
  credential: TokenCredential,
  claimsInHand: (tokenScope: string) => TokenClaims | undefined,
): Database {
  return new SqlDatabase(address, credential, claimsInHand);
}

const RETRY_FOR_MS = 4_000;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 2_000;
/** So that what an attempt met is told before the whole operation is given up. */
const MARGIN_MS = 150;
/** With less time an attempt would only hide what the one before has met. */
const LEAST_ATTEMPT_MS = 500;

class SqlDatabase implements Database {
  readonly scope: string;
  readonly #address: DatabaseAddress;
  readonly #credential: TokenCredential;
  readonly #claimsInHand: (tokenScope: string) => TokenClaims | undefined;
  readonly #pools: PoolHolder;
  readonly #slots: Slots;
  #isClosed = false;

  constructor(
    address: DatabaseAddress,
    credential: TokenCredential,
    claimsInHand: (tokenScope: string) => TokenClaims | undefined,
  ) {
    this.scope = `${address.server}/${address.database}`;
    this.#address = address;
    this.#credential = credential;
    this.#claimsInHand = claimsInHand;
    this.#pools = new PoolHolder(address, credential);
    this.#slots = new Slots(address.poolSize);
  }

  async query<Row>(text: string, call: Call): Promise<readonly Row[]> {
    const { recordset } = await this.#run<Row>(call, (request) => request.query<Row>(text));
    return recordset ?? [];
  }

  async execute<Row>(call: ProcedureCall): Promise<ProcedureResult<Row>> {
    const { recordset, output } = await this.#run<Row>(call, (request) =>
      request.execute<Row>(call.procedure),
    );
    return { rows: recordset ?? [], output };
  }

  probe(): Promise<Operation> {
    return probeDatabase(this, (operation) => this.#factsOn(operation));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#pools.close();
  }

  async #run<Row>(
    call: Call & Partial<ProcedureCall>,
    send: Send<Row>,
  ): Promise<DriverResult<Row>> {
    const { operation, inputs = {}, outputs, countsAsDone, retryForMs = RETRY_FOR_MS } = call;
    const endsAtMs = performance.now() + retryForMs;
    for (let attempt = 1; ; attempt++) {
      const sql = await databaseDriver();
      const outcome = await this.#attempt(retryForMs, (request) => {
        addParameters(request, sql, inputs, outputs);
        return send(request);
      });
      if ('result' in outcome) return outcome.result;
      const { failure, wasOpen } = outcome;
      if (failure.messages.some(({ number }) => countsAsDone?.includes(number))) {
        return { output: {} };
      }
      const delayMs = delayBefore(attempt, failure, wasOpen);
      const hasTime =
        performance.now() + delayMs < endsAtMs &&
        delayMs + LEAST_ATTEMPT_MS + MARGIN_MS < remainingMs();
      if (!isPassing(failure) || !hasTime || this.#isClosed) {
        throw refusedByDatabase(failure, this.#factsOn(operation));
      }
      await sleep(delayMs);
    }
  }

  async #attempt<Row>(waitMs: number, send: Send<Row>): Promise<Outcome<Row>> {
    const wasOpen = this.#pools.isOpen;
    let pool: ConnectionPool | undefined;
    const free = await this.#slots.take(Math.min(waitMs, restMs()));
    try {
      if (!free) throw this.#noSlot();
      // Before the login, which would take a token that is late for a server that is silent.
      if (!this.#pools.isOpen) await this.#credential.getToken(SQL_SCOPE);
      const opened = this.#pools.opened ?? (await timeLimited(restMs(), () => this.#pools.open()));
      pool = opened;
      return { result: await this.#send(opened, send, free) };
    } catch (error) {
      const failure = readFailure(error);
      if (pool && isConnectionLost(failure)) this.#pools.discard(pool);
      if (!pool) free?.();
      return { failure, wasOpen };
    }
  }

  /** Without a connection that is open, those in use are logins that the server does not answer. */
  #noSlot(): Error {
    if (this.#pools.opened) return allInUse(this.#address.poolSize);
    return Object.assign(new Error('no login in time'), { code: 'ETIMEDOUT' });
  }

  #factsOn(operation: Operation): DatabaseFacts {
    return { ...this.#address, operation, claims: this.#claimsInHand(SQL_SCOPE) };
  }

  /** The slot is free again when the driver is done with the connection, which may be later. */
  async #send<Row>(
    pool: ConnectionPool,
    send: Send<Row>,
    free: () => void,
  ): Promise<DriverResult<Row>> {
    const request = pool.request();
    return timeLimited(Math.min(restMs(), SEND_MS), async (signal) => {
      signal.addEventListener('abort', () => request.cancel());
      try {
        return await send(request);
      } finally {
        free();
      }
    });
  }
}

/** A new login, the request, and its end: each tells of itself before. */
const SEND_MS = 2 * SILENCE_MS + 1_000;

type Outcome<Row> =
  | { readonly result: DriverResult<Row> }
  | { readonly failure: DatabaseFailure; readonly wasOpen: boolean };

function restMs(): number {
  return Math.max(1, remainingMs() - MARGIN_MS);
}

/** A connection that died in the pool says nothing of the server: a new one is tried at once. */
function delayBefore(attempt: number, failure: DatabaseFailure, wasOpen: boolean): number {
  if (attempt === 1 && wasOpen && isConnectionLost(failure)) return 0;
  const step = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return step * (0.8 + 0.4 * Math.random());
}

function allInUse(poolSize: number): AppError {
  return new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'database',
    message: `All ${poolSize} connections to the database were in use for the whole time.`,
    nextStep: 'Try again; if it persists, look for slow statements or raise SQL_POOL_SIZE.',
  });
}
