import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SqlLoginError } from '../../../../../local/azure/tds/sql-session.ts';
import {
  admin,
  app,
  createUser,
  databaseId,
  openSql,
  serverId,
  stranger,
  useSql,
} from '../../../../support/sql-session.ts';

const sql = await useSql([
  createUser('app', app),
  'CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY)',
]);
const { dataPlane } = sql;

const refused = (promise: Promise<unknown>, number: number) =>
  assert.rejects(
    promise,
    (error: unknown) => error instanceof SqlLoginError && error.messages[0].number === number,
  );

const other = {
  ...{ serverName: 'SQL-TEST', name: 'Other', resourceId: `${serverId}/databases/Other` },
  ...{ collation: 'SQL_Latin1_General_CP1_CI_AS', maxSizeBytes: 1e9, isServerless: true },
};

describe('Servers and databases', () => {
  it('take their names without case', async () => {
    assert.equal(dataPlane.isServerNameTaken('Sql-Test'), true);
    assert.equal(dataPlane.isServerNameTaken('sql-free'), false);
    const { session } = await sql.open(app, 'INVENTORY');
    assert.equal(session.database, 'inventory');
    session.close();
  });

  it('keep users, tables and rows apart; master has neither', async () => {
    await dataPlane.putDatabase(other);
    await refused(sql.open(app, 'other'), 18456);
    await refused(sql.open(app, 'master'), 18456);
    const [inOther, inMaster] = [await sql.open(admin, 'other'), await sql.open(admin, 'master')];
    assert.deepEqual(await inOther.errors('SELECT * FROM dbo.T'), [208]);
    assert.deepEqual(await inMaster.rows('SELECT name FROM sys.databases ORDER BY database_id'), [
      ...[['master'], ['inventory'], ['Other']],
    ]);
    inOther.session.close();
    inMaster.session.close();
  });

  it('make no column of a collation that compares otherwise', async () => {
    const admins = await sql.open(admin);
    for (const collation of ['Turkish_CI_AS', 'Latin1_General_100_CI_AS_SC_UTF8']) {
      const create = `CREATE TABLE dbo.Text (a varchar(10) COLLATE ${collation})`;
      assert.deepEqual(await admins.errors(create), [40514]);
      assert.deepEqual(
        await admins.errors(`ALTER TABLE dbo.T ADD b varchar(1) COLLATE ${collation}`),
        [40514],
      );
    }
    admins.session.close();
  });

  it('say who is there by sys.dm_exec_sessions: all to the administrator, itself to a user', async () => {
    const [one, two] = [await sql.open(), await sql.open(app)];
    const list = 'SELECT session_id, login_name FROM sys.dm_exec_sessions ORDER BY session_id';
    assert.equal((await one.rows(list)).length, 2);
    assert.deepEqual(await two.rows(list), [
      [two.session.processId, `${app.clientId}@${sql.directory.tenantId}`],
    ]);
    assert.equal(await two.value('SELECT @@SPID'), two.session.processId);
    one.session.close();
    two.session.close();
  });

  it('refuse logins while a database sleeps: 40613', async () => {
    sql.paused.add(databaseId);
    await refused(sql.open(app), 40613);
    sql.paused.clear();
    (await sql.open(app)).session.close();
  });

  it('end the sessions of a database that is removed, with its transactions and its file', async () => {
    await dataPlane.putDatabase(other);
    const session = await sql.open(admin, 'other');
    await session.rows('CREATE TABLE dbo.Gone (a int); BEGIN TRAN; INSERT dbo.Gone VALUES (1)');
    const waiting = await sql.open(admin, 'other');
    const held = waiting.run('INSERT dbo.Gone VALUES (2)').catch((error) => error);
    await dataPlane.removeDatabase('sql-test', 'OTHER');
    await assert.rejects(session.run('SELECT 1'), { number: 596, class: 21 });
    assert.equal((await held).number, 596);
    await refused(sql.open(admin, 'other'), 4060);
    const files = readdirSync(join(sql.databaseDirectory, 'sql-test'));
    assert.deepEqual(
      files.filter((name) => name.startsWith('other')),
      [],
    );
    await dataPlane.putDatabase(other);
    const again = await sql.open(admin, 'other');
    assert.deepEqual(await again.errors('SELECT * FROM dbo.Gone'), [208]);
    again.session.close();
  });

  it('hold no more than they may: 40544, and go on when there is room again', async () => {
    const small = { ...other, name: 'Small', resourceId: `${serverId}/databases/Small` };
    await dataPlane.putDatabase({ ...small, maxSizeBytes: 400_000 });
    const session = await sql.open(admin, 'small');
    await session.rows('CREATE TABLE dbo.Big (Id int IDENTITY(1, 1), Text nvarchar(max))');
    const fill = "INSERT dbo.Big (Text) VALUES (REPLICATE(CAST(N'x' AS nvarchar(max)), 100000))";
    assert.deepEqual(
      await session.errors(`DECLARE @i int = 0; WHILE @i < 5 BEGIN ${fill}; SET @i += 1 END`),
      [40544, 40544],
    );
    await session.rows('DELETE dbo.Big');
    assert.deepEqual(await session.errors(fill), []);
    // SQLite gives up the whole transaction then.
    const events = await session.run(`BEGIN TRAN; ${fill}; ${fill}; ${fill}; PRINT 'not here'`);
    assert.equal(events.at(-1), 'rollback');
    const caught = await session.run(`
      BEGIN TRAN;
      BEGIN TRY ${fill}; ${fill}; ${fill} END TRY
      BEGIN CATCH PRINT XACT_STATE(); ROLLBACK END CATCH`);
    assert.deepEqual(caught.slice(-2), ['info 0 -1', 'rollback']);
    assert.equal(await session.value('SELECT COUNT(*) FROM dbo.Big'), 1);
    session.session.close();
    await dataPlane.removeDatabase('sql-test', 'small');
  });

  it('are gone with their server', async () => {
    await dataPlane.putServer({
      ...{ name: 'sql-two', resourceId: `${serverId}2`, azureADOnlyAuthentication: true },
      publicNetworkAccess: 'Enabled',
    });
    assert.equal(dataPlane.isServerNameTaken('sql-two'), true);
    await dataPlane.removeServer('sql-two');
    assert.equal(dataPlane.isServerNameTaken('sql-two'), false);
    assert.throws(
      () =>
        dataPlane.putFirewallRule({
          ...{
            serverName: 'sql-two',
            name: 'x',
            startIpAddress: '0.0.0.0',
            endIpAddress: '0.0.0.0',
          },
        }),
      /no server sql-two/,
    );
  });

  it('are found again by the next process that is given their folder', async () => {
    const databaseDirectory = mkdtempSync(join(tmpdir(), 'sql-kept-'));
    after(() => rmSync(databaseDirectory, { recursive: true, force: true }));
    const first = await openSql(databaseDirectory);
    const session = await first.open();
    await session.rows(`CREATE TABLE dbo.Kept (Id int NOT NULL); INSERT dbo.Kept VALUES (5)`);
    await session.rows(createUser('app', app));
    await session.rows('GRANT SELECT ON dbo.Kept TO app; BEGIN TRAN; INSERT dbo.Kept VALUES (6)');
    first.stop();
    assert.ok(existsSync(join(databaseDirectory, 'sql-test', 'inventory.sqlite')));
    const second = await openSql(databaseDirectory);
    assert.deepEqual(await (await second.open(app)).rows('SELECT Id FROM dbo.Kept'), [[5]]);
    second.stop();
  });
});

describe('Scripts of a deployment', () => {
  const run = async (batches: readonly string[], principal = admin) =>
    dataPlane.runScript({
      ...{ serverName: 'sql-test', databaseName: 'inventory', batches },
      accessToken: await sql.token(principal),
    });

  it('run batch after batch as the identity of the token', async () => {
    await run(['CREATE TABLE dbo.S (Who nvarchar(100))', 'INSERT dbo.S SELECT USER_NAME()']);
    const session = await sql.open();
    assert.deepEqual(await session.rows('SELECT Who FROM dbo.S'), [['dbo']]);
    session.session.close();
  });

  it("end at the first error, with the server's words", async () => {
    await assert.rejects(
      run(['CREATE TABLE dbo.Not1 (a int)', 'CREATE TABLE dbo.Not2 (a int)'], app),
      { message: "CREATE TABLE permission denied in database 'inventory'." },
    );
    await assert.rejects(run([], stranger), {
      message: "Login failed for user '<token-identified principal>'.",
    });
    const session = await sql.open();
    assert.equal(await session.value("SELECT COUNT(*) FROM sys.tables WHERE name LIKE 'Not%'"), 0);
    session.session.close();
  });
});
