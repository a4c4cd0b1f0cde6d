// What infra/sql/run-batches.ps1 does in Azure, for a machine outside of it.
import { setTimeout } from 'node:timers/promises';
import type { TokenCredential } from '@azure/core-auth';
import sql from 'mssql';

export interface BatchRun {
  /** Host name of the server. */
  readonly server: string;
  readonly database: string;
  readonly batches: readonly string[];
  /** Of the server's administrator. */
  readonly credential: TokenCredential;
  /** Milliseconds before another attempt; there are six. */
  readonly delayMs?: number;
}

const ATTEMPTS = 6;

/** A database that wakes, moves or is busy. https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues */
const PASSING = new Set([40197, 40501, 40613, 49918, 49919, 49920]);

/** Runs the batches in order, all of them anew after a failure that may pass. Throws what the driver throws. */
export async function runBatches(run: BatchRun): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(run);
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      await setTimeout(run.delayMs ?? 10_000);
    }
  }
}

async function runOnce({ server, database, batches, credential }: BatchRun): Promise<void> {
  const pool = new sql.ConnectionPool({
    server,
    database,
    authentication: { type: 'token-credential', options: { credential } },
    options: { encrypt: 'strict' },
    pool: { max: 1 },
    // A database that sleeps takes up to a minute to wake.
    connectionTimeout: 60_000,
    requestTimeout: 60_000,
  });
  // Each failure is told to its caller; without a listener it would end the process as well.
  pool.on('error', () => {});
  try {
    await pool.connect();
    for (const batch of batches) await pool.request().batch(batch);
  } finally {
    await pool.close();
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, number, originalError } = error as Partial<
    Record<'code' | 'number' | 'originalError', unknown>
  >;
  const isLost = code === 'ESOCKET' || code === 'ECONNCLOSED' || code === 'ETIMEOUT';
  return (
    isLost || PASSING.has(Number(number)) || (originalError !== error && isPassing(originalError))
  );
}
