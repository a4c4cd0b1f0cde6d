// The unmodified `mssql`, in both forms of TLS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import sql from 'mssql';
import { GOOD_TOKEN, sixValues } from './scripted-backend.ts';
import { type Encrypt, encrypted, useTdsDoor } from './use-tds-door.ts';

const door = await useTdsDoor();
const { backend, connect, journal } = door;

const tokenCredential = (token: string) => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});

for (const encrypt of [true, 'strict'] satisfies Encrypt[]) {
  describe(`encrypt ${encrypt}`, () => {
    it('logs in with an access token in the login', async () => {
      const pool = await connect(encrypted(encrypt));
      assert.equal((await pool.query('select 1')).recordset.length, 1);
      const [login] = backend.logins.slice(-1);
      assert.deepEqual(login?.credential, { kind: 'token', token: GOOD_TOKEN });
      assert.equal(login?.database, 'inventory');
      assert.equal(login?.clientAddress, '127.0.0.1');
    });

    it('asks a credential for a token of the right audience, and takes it', async () => {
      const scopes: unknown[] = [];
      const credential = {
        getToken: async (scope: unknown) => {
          scopes.push(scope);
          return tokenCredential(GOOD_TOKEN).getToken();
        },
      };
      const authentication = { type: 'token-credential', options: { credential } } as never;
      await connect({ ...encrypted(encrypt), authentication });
      assert.deepEqual(scopes, ['https://database.windows.net/.default']);
    });

    it('streams many rows, in order and whole', async () => {
      const pool = await connect(encrypted(encrypt));
      const { recordset } = await pool.query('rows 3000');
      assert.equal(recordset.length, 3000);
      const last = recordset[2999];
      const [id, name, number, isGood, , key] = sixValues(2999);
      assert.deepEqual(
        [last.Id, last.Name, last.Number, last.IsGood, last.Key],
        [id, name, String(number), isGood === 1, key],
      );
      assert.equal(last.At.toISOString(), '2026-11-25T06:22:47.123Z');
    });

    it('takes statements longer than a packet', async () => {
      const pool = await connect(encrypted(encrypt));
      const long = 'é'.repeat(200_000);
      const { recordset } = await pool.request().input('a', sql.NVarChar, long).query('echo');
      assert.equal(recordset[0].a, long);
    });

    it('cancels a request that runs, and one that streams, and goes on', async () => {
      const pool = await connect({ ...encrypted(encrypt), pool: { max: 1 } });
      for (const text of ['wait', 'rows 10000000']) {
        const request = pool.request();
        const waiting = () => backend.calls.filter((call) => call === 'waiting').length;
        const before = waiting();
        request.stream = true;
        const ended = new Promise((resolve) => request.on('error', resolve));
        const firstRow = once(request, 'row').catch(() => {});
        void request.query(text);
        if (text === 'wait') {
          while (waiting() === before) await new Promise((resolve) => setImmediate(resolve));
        } else await firstRow;
        request.cancel();
        assert.equal(((await ended) as { code: string }).code, 'ECANCEL', text);
        assert.equal((await pool.query('select 1')).recordset.length, 1);
      }
      assert.ok(backend.calls.includes('cancelled'));
    });

    it('refuses a token that the backend refuses', async () => {
      const authentication = {
        type: 'token-credential',
        options: { credential: tokenCredential('bad') },
      } as never;
      await assert.rejects(connect({ ...encrypted(encrypt), authentication }), {
        code: 'ELOGIN',
        message: "Login failed for user '<token-identified principal>'.",
      });
    });
  });
}

describe('login', () => {
  it('passes a password login on by its name alone, and tells the refusal', async () => {
    const authentication = {
      type: 'default',
      options: { userName: 'sa', password: 'secret' },
    } as const;
    await assert.rejects(connect({ authentication }), { message: "Login failed for user 'sa'." });
    assert.deepEqual(backend.logins.at(-1)?.credential, { kind: 'password', userName: 'sa' });
    assert.doesNotMatch(JSON.stringify(journal.since()), /secret|good-token/);
  });

  it('tells each error of a refusal in order', async () => {
    await assert.rejects(connect({ database: 'nope' }), { code: 'ELOGIN' });
    const refusal = journal.since().findLast(({ kind }) => kind === 'sql');
    assert.ok(refusal?.kind === 'sql');
    assert.equal(refusal.number, 4060);
  });
});

describe('requests', () => {
  it('gives several result sets and the messages between', async () => {
    const pool = await connect();
    const request = pool.request();
    const messages: string[] = [];
    request.on('info', ({ message }) => messages.push(message));
    const { recordsets, rowsAffected } = await request.batch('two');
    assert.deepEqual(recordsets, [[{ First: 1 }], [{ Second: 2 }, { Second: 3 }]]);
    assert.deepEqual(rowsAffected, [1, 2]);
    assert.deepEqual(messages, ['Hello between.']);
  });

  it('tells an error with number, state, class, line and procedure', async () => {
    const pool = await connect();
    for (const run of [() => pool.query('fail 547'), () => pool.request().batch('fail 547')]) {
      await assert.rejects(run(), {
        code: 'EREQUEST',
        number: 547,
        state: 3,
        class: 16,
        lineNumber: 4,
        procName: 'dbo.Failing',
      });
    }
    assert.equal((await pool.query('select 1')).recordset.length, 1);
  });

  it('calls a procedure with output parameters and a return value', async () => {
    const pool = await connect();
    const result = await pool
      .request()
      .input('In', sql.NVarChar(20), 'in')
      .output('Out', sql.Decimal(10, 2), 12.5)
      .execute('dbo.Echo');
    assert.equal(result.returnValue, 7);
    assert.deepEqual(result.output, { Out: 12.5 });
    await assert.rejects(pool.request().execute('dbo.Nothing'), { number: 2812 });
  });

  it('prepares, executes twice, unprepares', async () => {
    const pool = await connect();
    const statement = new sql.PreparedStatement(pool);
    statement.input('a', sql.Int);
    await statement.prepare('echo');
    assert.deepEqual((await statement.execute({ a: 1 })).recordset, [{ a: 1 }]);
    assert.deepEqual((await statement.execute({ a: 2 })).recordset, [{ a: 2 }]);
    await statement.unprepare();
    assert.ok(backend.calls.includes('unprepare 1'));
    const bad = new sql.PreparedStatement(pool);
    await assert.rejects(bad.prepare('bad'), { number: 102 });
  });

  it('runs transactions by requests of the protocol', async () => {
    const pool = await connect();
    const from = backend.calls.length;
    const committed = new sql.Transaction(pool);
    await committed.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
    await committed.request().query('select 1');
    await committed.commit();
    const rolledBack = new sql.Transaction(pool);
    await rolledBack.begin();
    await rolledBack.rollback();
    const calls = backend.calls.slice(from).filter((call) => /begin|commit|rollback/.test(call));
    assert.deepEqual(calls, ['begin 4', 'commit', 'begin 2', 'rollback']);
  });

  it('ends the connection after an error of severity 20 and more, or a fault of the backend', async () => {
    const pool = await connect();
    await assert.rejects(pool.query('fail 596'));
    await assert.rejects(pool.query('crash'));
    assert.equal((await pool.query('select 1')).recordset.length, 1);
    assert.match(String(door.unexpected[0]), /a fault of the backend/);
  });

  it('closes each session when its client leaves', async () => {
    const before = backend.openSessions();
    const pool = await connect();
    assert.equal(backend.openSessions(), before + 1);
    await pool.close();
    while (backend.openSessions() > before) await new Promise((resolve) => setImmediate(resolve));
  });
});
