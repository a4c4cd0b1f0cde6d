// [faults-and-threats 37-41] The app's database module: what it repeats, what it tells at once, and in which words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SqlError } from '../../../local/azure/tds/sql-error.ts';
import { int, intType, nvarchar } from '../../../shared/database/parameters.ts';
import { within } from '../../../shared/deadline.ts';
import { AppError } from '../../../shared/errors.ts';
import { operations } from '../../../shared/operations.ts';
import { SERVER, useScriptedServer } from './scripted-server.ts';

const server = await useScriptedServer();
const { script, backend } = server;
const scope = `${SERVER}/inventory`;
const call = { operation: operations.readInventory(scope) };
const recordCall = { operation: operations.recordInInventory(scope), procedure: 'dbo.Echo' };
const loginFailed = () =>
  new SqlError(18456, "Login failed for user '<token-identified principal>'.", 14);

const failureOf = async (run: Promise<unknown>): Promise<AppError> => {
  const error = await run.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError, String(error));
  return error;
};

describe('a call', () => {
  it('sends what it is given as typed values, never as text', async () => {
    const database = server.open();
    const evil = "'; DROP TABLE inventory.Resource; --";
    const [row] = await database.query<{ type: string; top: number }>('echo', {
      ...call,
      inputs: { type: nvarchar(256, evil), top: int(3) },
    });
    assert.deepEqual(row, { type: evil, top: 3 });
    assert.ok(
      backend.calls.includes('executeSql @type nvarchar(256), @top int'),
      String(backend.calls),
    );
  });

  it('runs a procedure and gives its output', async () => {
    const { rows, output } = await server.open().execute<{ a: number }>({
      ...recordCall,
      inputs: { a: int(1) },
      outputs: { total: intType },
    });
    assert.equal(rows[0]?.a, 1);
    assert.deepEqual(Object.keys(output), ['total']);
  });

  it('is one of ten on a cold pool, and there is one token request', async () => {
    const before = server.tokenRequests.length;
    const logins = backend.logins.length;
    const database = server.open();
    await Promise.all(Array.from({ length: 10 }, () => database.query('select 1', call)));
    assert.equal(server.tokenRequests.length - before, 1);
    // mssql opens a connection more, to see whether it can, and closes it.
    assert.ok(backend.logins.length - logins <= 11);
  });

  it('needs no SELECT 1 before it', async () => {
    const database = server.open();
    await database.query('select 1', call);
    backend.calls.length = 0;
    await database.query('select 1', call);
    await database.query('select 1', call);
    assert.equal(backend.calls.filter((one) => one.startsWith('executeSql')).length, 2);
  });
});

describe('[37] an error that passes', () => {
  for (const number of [40613, 40197, 40501, 49918, 49919, 49920, 10928, 10929, 40143, 4221]) {
    it(`${number} at the login is tried again`, async () => {
      script.refusedLogins.push([new SqlError(number, 'Not now.', 17)]);
      await server.open().query('select 1', call);
      assert.equal(script.refusedLogins.length, 0);
    });
  }

  for (const number of [40613, 40197, 1205]) {
    it(`[39] ${number} in a request is tried again`, async () => {
      script.failures.push(new SqlError(number, 'Not now.', 13));
      await server.open().query('select 1', call);
      assert.equal(script.failures.length, 0);
    });
  }

  for (const [number, code] of [
    [40613, 'TARGET_UNAVAILABLE'],
    [40501, 'THROTTLED'],
    [1205, 'TARGET_UNAVAILABLE'],
  ] as const) {
    it(`${number} that lasts is ${code}, after a limit in time`, async () => {
      const many = Array.from({ length: 50 }, () => new SqlError(number, 'Not now.', 17));
      script.failures.push(...many);
      const startedMs = performance.now();
      const error = await failureOf(
        server.open().query('select 1', { ...call, retryForMs: 1_000 }),
      );
      const tries = many.length - script.failures.splice(0).length;
      assert.equal(error.code, code);
      assert.equal(error.target, 'database');
      assert.ok(tries > 1 && tries < 10, String(tries));
      assert.ok(performance.now() - startedMs < 2_000);
    });
  }
});

