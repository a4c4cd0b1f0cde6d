// Faults on demand at TDS messages (rows 37 to 41), seen by the unmodified `mssql`.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { parseFaultOrder } from '../../../../local/azure/faults/parse-fault-order.ts';
import { useTdsDoor } from './use-tds-door.ts';

const { arm, backend, connect, faults, journal } = await useTdsDoor();
afterEach(() => faults.clear());

const quick = { connectionTimeout: 700, requestTimeout: 500, pool: { max: 1 } };
// Else a `SELECT 1` goes before each query, and takes the fault.
const unvalidated = { validateConnection: false } as object;

describe('a login', () => {
  it('[37] is told a transient error with its own words, and succeeds when it is over', async () => {
    for (const number of [40613, 40197, 40501, 49918, 10928]) {
      arm('LOGIN7', { kind: 'sqlError', number }, { times: 'always' });
      await assert.rejects(
        connect({ ...quick, options: { maxRetriesOnTransientErrors: 0 } as never }),
      );
      const entry = journal.since().findLast(({ kind }) => kind === 'sql');
      assert.equal(entry?.kind === 'sql' && entry.number, number);
      faults.clear();
    }
    await connect();
  });

  for (const operation of ['PRELOGIN', 'LOGIN7']) {
    it(`[41] that meets silence, a reset or an end at ${operation} fails, and the next succeeds`, async () => {
      for (const fault of [
        { kind: 'hang' },
        { kind: 'cutRequest', atPercent: 0, afterwards: 'rst' },
        { kind: 'cutRequest', atPercent: 0, afterwards: 'fin' },
        { kind: 'cutResponse', atPercent: 50, afterwards: 'rst' },
        { kind: 'cutResponse', atPercent: 50, afterwards: 'fin' },
      ] as const) {
        const id = arm(operation, fault, { times: 'always' });
        await assert.rejects(connect(quick), JSON.stringify(fault));
        faults.withdraw(id);
        await connect();
      }
    });
  }
});

describe('a request', () => {
  it('[39] is answered with a deadlock instead of being done', async () => {
    const pool = await connect(unvalidated);
    arm('RPC sp_executesql', { kind: 'sqlError', number: 1205 }, { times: 'always' });
    const before = backend.calls.length;
    await assert.rejects(pool.query('select 1'), { number: 1205, class: 13 });
    faults.clear();
    assert.ok(!backend.calls.slice(before).some((call) => call.startsWith('executeSql')));
    assert.equal((await pool.query('select 1')).recordset.length, 1);
  });

  it('[40] that was done loses its answer: the caller is in doubt', async () => {
    const pool = await connect(quick);
    arm('RPC dbo.Echo', { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' });
    await assert.rejects(pool.request().execute('dbo.Echo'));
    assert.equal(
      backend.calls.at(-1) === 'close' || backend.calls.includes('procedure dbo.Echo'),
      true,
    );
    assert.equal((await pool.query('select 1')).recordset.length, 1);
  });

  it('that was cut before it arrived was not done', async () => {
    const pool = await connect(quick);
    const before = backend.calls.length;
    arm('RPC dbo.Echo', { kind: 'cutRequest', atPercent: 0, afterwards: 'rst' });
    await assert.rejects(pool.request().execute('dbo.Echo'));
    assert.ok(!backend.calls.slice(before).includes('procedure dbo.Echo'));
  });

  it('comes late', async () => {
    const pool = await connect(quick);
    arm('SQLBATCH', { kind: 'slow', delayMs: 30 });
    await pool.request().batch('two');
  });

  it('of the transaction manager is named by what it asks', async () => {
    const pool = await connect();
    arm('TM commit', { kind: 'sqlError', number: 40197 });
    const transaction = pool.transaction();
    transaction.on('error', () => {});
    await transaction.begin();
    await assert.rejects(transaction.commit());
  });
});

describe('the order of a fault', () => {
  it('takes an error of SQL Server, and refuses what is none', () => {
    const order = { door: 'sql', operation: 'LOGIN7', fault: { kind: 'sqlError', number: 40613 } };
    assert.deepEqual(parseFaultOrder(order), order);
    for (const wrong of [{ number: 0 }, { number: 'x' }, { severity: 5 }, { state: 256 }]) {
      assert.throws(() => parseFaultOrder({ ...order, fault: { ...order.fault, ...wrong } }), {
        code: 'InvalidFaultOrder',
      });
    }
  });
});
