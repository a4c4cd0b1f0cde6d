import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { record, useSql } from '../../../../support/sql-session.ts';

const sql = await useSql([
  `CREATE TABLE dbo.T (
     Id int NOT NULL PRIMARY KEY, Name nvarchar(10) NULL, Qty tinyint NULL CHECK (Qty < 200),
     Code varchar(5) NULL CONSTRAINT UQ_Code UNIQUE)`,
  'CREATE TABLE dbo.Child (Id int NOT NULL REFERENCES dbo.T (Id))',
  "INSERT dbo.T (Id, Code) VALUES (1, N'one'), (2, N'two')",
  "CREATE PROCEDURE dbo.Missing AS SELECT * FROM dbo.Nowhere; PRINT 'not here'",
  "CREATE PROCEDURE dbo.Twice AS\n  PRINT 'in';\n  INSERT dbo.T (Id) VALUES (1);\n  PRINT 'on'",
]);
const one = await sql.open();

describe('Errors of statements', () => {
  afterEach(async () => {
    await one.run('SET XACT_ABORT OFF; IF @@TRANCOUNT > 0 ROLLBACK; DELETE dbo.T WHERE Id > 2');
  });

  const ended = { number: 3621, text: 'info 3621 The statement has been terminated.' };

  const violations = [
    ['primary key', 'INSERT dbo.T (Id) VALUES (1)', 2627],
    ['unique constraint', "UPDATE dbo.T SET Code = 'ONE ' WHERE Id = 2", 2627],
    ['NULL', 'INSERT dbo.T (Id) VALUES (NULL)', 515],
    ['check', 'UPDATE dbo.T SET Qty = 200', 547],
    ['foreign key', 'INSERT dbo.Child VALUES (77)', 547],
    ['truncation', "UPDATE dbo.T SET Name = N'12345678901'", 2628],
    ['overflow', 'INSERT dbo.T (Id, Qty) SELECT 3, Id + 255 FROM dbo.T WHERE Id = 1', 220],
    ['division by zero', 'UPDATE dbo.T SET Qty = Id / 0', 8134],
  ] as const;
  for (const [what, statement, number] of violations) {
    it(`end the statement only, with 3621 behind: ${what}`, async () => {
      const events = await one.run(
        `BEGIN TRAN; UPDATE dbo.T SET Qty = 5 WHERE Id = 1; ${statement}; PRINT @@ERROR; PRINT @@TRANCOUNT; COMMIT`,
      );
      const [begin, done, error, info, ...rest] = events;
      assert.deepEqual([begin, done, info], ['begin', 'done update 1', ended.text]);
      assert.match(error ?? '', new RegExp(`^error ${number} `));
      assert.deepEqual(rest, [`info 0 ${number}`, 'info 0 1', 'commit']);
      assert.equal(await one.value('SELECT Qty FROM dbo.T WHERE Id = 1'), 5);
    });
  }

  it('leave nothing of a statement of many rows', async () => {
    assert.deepEqual(
      await one.errors('INSERT dbo.T (Id) SELECT v FROM (VALUES (10), (11), (2)) AS x (v)'),
      [2627],
    );
    assert.equal(await one.value('SELECT COUNT(*) FROM dbo.T'), 2);
  });

  it('end the batch and its transaction where text does not convert', async () => {
    for (const [expression, number] of [
      ["CAST('x' AS int)", 245],
      ["CAST('x' AS decimal(5, 2))", 8114],
      ["CAST('x' AS datetime2)", 241],
      ["CAST('x' AS uniqueidentifier)", 8169],
    ] as const) {
      const events = await one.run(
        `BEGIN TRAN; UPDATE dbo.T SET Qty = 6; SELECT ${expression} AS x; PRINT 'not here'`,
      );
      assert.deepEqual(events.slice(0, 2), ['begin', 'done update 2']);
      assert.match(events[2] ?? '', new RegExp(`^error ${number} `));
      assert.deepEqual(events.slice(3), ['rollback']);
    }
  });

  it('end the batch and its transaction under XACT_ABORT, RAISERROR excepted', async () => {
    const events = await one.run(
      "SET XACT_ABORT ON; BEGIN TRAN; RAISERROR('said', 16, 1); INSERT dbo.T (Id) VALUES (1); PRINT 'not here'",
    );
    assert.deepEqual(
      events.map((event) => event.slice(0, 10)),
      ['begin', 'error 5000', 'error 2627', 'info 3621 ', 'rollback'],
    );
    assert.equal(await one.value('SELECT @@TRANCOUNT'), 0);
  });

  it('end their batch before it runs where names mean nothing', async () => {
    for (const [text, number] of [
      ["PRINT 'not here'; SELECT Nothing FROM dbo.T", 207],
      ["PRINT 'not here'; SET @nothing = 1", 137],
      ["PRINT 'not here'; IF @nothing = 1 PRINT 'x'", 137],
      ["PRINT 'not here'; SELEC 1", 102],
      ["PRINT 'not here'; DECLARE @a int; DECLARE @A int", 134],
      ["PRINT 'not here'; SELECT 1 FROM dbo.T FOR XML AUTO", 40517],
    ] as const) {
      const events = await one.run(text);
      assert.equal(events.length, 1, String(events));
      assert.match(events[0] ?? '', new RegExp(`^error ${number} `));
    }
  });

  it('of a missing table come when it is read, and end the scope: its caller goes on', async () => {
    assert.deepEqual(await one.run("PRINT 'a'; SELECT * FROM dbo.Nowhere; PRINT 'not here'"), [
      'info 0 a',
      "error 208 Invalid object name 'dbo.Nowhere'.",
    ]);
    assert.deepEqual(
      await one.run("EXEC dbo.Missing; EXEC ('SELECT * FROM dbo.Nowhere'); PRINT 'b'"),
      [
        "error 208 Invalid object name 'dbo.Nowhere'.",
        "error 208 Invalid object name 'dbo.Nowhere'.",
        'info 0 b',
      ],
    );
  });

  it('of a missing procedure or argument end the statement only', async () => {
    const events = await one.run("EXEC dbo.Nothing; EXEC dbo.Twice @x = 1; PRINT 'b'");
    assert.deepEqual(events, [
      "error 2812 Could not find stored procedure 'dbo.Nothing'.",
      'error 8146 Procedure Twice has no parameters and arguments were supplied.',
      'info 0 b',
    ]);
  });

  it('say their line and procedure', async () => {
    const told: unknown[] = [];
    const { sink } = record();
    await one.session.executeBatch(
      "PRINT 'a';\n\nINSERT dbo.T (Id)\nVALUES (1);\nEXEC dbo.Twice",
      {
        ...sink,
        error: ({ number, line, procedure }) => void told.push([number, line, procedure]),
      },
      new AbortController().signal,
    );
    assert.deepEqual(told, [
      [2627, 3, undefined],
      [2627, 3, 'Twice'],
    ]);
  });
});