describe('[38] an error that stays is told at once', () => {
  it('18456: who is missing where, and that the SID is the client id', async () => {
    script.refusedLogins.push([loginFailed()]);
    const startedMs = performance.now();
    const error = await failureOf(server.open().query('select 1', call));
    assert.ok(performance.now() - startedMs < 1_000);
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.match(error.message, /object-id may not read the inventory: the database inventory on/);
    assert.match(error.nextStep, /grant-database.*05-user\.sql.*SID.*client-id/);
    assert.equal(error.access?.principalId, 'object-id');
  });

  it('4060, though 18456 follows it: the database', async () => {
    const error = await failureOf(server.open({ database: 'nope' }).query('select 1', call));
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.match(error.message, /There is no database nope on sql-test/);
    assert.match(error.nextStep, /SQL_DATABASE/);
  });

  it('40615: the firewall, and the address that it saw', async () => {
    const text =
      "Cannot open server 'sql-test' requested by the login. Client with IP address '203.0.113.7' is not allowed to access the server.";
    script.refusedLogins.push([new SqlError(40615, text, 14)]);
    const error = await failureOf(server.open().query('select 1', call));
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.match(error.message, /203\.0\.113\.7/);
  });

  it('229: which right on which object', async () => {
    script.failures.push(
      new SqlError(
        229,
        "The EXECUTE permission was denied on the object 'RecordResource', database 'inventory', schema 'inventory'.",
        14,
      ),
    );
    const error = await failureOf(server.open().execute(recordCall));
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.deepEqual(error.access, {
      principalId: 'object-id',
      action: 'EXECUTE',
      scope: `${scope}: inventory.RecordResource`,
      role: 'EXECUTE on inventory.RecordResource',
    });
  });

  for (const [number, code, pattern] of [
    [262, 'ACCESS_DENIED', /CREATE TABLE was refused/],
    [208, 'NOT_FOUND', /infra\/sql/],
    [2812, 'NOT_FOUND', /infra\/sql/],
    [8134, 'UNEXPECTED', /8134/],
  ] as const) {
    it(`${number} is ${code}`, async () => {
      const text = "CREATE TABLE permission denied in database 'inventory'. canary";
      script.failures.push(new SqlError(number, text));
      const error = await failureOf(server.open().query('select 1', call));
      assert.equal(error.code, code);
      assert.match(`${error.message} ${error.nextStep}`, pattern);
      assert.doesNotMatch(`${error.message} ${error.nextStep}`, /canary/);
    });
  }
});

describe('a connection that is lost', () => {
  it('in the pool is noticed by nobody', async () => {
    const database = server.open();
    await Promise.all(Array.from({ length: 5 }, () => database.query('select 1', call)));
    server.line.cut();
    const rows = await Promise.all(
      Array.from({ length: 5 }, () => database.query('select 1', call)),
    );
    assert.equal(rows.flat().length, 5);
  });

  it('[40] before the answer: the call is made again', async () => {
    const database = server.open();
    await database.query('select 1', call);
    script.failures.push('kill');
    assert.equal((await database.query('select 1', call)).length, 1);
    assert.equal(script.failures.length, 0);
  });

  it('[40] and the repetition meets what was done: 2627 and 2601 count as done', async () => {
    for (const number of [2627, 2601]) {
      script.failures.push('kill', new SqlError(number, 'Duplicate.', 14));
      const done = { ...recordCall, countsAsDone: [2627, 2601] };
      assert.deepEqual(await server.open().execute(done), { rows: [], output: {} });
    }
    script.failures.push(new SqlError(2627, 'Duplicate.', 14));
    assert.equal((await failureOf(server.open().execute(recordCall))).code, 'UNEXPECTED');
  });

  it('[46] and nothing listens: TARGET_UNAVAILABLE names it; it works again afterwards', async () => {
    const database = server.open();
    await database.query('select 1', call);
    await server.line.close();
    const error = await failureOf(database.query('select 1', { ...call, retryForMs: 500 }));
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /Nothing listens at sql-test\.database\.windows\.net/);
    await server.line.reopen();
    await database.query('select 1', call);
  });
});

