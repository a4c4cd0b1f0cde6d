// The door alone, on a free port, with a scripted backend and the CA trusted by this process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import tls from 'node:tls';
import sql from 'mssql';
import { loadCertificateAuthority } from '../../../../local/azure/certificate-authority.ts';
import { systemClock } from '../../../../local/azure/clock.ts';
import { isHostOf } from '../../../../local/azure/doors.ts';
import type { FaultOrder } from '../../../../local/azure/faults/fault.ts';
import { FaultPlan } from '../../../../local/azure/faults/fault-plan.ts';
import { Journal } from '../../../../local/azure/journal.ts';
import { createTdsDoor, type TdsDoorParts } from '../../../../local/azure/tds/tds-door.ts';
import { createScriptedBackend, GOOD_TOKEN } from './scripted-backend.ts';

export const HOST = 'sql-test.database.windows.net';
export type Encrypt = 'strict' | true;

export async function useTdsDoor(more: Partial<TdsDoorParts> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tds-'));
  const authority = await loadCertificateAuthority(directory);
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, authority.certificatePem]);
  const journal = new Journal(systemClock);
  const faults = new FaultPlan(journal);
  const backend = createScriptedBackend();
  const unexpected: unknown[] = [];
  const door = createTdsDoor({
    backend,
    journal,
    faults: faults.at('sql'),
    isOwnHost: (host) => isHostOf('sql', host) || host === 'localhost',
    onUnexpected: (error) => unexpected.push(error),
    ...more,
  });
  const server = await door.startTls(authority.serverIdentity);
  const pools: sql.ConnectionPool[] = [];
  after(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await server.stop();
    tls.setDefaultCACertificates(trusted);
    rmSync(directory, { recursive: true, force: true });
  });

  const config = (options: Partial<sql.config> = {}): sql.config => ({
    server: 'localhost',
    port: server.port,
    database: 'inventory',
    authentication: {
      type: 'azure-active-directory-access-token',
      options: { token: GOOD_TOKEN },
    },
    requestTimeout: 10_000,
    ...options,
    pool: { max: 1, ...options.pool },
    options: { encrypt: true, ...options.options },
  });
  return {
    journal,
    faults,
    backend,
    unexpected,
    server,
    config,
    arm: (operation: string, fault: FaultOrder['fault'], order: Partial<FaultOrder> = {}) =>
      faults.arm({ door: 'sql', operation, fault, ...order }),
    /** A pool that is closed after the last test. */
    async connect(options: Partial<sql.config> = {}): Promise<sql.ConnectionPool> {
      const pool = new sql.ConnectionPool(config(options));
      pool.on('error', () => {});
      pools.push(pool);
      return pool.connect();
    },
  };
}

export function encrypted(encrypt: Encrypt): Partial<sql.config> {
  // @types/mssql knows no 'strict'.
  return { options: { encrypt: encrypt as boolean } };
}
