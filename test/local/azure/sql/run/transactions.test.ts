import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { record, type TestSession, useSql } from '../../../../support/sql-session.ts';

const sql = await useSql([
  'CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(10) NULL)',
]);

describe('Transactions', () => {
  let one: TestSession;
  let two: TestSession;

  beforeEach(async () => {
    one?.session.close();
    two?.session.close();
    one = await sql.open();
    two = await sql.open();
    await one.rows('DELETE dbo.T');
  });

  const count = (session = two) => session.value('SELECT COUNT(*) FROM dbo.T');

  it('count as SQL Server counts: COMMIT takes one away, the last one commits', async () => {
    const events = await one.run(
      'BEGIN TRAN; BEGIN TRAN; INSERT dbo.T (Id) VALUES (1); COMMIT; PRINT @@TRANCOUNT; COMMIT; PRINT @@TRANCOUNT',
    );
    assert.deepEqual(events, ['begin', 'done insert 1', 'info 0 1', 'commit', 'info 0 0']);
    assert.equal(await count(), 1);
  });

  it('end as a whole with ROLLBACK, however deep', async () => {
    const events = await one.run(
      'BEGIN TRAN; BEGIN TRAN; INSERT dbo.T (Id) VALUES (1); ROLLBACK; PRINT @@TRANCOUNT',
    );
    assert.deepEqual(events, ['begin', 'done insert 1', 'rollback', 'info 0 0']);
    assert.equal(await count(), 0);
  });

  it('refuse COMMIT and ROLLBACK without BEGIN (3902, 3903) and go on', async () => {
    assert.deepEqual(await one.errors('COMMIT; ROLLBACK; SAVE TRAN s'), [3902, 3903, 628]);
  });

  it('go back to savepoints, the latest of a name; an unknown name is 6401', async () => {
    const rows = await one.rows(`
      BEGIN TRAN;
      INSERT dbo.T (Id) VALUES (1);
      SAVE TRAN s;
      INSERT dbo.T (Id) VALUES (2);
      SAVE TRAN s;
      INSERT dbo.T (Id) VALUES (3);
      ROLLBACK TRAN s;
      SELECT Id FROM dbo.T ORDER BY Id;
      COMMIT`);
    assert.deepEqual(rows, [[1], [2]]);
    assert.equal(await count(), 2);
    assert.deepEqual(await one.errors('BEGIN TRAN; ROLLBACK TRAN nothing; ROLLBACK'), [6401]);
  });

  it('undo definitions too', async () => {
    await one.rows(
      'BEGIN TRAN; CREATE TABLE dbo.Gone (a int); INSERT dbo.Gone VALUES (1); ROLLBACK',
    );
    assert.deepEqual(await one.errors('SELECT * FROM dbo.Gone'), [208]);
    await one.rows(
      'BEGIN TRAN; SAVE TRAN s; CREATE TABLE dbo.Gone (a int); ROLLBACK TRAN s; COMMIT',
    );
    assert.deepEqual(await two.errors('SELECT * FROM dbo.Gone'), [208]);
  });

  it('are seen by others when they are committed, not before, and nobody waits to read', async () => {
    await one.rows("BEGIN TRAN; INSERT dbo.T (Id, Name) VALUES (1, N'new')");
    assert.equal(await count(one), 1);
    assert.equal(await count(two), 0);
    await one.rows('COMMIT');
    assert.equal(await count(two), 1);
  });

  it('write one after the other; LOCK_TIMEOUT is 1222 and ends the statement only', async () => {
    await one.rows('BEGIN TRAN; INSERT dbo.T (Id) VALUES (1)');
    const events = await two.run(
      "SET LOCK_TIMEOUT 0; INSERT dbo.T (Id) VALUES (2); PRINT 'after'; SET LOCK_TIMEOUT -1",
    );
    assert.deepEqual(events, ['error 1222 Lock request time out period exceeded.', 'info 0 after']);
    const waiting = two.rows('INSERT dbo.T (Id) VALUES (3)');
    await one.rows('COMMIT');
    await waiting;
    assert.equal(await count(), 2);
  });

  it('wait at what they read WITH (UPDLOCK, HOLDLOCK), and at all they read when SERIALIZABLE', async () => {
    await one.rows('BEGIN TRAN; SELECT * FROM dbo.T WITH (UPDLOCK, HOLDLOCK)');
    const insert = 'SET LOCK_TIMEOUT 0; INSERT dbo.T (Id) VALUES (2)';
    assert.deepEqual(await two.errors(insert), [1222]);
    await one.rows('COMMIT');
    assert.deepEqual(await two.errors(insert), []);
    await one.rows('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT * FROM dbo.T');
    assert.deepEqual(await two.errors('INSERT dbo.T (Id) VALUES (4)'), [1222]);
    await one.rows(
      'COMMIT; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRAN; SELECT * FROM dbo.T',
    );
    assert.deepEqual(await two.errors('INSERT dbo.T (Id) VALUES (4)'), []);
  });

  it('are one state for requests of the protocol and for T-SQL', async () => {
    const { events, sink } = record();
    await one.session.beginTransaction(2, '', sink);
    assert.equal(await one.value('SELECT @@TRANCOUNT'), 1);
    await one.rows('INSERT dbo.T (Id) VALUES (1); COMMIT');
    await assert.rejects(one.session.commitTransaction('', sink), { number: 3902 });
    await assert.rejects(one.session.rollbackTransaction('', sink), { number: 3903 });
    await one.rows('BEGIN TRAN; INSERT dbo.T (Id) VALUES (2)');
    await one.session.saveTransaction('s', sink);
    await one.rows('INSERT dbo.T (Id) VALUES (3)');
    await one.session.rollbackTransaction('s', sink);
    await one.session.commitTransaction('', sink);
    assert.deepEqual(events, ['begin', 'commit']);
    assert.equal(await count(), 2);
  });

  it('end with their session, whose lock is free then', async () => {
    await one.rows('BEGIN TRAN; INSERT dbo.T (Id) VALUES (1)');
    const waiting = two.rows('INSERT dbo.T (Id) VALUES (2)');
    one.session.close();
    await waiting;
    assert.deepEqual(await two.rows('SELECT Id FROM dbo.T'), [[2]]);
  });

  it('end with a reset of the connection, unless it keeps them', async () => {
    await one.rows('BEGIN TRAN; INSERT dbo.T (Id) VALUES (1)');
    one.session.reset(true);
    assert.equal(await one.value('SELECT @@TRANCOUNT'), 1);
    one.session.reset(false);
    assert.equal(await one.value('SELECT @@TRANCOUNT'), 0);
    assert.equal(await count(), 0);
  });

  it('go on after a cancelled statement, but not under XACT_ABORT', async () => {
    for (const [option, left] of [
      ['OFF', 1],
      ['ON', 0],
    ] as const) {
      const cancel = new AbortController();
      const running = one.run(
        `SET XACT_ABORT ${option}; BEGIN TRAN; INSERT dbo.T (Id) VALUES (1); WHILE 1 = 1 SET NOCOUNT OFF`,
        cancel.signal,
      );
      setImmediate(() => cancel.abort(new Error('cancelled')));
      await running;
      assert.equal(await one.value('SELECT @@TRANCOUNT'), left);
      await one.rows('IF @@TRANCOUNT > 0 ROLLBACK; SET XACT_ABORT OFF');
    }
  });

  it('give up waiting for the lock when cancelled, and leave it to others', async () => {
    await one.rows('BEGIN TRAN; INSERT dbo.T (Id) VALUES (1)');
    const cancel = new AbortController();
    const waiting = two.run('INSERT dbo.T (Id) VALUES (2)', cancel.signal);
    cancel.abort(new Error('cancelled'));
    assert.deepEqual(await waiting, []);
    await one.rows('COMMIT');
    assert.equal(await count(), 1);
    await two.rows('INSERT dbo.T (Id) VALUES (2)');
  });

  it('lose nothing and mix nothing when ten sessions write at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => sql.open()));
    await Promise.all(
      sessions.map((session, index) =>
        session.rows(`
          SET XACT_ABORT ON;
          DECLARE @i int = 0, @next int;
          WHILE @i < 20
          BEGIN
            BEGIN TRAN;
            SELECT @next = ISNULL(MAX(Id), 0) + 1 FROM dbo.T WITH (UPDLOCK, HOLDLOCK);
            INSERT dbo.T (Id, Name) VALUES (@next, N'${index}');
            COMMIT;
            SET @i += 1;
          END`),
      ),
    );
    assert.deepEqual(await two.rows('SELECT COUNT(*), MAX(Id), COUNT(DISTINCT Name) FROM dbo.T'), [
      [200, 200, 10],
    ]);
    for (const { session } of sessions) session.close();
  });
});
