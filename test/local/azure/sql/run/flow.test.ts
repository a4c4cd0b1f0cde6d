import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { app, createUser, record, useSql } from '../../../../support/sql-session.ts';

const sql = await useSql([
  'CREATE TABLE dbo.T (Id int NOT NULL IDENTITY(1, 1) PRIMARY KEY, Name nvarchar(10) NULL)',
  'CREATE TABLE dbo.Plain (Id int NOT NULL)',
  createUser('app', app),
]);
const one = await sql.open();

describe('Flow of a batch', () => {
  it('declares for the whole batch, converts what it sets, and keeps what a loop declared', async () => {
    assert.deepEqual(
      await one.rows(`
        IF 1 = 0 DECLARE @never int = 5;
        DECLARE @i int = 0, @text varchar(3) = 'abcdef', @sum decimal(5, 1);
        WHILE @i < 3
        BEGIN
          DECLARE @kept int;
          SET @kept = ISNULL(@kept, 0) + 1;
          SET @i += 1;
        END;
        SET @sum = 1.26;
        SELECT @never, @text, @kept, @sum`),
      [[null, 'abc', 3, '1.3']],
    );
  });

  it('takes the last row into variables, and leaves them without rows', async () => {
    assert.deepEqual(
      await one.rows(`
        DECLARE @a int = 1, @b int = 2;
        SELECT @a = v FROM (VALUES (5), (6)) AS x (v) ORDER BY v;
        SELECT @b = v FROM (VALUES (5)) AS x (v) WHERE v > 9;
        SELECT @a, @b`),
      [[6, 2]],
    );
  });

  it('leaves loops by BREAK, begins again by CONTINUE, ends the batch by RETURN', async () => {
    const events = await one.run(`
      DECLARE @i int = 0;
      WHILE 1 = 1
      BEGIN
        SET @i += 1;
        IF @i = 2 CONTINUE;
        IF @i = 4 BREAK;
        PRINT @i;
      END;
      IF @i = 4 RETURN;
      PRINT 'not here'`);
    assert.deepEqual(events, ['info 0 1', 'info 0 3']);
  });

  it('tells @@ROWCOUNT and @@ERROR of the statement before', async () => {
    const events = await one.run(`
      INSERT dbo.T (Name) VALUES (N'a'), (N'b');
      PRINT CONCAT(@@ROWCOUNT, ' ', @@ERROR);
      PRINT @@ROWCOUNT;
      SELECT 1 AS x UNION ALL SELECT 2;
      IF @@ROWCOUNT = 2 PRINT CONCAT('two ', @@ROWCOUNT);
      DECLARE @a int; SET @a = 1; PRINT @@ROWCOUNT`);
    assert.deepEqual(
      events.filter((event) => event.startsWith('info')),
      ['info 0 2 0', 'info 0 0', 'info 0 two 0', 'info 0 1'],
    );
  });

  it('counts nothing under NOCOUNT', async () => {
    assert.deepEqual(
      await one.run(
        "SET NOCOUNT ON; INSERT dbo.T (Name) VALUES (N'c'); SELECT 1 AS x; SET NOCOUNT OFF",
      ),
      ['done insert', 'columns x', 'row 1', 'done select'],
    );
  });

  it('writes messages as printf does, and errors from severity 11 on', async () => {
    const events = await one.run(`
      RAISERROR('%s has %d of %5d%%, %x, %i', 10, 1, N'a', 5, 42, 255, -3) WITH NOWAIT;
      RAISERROR('bad', 16, 7);
      DECLARE @m nvarchar(20) = N'variable'; RAISERROR(@m, 0, 1);
      PRINT @@ERROR;
      RAISERROR('too bad', 20, 1);
      RAISERROR(50005, 16, 1)`);
    assert.deepEqual(
      events.map((event) => event.replace(/(?<=error (2754|18054)) .*/, '')),
      [
        'info 50000 a has 5 of    42%, ff, -3',
        'error 50000 bad',
        'info 50000 variable',
        'info 0 0',
        'error 2754',
        'error 18054',
      ],
    );
  });

  it('throws from 50000 on; less is refused, and THROW alone belongs into CATCH', async () => {
    assert.deepEqual(await one.errors("THROW 50001, N'x', 1; PRINT 'not here'"), [50001]);
    assert.deepEqual(await one.errors("THROW 49999, N'x', 1"), [35100]);
    assert.deepEqual(await one.errors('THROW'), [10704]);
  });

  it('counts with IDENTITY, by scope and by session; IDENTITY_INSERT gives values of its own', async () => {
    await one.rows('TRUNCATE TABLE dbo.T');
    assert.deepEqual(
      await one.rows(`
        INSERT dbo.T (Name) VALUES (N'a'), (N'b');
        EXEC ('INSERT dbo.T (Name) VALUES (N''c'')');
        SELECT SCOPE_IDENTITY(), @@IDENTITY`),
      [['2', '3']],
    );
    assert.deepEqual(await one.errors("INSERT dbo.T (Id, Name) VALUES (9, N'x')"), [544]);
    assert.deepEqual(
      await one.rows(`
        SET IDENTITY_INSERT dbo.T ON;
        INSERT dbo.T (Id, Name) VALUES (100, N'd');
        SET IDENTITY_INSERT dbo.T OFF;
        INSERT dbo.T (Name) OUTPUT inserted.Id VALUES (N'e')`),
      [[101]],
    );
    assert.deepEqual(await one.errors('SET IDENTITY_INSERT dbo.Plain ON'), [8106]);
    assert.deepEqual(await one.errors('SET IDENTITY_INSERT dbo.Nothing ON'), [1088]);
    await one.rows('TRUNCATE TABLE dbo.T');
    assert.equal(await one.value("INSERT dbo.T (Name) OUTPUT inserted.Id VALUES (N'f')"), 1);
  });

  it('acts as another user until REVERT, over batches, and not after a reset', async () => {
    await one.rows("EXECUTE AS USER = 'app'");
    assert.deepEqual(
      await one.rows("SELECT USER_NAME(), HAS_PERMS_BY_NAME(N'dbo.T', 'OBJECT', 'INSERT')"),
      [['app', null]],
    );
    assert.deepEqual(await one.errors("INSERT dbo.T (Name) VALUES (N'x')"), [229]);
    await one.rows('REVERT');
    assert.equal(await one.value('SELECT USER_NAME()'), 'dbo');
    await one.rows("EXECUTE AS USER = 'app'");
    one.session.reset(false);
    assert.equal(await one.value('SELECT USER_NAME()'), 'dbo');
    assert.deepEqual(await one.errors("EXECUTE AS USER = 'nobody'"), [15517]);
  });

  it('names the database that it uses, and no other', async () => {
    assert.deepEqual(await one.run('USE Inventory'), [
      'database',
      "info 5701 Changed database context to 'inventory'.",
    ]);
    assert.deepEqual(await one.errors('USE master'), [40508]);
  });

  it('means its own database by a name of three parts, and refuses any other before it changes a thing', async () => {
    await one.rows('CREATE TABLE inventory.dbo.Own (a int NOT NULL)');
    await one.rows('CREATE PROCEDURE dbo.OwnStatus AS RETURN 4');
    assert.equal(await one.value('DECLARE @s int; EXEC @s = Inventory..OwnStatus; SELECT @s'), 4);
    for (const text of [
      'DROP TABLE other.dbo.Own',
      'DROP TABLE IF EXISTS dbo.Own, other.dbo.Own',
      'CREATE TABLE other.dbo.Mine (a int)',
      'ALTER TABLE other.dbo.Own ADD b int NULL',
      'GRANT SELECT ON other.dbo.Own TO public',
      'SET IDENTITY_INSERT other.dbo.Own ON',
      'EXEC other.dbo.OwnStatus',
      "EXEC other.sys.sp_executesql N'SELECT 1'",
    ]) {
      assert.deepEqual(await one.errors(text), [40515], text);
    }
    assert.deepEqual(await one.errors('CREATE PROCEDURE inventory.dbo.p AS SELECT 1'), [166]);
    assert.deepEqual(await one.errors('CREATE VIEW inventory.dbo.v AS SELECT 1 AS a'), [166]);
    const { signal } = new AbortController();
    const events = async (name: string) => {
      const { events, sink } = record();
      await one.session.executeProcedure(name, [], sink, signal);
      return events.map((event) => event.replace(/ Reference.*/, ''));
    };
    assert.deepEqual(await events('[Inventory]..[OwnStatus]'), ['status 4']);
    assert.deepEqual(await events('other.dbo.OwnStatus'), ['error 40515']);
    await one.rows('DROP PROCEDURE dbo.OwnStatus; DROP TABLE dbo.Own');
  });

  it('refuses options that would change results', async () => {
    for (const option of [
      'IMPLICIT_TRANSACTIONS ON',
      'DATEFIRST 1',
      'DATEFORMAT dmy',
      'LANGUAGE French',
    ]) {
      assert.deepEqual(await one.errors(`SET ${option}`), [40517]);
    }
    // What drivers send behind a login.
    assert.deepEqual(
      await one.run(`set ansi_nulls on
        set ansi_padding on
        set ansi_warnings on
        set arithabort on
        set concat_null_yields_null on
        set cursor_close_on_commit off
        set datefirst 7
        set dateformat mdy
        set implicit_transactions off
        set language us_english
        set numeric_roundabort off
        set quoted_identifier on
        set textsize 2147483647
        set transaction isolation level read committed`),
      [],
    );
  });

  it('lets others have their turn in a loop that does not end, and ends when it is cancelled', async () => {
    const cancel = new AbortController();
    const endless = one.run('DECLARE @i bigint = 0; WHILE 1 = 1 SET @i += 1', cancel.signal);
    const two = await sql.open();
    assert.equal(await two.value('SELECT 1'), 1);
    const waiting = two.run("WAITFOR DELAY '01:00:00'; PRINT 'not here'", cancel.signal);
    cancel.abort(new Error('cancelled'));
    assert.deepEqual(await endless, []);
    assert.deepEqual(await waiting, []);
    two.session.close();
  });
});