describe('TRY and CATCH', () => {
  afterEach(async () => {
    await one.run('SET XACT_ABORT OFF; IF @@TRANCOUNT > 0 ROLLBACK');
  });

  it('catch what a statement, or a procedure in it, throws; what came before stays', async () => {
    const events = await one.run(`
      BEGIN TRY
        EXEC dbo.Twice;
        PRINT 'not here';
      END TRY
      BEGIN CATCH
        PRINT CONCAT(ERROR_NUMBER(), ' ', ERROR_SEVERITY(), ' ', ERROR_STATE(), ' ', ERROR_LINE(), ' ', ERROR_PROCEDURE());
        PRINT ERROR_MESSAGE();
      END CATCH;
      PRINT ISNULL(ERROR_NUMBER(), 0)`);
    assert.deepEqual(
      [events[0], events[1], events.at(-1)],
      ['info 0 in', 'info 0 2627 14 1 3 Twice', 'info 0 0'],
    );
    assert.match(events[2] ?? '', /^info 0 Violation of PRIMARY KEY constraint/);
  });

  it('go to the outer CATCH from the inner one, with the first error by THROW', async () => {
    const events = await one.run(`
      BEGIN TRY
        BEGIN TRY SELECT 1 / 0 AS x END TRY
        BEGIN CATCH PRINT 'inner'; THROW; PRINT 'not here' END CATCH
      END TRY
      BEGIN CATCH PRINT CONCAT('outer ', ERROR_NUMBER()); THROW END CATCH;
      PRINT 'not here'`);
    assert.deepEqual(events, [
      'info 0 inner',
      'info 0 outer 8134',
      'error 8134 Divide by zero error encountered.',
    ]);
  });

  it('leave the transaction as it is after an error that ends a statement', async () => {
    const events = await one.run(`
      BEGIN TRAN;
      BEGIN TRY UPDATE dbo.T SET Qty = 7; INSERT dbo.T (Id) VALUES (1) END TRY
      BEGIN CATCH PRINT XACT_STATE(); COMMIT END CATCH`);
    assert.deepEqual(events, ['begin', 'done update 2', 'info 0 1', 'commit']);
  });

  for (const [why, before, statement] of [
    ['under XACT_ABORT', 'SET XACT_ABORT ON;', 'INSERT dbo.T (Id) VALUES (1)'],
    ['THROW under XACT_ABORT', 'SET XACT_ABORT ON;', "THROW 50000, N'x', 1"],
    ['a conversion', '', "SELECT CAST('x' AS int) AS x"],
  ] as const) {
    it(`doom the transaction: XACT_STATE() is -1, writing is 3930, reading is not (${why})`, async () => {
      const events = await one.run(`
        ${before} BEGIN TRAN; UPDATE dbo.T SET Qty = 8;
        BEGIN TRY ${statement} END TRY
        BEGIN CATCH
          PRINT XACT_STATE();
          SELECT COUNT(*) AS n FROM dbo.T;
          UPDATE dbo.T SET Qty = 9;
          PRINT 'not here'
        END CATCH`);
      assert.deepEqual(
        events.slice(2).map((event) => event.slice(0, 13)),
        ['info 0 -1', 'columns n', 'row 2', 'done select 1', 'error 3930 Th', 'rollback'],
      );
      assert.notEqual(await one.value('SELECT MAX(Qty) FROM dbo.T'), 8);
    });
  }

  it('roll a doomed transaction back at the end of the batch (3998), and only as a whole (3931)', async () => {
    const events = await one.run(`
      SET XACT_ABORT ON; BEGIN TRAN; SAVE TRAN s;
      BEGIN TRY INSERT dbo.T (Id) VALUES (1) END TRY
      BEGIN CATCH PRINT 'caught' END CATCH`);
    assert.deepEqual(
      events.map((event) => event.slice(0, 10)),
      ['begin', 'info 0 cau', 'error 3998', 'rollback'],
    );
    assert.deepEqual(
      await one.errors(`BEGIN TRAN; SAVE TRAN s; BEGIN TRY INSERT dbo.T (Id) VALUES (1) END TRY
        BEGIN CATCH ROLLBACK TRAN s END CATCH`),
      [3931],
    );
  });

  it('do not catch what could not be compiled in their own scope, but in one that they call', async () => {
    assert.deepEqual(
      await one.run(
        "BEGIN TRY SELECT * FROM dbo.Nowhere END TRY BEGIN CATCH PRINT 'not here' END CATCH",
      ),
      ["error 208 Invalid object name 'dbo.Nowhere'."],
    );
    for (const call of [
      'EXEC dbo.Missing',
      "EXEC ('SELECT * FROM dbo.Nowhere')",
      "EXEC ('SELEC 1 2')",
    ]) {
      assert.deepEqual(
        await one.run(`BEGIN TRY ${call} END TRY BEGIN CATCH PRINT 'caught' END CATCH`),
        ['info 0 caught'],
      );
    }
  });
});
