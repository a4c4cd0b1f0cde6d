import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { app, createUser, type TestSession, useSql } from '../../../../support/sql-session.ts';

const sql = await useSql([
  createUser('app', app),
  'CREATE TABLE dbo.T (Id int IDENTITY NOT NULL PRIMARY KEY, Name nvarchar(10) NULL UNIQUE, Size int NULL)',
  'CREATE PROCEDURE dbo.Put @n nvarchar(10) AS MERGE dbo.T USING (VALUES (@n)) AS s (n) ON T.Name = s.n WHEN MATCHED THEN UPDATE SET Size = 99 WHEN NOT MATCHED THEN INSERT (Name) VALUES (s.n);',
]);

describe('MERGE in a session', () => {
  let asAdmin: TestSession;
  let asApp: TestSession;

  before(async () => {
    asAdmin = await sql.open();
    asApp = await sql.open(app);
  });
  after(() => {
    asAdmin.session.close();
    asApp.session.close();
  });

  const put = (rows: string, clauses: string) =>
    `MERGE dbo.T USING (VALUES ${rows}) AS s (n, z) ON T.Name = s.n ${clauses};`;
  const insert = 'WHEN NOT MATCHED THEN INSERT (Name, Size) VALUES (s.n, s.z)';
  const update = 'WHEN MATCHED THEN UPDATE SET Size = s.z';

  it('counts all rows, and gives the identity of the last', async () => {
    await asAdmin.rows("INSERT dbo.T (Name) VALUES (N'a')");
    assert.deepEqual(await asAdmin.run(put("(N'a', 1), (N'b', 2)", `${update} ${insert}`)), [
      'done merge 2',
    ]);
    assert.deepEqual(
      await asAdmin.rows(
        `${put("(N'a', 1), (N'c', 2)", `${update} ${insert}`)} SELECT @@ROWCOUNT, SCOPE_IDENTITY()`,
      ),
      [[2, '3']],
    );
  });

  it('is whole or not at all inside of a transaction that goes on', async () => {
    await asAdmin.rows('BEGIN TRAN; DELETE dbo.T');
    await asAdmin.rows(put("(N'x', 1)", insert));
    assert.deepEqual(await asAdmin.errors(put("(N'y', 1), (N'Y', 1)", insert)), [2627]);
    assert.deepEqual(await asAdmin.rows('SELECT Name FROM dbo.T'), [['x']]);
    await asAdmin.rows('ROLLBACK');
    assert.equal(await asAdmin.value('SELECT COUNT(*) FROM dbo.T'), 3);
    assert.deepEqual(
      await asAdmin.rows(
        put("(N'a', 5), (N'q', 6)", `${insert} OUTPUT $action, inserted.Name, s.z`),
      ),
      [['INSERT', 'q', 6]],
    );
  });

  it('needs the right of each of its actions, and SELECT for what it reads', async () => {
    const both = put("(N'a', 1), (N'd', 2)", `${update} ${insert}`);
    const never =
      "MERGE dbo.T USING (VALUES (N'e')) AS s (n) ON 1 = 0 WHEN NOT MATCHED THEN INSERT (Name) VALUES (s.n)";
    assert.deepEqual(await asApp.errors(both), [229]);
    await asAdmin.rows('GRANT INSERT ON dbo.T TO app');
    await asApp.rows(`${never};`);
    assert.deepEqual(await asApp.errors(`${never} OUTPUT inserted.Id;`), [229]);
    assert.deepEqual(await asApp.errors(both), [229]);
    await asAdmin.rows('GRANT SELECT ON dbo.T TO app');
    assert.deepEqual(await asApp.errors(both), [229]);
    await asAdmin.rows('GRANT UPDATE (Size) ON dbo.T TO app');
    assert.deepEqual(await asApp.run(both), ['done merge 2']);
    const drop = put("(N'a', 1)", 'WHEN MATCHED THEN DELETE');
    assert.deepEqual(await asApp.errors(drop), [229]);
    assert.deepEqual(await asApp.errors("UPDATE dbo.T SET Name = N'z' OUTPUT deleted.Name"), [230]);
    await asAdmin.rows('REVOKE SELECT ON dbo.T TO app');
    assert.deepEqual(await asApp.errors('UPDATE dbo.T SET Size = 1 OUTPUT deleted.Name'), [229]);
  });

  it('names itself in a conflict with a constraint, and the insert at a NULL', async () => {
    await asAdmin.rows(
      'CREATE TABLE dbo.C (Id int NOT NULL PRIMARY KEY, V int NOT NULL CONSTRAINT CK_V CHECK (V > 0))',
    );
    const error = async (value: string) =>
      (
        await asAdmin.run(
          `MERGE dbo.C USING (VALUES (1, ${value})) AS s (i, v) ON C.Id = s.i WHEN NOT MATCHED THEN INSERT VALUES (s.i, s.v);`,
        )
      )[0] ?? '';
    assert.match(await error('0'), /^error 547 The MERGE statement conflicted with the CHECK/);
    assert.match(await error('CAST(NULL AS int)'), /^error 515 .* INSERT fails\.$/);
    assert.match(await error('1'), /^done merge 1$/);
  });

  it('runs for who may execute its procedure', async () => {
    assert.deepEqual(await asApp.errors("EXEC dbo.Put N'a'"), [229]);
    await asAdmin.rows('GRANT EXECUTE ON dbo.Put TO app');
    await asApp.rows("EXEC dbo.Put N'a'");
    assert.equal(await asAdmin.value("SELECT Size FROM dbo.T WHERE Name = N'a'"), 99);
  });
});