describe('Prepared statements', () => {
  const { signal } = new AbortController();
  const int = (name: string, value: number) =>
    ({ name, type: { name: 'int' }, value, isOutput: false }) as const;

  it('run by their handle until it is given back: 8179', async () => {
    const handle = one.session.prepare('@a int, @b int', 'SELECT @a + @b AS sum');
    const { events, sink } = record();
    await one.session.executePrepared(handle, [int('@a', 1), int('@b', 2)], sink, signal);
    assert.deepEqual(events, ['columns sum', 'row 3', 'done select 1', 'status 0']);
    one.session.unprepare(handle);
    assert.throws(() => one.session.unprepare(handle), { number: 8179 });
    await assert.rejects(one.session.executePrepared(handle, [], sink, signal), { number: 8179 });
  });

  it('give an int and a bigint of one text each as it is', async () => {
    const value = 2n ** 53n + 1n;
    const parameters = [
      int('@a', 1),
      { ...int('@a', 0), type: { name: 'bigint' }, value },
    ] as const;
    const { rows, sink } = record();
    for (const parameter of parameters) {
      const { name } = parameter.type;
      await one.session.executeSql('SELECT @a AS a', `@a ${name}`, [parameter], sink, signal);
    }
    assert.deepEqual(rows, [[1], [value]]);
  });

  it('are refused where the text is none', () => {
    assert.throws(() => one.session.prepare('@a int', 'SELECT @a FROM'), { number: 102 });
    assert.throws(() => one.session.prepare('@a nothing', 'SELECT @a'), { number: 2715 });
  });
});