describe('a server that is silent', () => {
  it('[41] at the login is told as such, and not as a pool', async () => {
    script.isLoginSilent = true;
    try {
      const database = server.open();
      const error = await failureOf(within(2_500, 'app', () => database.query('select 1', call)));
      assert.equal(error.code, 'TARGET_UNAVAILABLE');
      assert.equal(error.target, 'database');
      assert.match(error.message, /did not answer in time/);
      assert.doesNotMatch(error.message, /pool/);
    } finally {
      script.isLoginSilent = false;
    }
  });

  it('in a request is given up before the function is, and the pool recovers', async () => {
    const database = server.open({ poolSize: 1 });
    await database.query('select 1', call);
    const error = await failureOf(within(1_500, 'app', () => database.query('wait', call)));
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.equal(error.target, 'database');
    assert.equal((await database.query('select 1', call)).length, 1);
  });

  it('holds all connections: that is what is told', async () => {
    const database = server.open({ poolSize: 1 });
    const busy = failureOf(within(1_500, 'app', () => database.query('wait', call)));
    const error = await failureOf(database.query('select 1', { ...call, retryForMs: 300 }));
    assert.match(error.message, /^All 1 connections to the database were in use/);
    await busy;
  });

  it('does not keep the app from ending', async () => {
    const database = server.open();
    const pending = failureOf(within(6_000, 'app', () => database.query('wait', call)));
    while (backend.calls.at(-1) !== 'waiting') await new Promise(setImmediate);
    const startedMs = performance.now();
    await database.close();
    assert.ok(performance.now() - startedMs < 2_000);
    await pending;
  });
});

describe('the token', () => {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new AppError({
        code: 'IDENTITY_UNAVAILABLE',
        target: 'identity',
        message: 'No.',
        nextStep: 'Do.',
      }),
    );

  it('that is not given is told as such', async () => {
    const error = await failureOf(server.open({ getToken: refuse }).query('select 1', call));
    assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
    assert.equal(error.target, 'identity');
  });

  it('[12] that has ended: open connections live on, and a new one asks again', async () => {
    let isRefused = false;
    let given = 0;
    // Too short a life to be kept.
    const getToken = async () => {
      if (isRefused) return refuse();
      given++;
      return { token: 'good-token', expiresOnTimestamp: Date.now() + 1_000 };
    };
    const database = server.open({ getToken });
    await database.query('select 1', call);
    const before = given;
    isRefused = true;
    await database.query('select 1', call);
    const busy = failureOf(within(1_500, 'app', () => database.query('wait', call)));
    while (backend.calls.at(-1) !== 'waiting') await new Promise(setImmediate);
    const another = () => database.query('select 1', call);
    assert.equal((await failureOf(another())).code, 'IDENTITY_UNAVAILABLE');
    isRefused = false;
    await another();
    await busy;
    assert.equal(given, before + 1);
  });

  it('goes to no other audience than the database, whatever the server asks for', async () => {
    const own = backend.federatedAuthentication as { spn: string };
    own.spn = 'https://management.azure.com/';
    try {
      const before = server.tokenRequests.length;
      const error = await failureOf(server.open().query('select 1', call));
      assert.equal(error.code, 'UNEXPECTED');
      assert.match(error.message, /token of another service; it was not given one/);
      assert.deepEqual(server.tokenRequests.slice(before), [
        'https://database.windows.net/.default',
      ]);
    } finally {
      own.spn = 'https://database.windows.net/';
    }
  });
});
