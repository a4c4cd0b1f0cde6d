// Rows 37 to 41 and W at Azure SQL: the app on the deployed template, its database behind the real protocol and engine.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operations } from '../../shared/operations.ts';
import { openDatabaseLab } from './database-lab.ts';
import { isSilent, nameOf, wireFaults } from './wire-faults.ts';

/** Most of it is waiting; what waits longest comes first. */
const AT_ONCE = 12;
const lab = await openDatabaseLab(AT_ONCE);

const LIST = 'RPC sp_executesql';
const RECORD = 'RPC inventory.RecordResource';

const passing = {
  40613: 'TARGET_UNAVAILABLE',
  40197: 'TARGET_UNAVAILABLE',
  40501: 'THROTTLED',
  49918: 'THROTTLED',
} as const;

describe('Azure SQL', { concurrency: AT_ONCE }, () => {
  for (const [place, poolSize] of [
    ['LOGIN7', 10],
    ['FEDAUTH', 10],
    // Most wait for a turn behind logins that are silent.
    ['LOGIN7', 2],
  ] as const) {
    it(`Row 41: ten calls, a cold pool of ${poolSize}, a server silent at ${place}: each is told of the server, not of the pool`, () =>
      lab.use(async (app) => {
        const services = app.createServices({ poolSize });
        const silent = app.arm(place, { kind: 'hang' });
        const problems = await Promise.all(
          Array.from({ length: 10 }, () => app.refuses('TARGET_UNAVAILABLE', { services })),
        );
        silent.end();
        assert.ok(silent.hits() > 0);
        await app.recovers(services);
        await services.database.close();
        const said = new Set(problems.map(({ message }) => message));
        assert.deepEqual([...said], [`${app.server} did not answer in time.`]);
      }));
  }

  for (const place of ['LOGIN7', 'FEDAUTH', 'SQLBATCH', LIST]) {
    for (const afterwards of ['rst', 'silence'] as const) {
      it(`W ${place}: every answer cut at 50 %, then ${afterwards}: TARGET_UNAVAILABLE in time, afterwards it works`, () =>
        lab.use(async (app) => {
          if (place === LIST) await app.works();
          const always = app.arm(place, { kind: 'cutResponse', atPercent: 50, afterwards });
          const { message } = await app.refuses('TARGET_UNAVAILABLE');
          const said = afterwards === 'rst' ? 'cut the connection.' : 'did not answer in time.';
          assert.equal(message, `${app.server} ${said}`);
          assert.ok(always.hits() >= 2, 'tried again');
          always.end();
          await app.recovers();
        }));
    }

    const telling = wireFaults.filter((fault) => !isSilent(fault));
    it(`W ${place}: each of the ${telling.length} cuts with an end, once: nobody notices`, () =>
      lab.use(async (app) => {
        for (const fault of telling) {
          if (place === LIST) await app.works();
          else await app.startAgain();
          const once = app.arm(place, fault, { times: 1 });
          const problem = await app.call();
          assert.equal(problem, undefined, `${nameOf(fault)}: ${JSON.stringify(problem)}`);
          assert.equal(once.hits(), 1);
        }
      }));

    it(`W ${place}: one request lost, then silence: nobody notices`, () =>
      lab.use(async (app) => {
        if (place === LIST) await app.works();
        const once = app.arm(
          place,
          { kind: 'cutRequest', atPercent: 0, afterwards: 'silence' },
          {},
        );
        await app.works();
        assert.equal(once.hits(), 1);
      }));
  }

  for (const [text, code] of Object.entries(passing)) {
    const fault = { kind: 'sqlError', number: Number(text) } as const;
    for (const place of ['FEDAUTH', LIST]) {
      it(`Row 37: ${text} at ${place}, twice: retried; without end: ${code}; afterwards it works`, () =>
        lab.use(async (app) => {
          if (place === LIST) await app.works();
          const twice = app.arm(place, fault, { times: 2 });
          await app.works();
          assert.equal(twice.hits(), 2);
          if (place === 'FEDAUTH') await app.startAgain();
          const always = app.arm(place, fault);
          const { message } = await app.refuses(code);
          assert.ok(message.includes(app.server), message);
          assert.ok(always.hits() >= 3, `tried ${always.hits()} times`);
          always.end();
          await app.recovers();
        }));
    }
  }

  it('Row 38: 18456, an identity without a user: ACCESS_DENIED at once, naming it and the database', () =>
    lab.use(async (app) => {
      const principal = app.stranger();
      await app.refusesAtOnce('ACCESS_DENIED', 18456, { principal }, ({ message, nextStep }) => {
        assert.ok(message.includes(`The identity ${principal.principalId} may not `), message);
        assert.ok(message.includes(`${app.server} has no user for it`), message);
        assert.ok(nextStep.includes(principal.clientId));
      });
      await app.works();
    }));

  it('Row 38: 4060, a database that is not there: CONFIG_INVALID at once, naming it', () =>
    lab.use(async (app) => {
      await app.refusesAtOnce('CONFIG_INVALID', 4060, { database: 'nope' }, ({ message }) => {
        assert.match(message, /There is no database nope on /);
      });
      await app.works();
    }));

  it('Row 38: 40615, an address that no firewall rule lets in: CONFIG_INVALID at once; let in again: it works', () =>
    lab.use(async (app) => {
      const putBack = app.removeFirewallRules();
      await app.refusesAtOnce('CONFIG_INVALID', 40615, {}, ({ message }) => {
        assert.match(
          message,
          /^The firewall of .* refuses the app's address 127\.0\.0\.1 \(40615\)\.$/,
        );
      });
      putBack();
      await app.recovers();
    }));

  it('Row 38: 229, a right that the app was not given: ACCESS_DENIED, asked once', () =>
    lab.use(async (app) => {
      await app.works();
      const seen = app.arm(LIST, { kind: 'slow', delayMs: 0 });
      const { database } = app.services;
      await app.refuses('ACCESS_DENIED', {
        answer: () =>
          database.query('DELETE FROM inventory.Resource;', {
            operation: operations.readInventory(database.scope),
          }),
      });
      assert.equal(seen.hits(), 1);
      await app.works();
    }));

  for (const [number, severity] of [[1205], [1222], [3960], [596, 21]] as const) {
    it(`Row 39: ${number} in the procedure: once more, one row`, () =>
      lab.use(async (app) => {
        const finding = app.finding();
        const fault = { kind: 'sqlError', number, ...(severity && { severity }) } as const;
        const twice = app.arm(RECORD, fault, { times: 2 });
        assert.equal(await app.record(finding), true);
        assert.equal(twice.hits(), 2);
        assert.equal(await app.rowsOf(finding), 1);
      }));
  }

  it('Row 39: a transaction of another holds the lock until the request is given up: rolled back, once more, one row', () =>
    lab.use(async (app) => {
      await app.works();
      const other = await app.holdTheLock();
      const finding = app.finding();
      const since = app.azure.journal.position;
      const recorded = app.record(finding);
      await until(() => app.logins(since).length > 0);
      assert.equal(await app.rowsOf(finding), 0, 'the one that was given up has left nothing');
      await other.rollback();
      assert.equal(await recorded, true);
      assert.equal(await app.rowsOf(finding), 1);
    }));

  it('Row 39: the server goes away while a transaction waits: rolled back, once more, one row', () =>
    lab.use(async (app) => {
      await app.works();
      const other = await app.holdTheLock();
      const finding = app.finding();
      const seen = app.arm(RECORD, { kind: 'slow', delayMs: 0 });
      const recorded = app.record(finding);
      await until(() => seen.hits() > 0);
      await app.azure.closeDoor('sql');
      seen.end();
      await app.azure.openDoor('sql');
      await other.rollback().catch(() => {});
      assert.equal(await recorded, true);
      assert.equal(await app.rowsOf(finding), 1);
      assert.equal(await app.rowsOf(other.finding), 0, 'what nobody has committed is gone');
    }));

  for (const afterwards of ['fin', 'rst', 'silence'] as const) {
    for (const atPercent of [0, 50] as const) {
      it(`Row 40: committed, and the answer cut at ${atPercent} %, then ${afterwards}: repeated, one row`, () =>
        lab.use(async (app) => {
          const finding = app.finding();
          const fault = { kind: 'cutResponse', atPercent, afterwards } as const;
          const once = app.arm(RECORD, fault, { times: 1 });
          assert.equal(await app.record(finding), false, 'the first time has recorded it');
          assert.equal(once.hits(), 1);
          assert.equal(await app.rowsOf(finding), 1);
        }));
    }
  }

  it('Row 40: twenty record one resource at once: one is the first, one row', () =>
    lab.use(async (app) => {
      const finding = app.finding();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => app.record(finding)));
      assert.equal(outcomes.filter(Boolean).length, 1);
      assert.equal(await app.rowsOf(finding), 1);
    }));
});

/** Nothing tells of these facts but the journal. */
async function until(isSo: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + 8_000;
  while (!isSo()) {
    assert.ok(performance.now() < endsAtMs, `never: ${isSo}`);
    await new Promise(setImmediate);
  }
}
