import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { describe, it } from 'node:test';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
const { useSqlServer } = await import('../../support/sql-server.ts');
const { addIdentity, useLocalAzure } = await import('../../support/local-azure.ts');
const { sidLiteral } = await import('../../support/sql-session.ts');

const engine = () =>
  loaded.filter((url) => /\/sql\/run\/(?!create-sql)|\/tds\/connection/.test(url));

describe('Azure SQL in the embedded Azure', () => {
  it('loads neither engine nor protocol before its first server', async () => {
    const from = loaded.length;
    await useLocalAzure();
    assert.deepEqual(
      loaded.slice(from).filter((url) => /\/(sql|tds)\//.test(url)),
      [],
    );
  });
});

describe('The door sql', async () => {
  const { azure, admin, connect, deploy } = await useSqlServer();

  it('is where its names lead', () => {
    assert.equal(azure.redirect['.database.windows.net:1433'], azure.ports.sql);
    assert.ok(engine().length > 0);
  });

  it('misbehaves on demand, and the journal knows', async () => {
    const app = addIdentity(azure, 'app');
    await deploy(`CREATE USER [app] WITH SID = ${sidLiteral(app.clientId)}, TYPE = E`);
    const pool = await connect(app);
    const from = azure.journal.position;
    azure.faults.arm({
      ...{ door: 'sql', operation: 'SQLBATCH' },
      fault: { kind: 'sqlError', number: 40501 },
    });
    await assert.rejects(pool.batch('SELECT 1 AS one'), { number: 40501 });
    assert.deepEqual((await pool.batch('SELECT 1 AS one')).recordset, [{ one: 1 }]);
    assert.ok(azure.journal.since(from).some(({ kind }) => kind === 'fault'));
  });

  it('forgets its databases with the embedded Azure, unless they have a folder', async () => {
    const pool = await connect(admin);
    await pool.batch('CREATE TABLE dbo.T (a int)');
    assert.equal((await pool.query('SELECT COUNT(*) AS n FROM sys.tables')).recordset[0].n, 1);
  });
});
