import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
// Behind the hook, and without the test's own use of the engine.
const { addIdentity, useLocalAzure } = await import('../../support/local-azure.ts');
await useLocalAzure();
const loadedAtStart = [...loaded];
const { startAzure } = await import('../../../local/azure/start-azure.ts');
const { deployServer, useSqlServer } = await import('../../support/sql-server.ts');
const { sidLiteral } = await import('../../support/sql-session.ts');
const { azure, connect, deploy } = await useSqlServer();

describe('Azure SQL in the embedded Azure', () => {
  it('loads neither engine nor protocol before its first server or connection', () => {
    const isEngine = (url: string) => /\/local\/azure\/(sql\/|tds\/connection)/.test(url);
    assert.deepEqual(loadedAtStart.filter(isEngine), []);
    assert.ok(loaded.some(isEngine));
  });

  it('is where its names lead', () => {
    assert.equal(azure.redirect['.database.windows.net:1433'], azure.ports.sql);
  });

  it('misbehaves on demand, and the journal knows', async () => {
    const app = addIdentity(azure, 'app');
    await deploy(`CREATE USER [app] WITH SID = ${sidLiteral(app.clientId)}, TYPE = E`);
    // Else a `SELECT 1` goes before each query, and takes the fault.
    const pool = await connect(app, { validateConnection: false } as object);
    const from = azure.journal.position;
    azure.faults.arm({
      ...{ door: 'sql', operation: 'RPC sp_executesql' },
      fault: { kind: 'sqlError', number: 40501 },
    });
    const ask = async () => (await pool.request().input('a', 1).query('SELECT @a AS a')).recordset;
    await assert.rejects(ask(), { number: 40501 });
    assert.deepEqual(await ask(), [{ a: 1 }]);
    assert.ok(azure.journal.since(from).some(({ kind }) => kind === 'fault'));
  });

  it('finds its databases again where they have a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'start-sql-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const options = { stateDirectory: folder, databaseDirectory: join(folder, 'databases') };
    const run = async (batch: string) => {
      const own = await startAzure(options);
      try {
        const admin = addIdentity(own, 'sql-admin');
        await deployServer(own, admin);
        const { accessToken } = await own.tokens.issue(admin, 'https://database.windows.net/');
        const target = { serverName: 'sql-test', databaseName: 'inventory' };
        await own.sql.runScript({ ...target, accessToken, batches: [batch] });
      } finally {
        await own.stop();
      }
    };
    await run('CREATE TABLE dbo.T (a int)');
    await run("IF OBJECT_ID(N'dbo.T') IS NULL THROW 50000, N'gone', 1");
    await assert.rejects(run('CREATE TABLE dbo.T (a int)'), /already an object named 'T'/);
  });
});
