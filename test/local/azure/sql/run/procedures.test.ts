import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Parameter } from '../../../../../local/azure/tds/sql-session.ts';
import {
  app,
  createUser,
  record,
  type TestSession,
  useSql,
} from '../../../../support/sql-session.ts';

const sql = await useSql([
  'CREATE SCHEMA inventory',
  'CREATE TABLE inventory.R (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)',
  `CREATE PROCEDURE inventory.Add2 @a int, @b int = 10, @sum int OUTPUT AS
   BEGIN SET NOCOUNT ON; SET @sum = @a + @b; IF @a < 0 RETURN 3; SELECT @sum AS s END`,
  `CREATE PROCEDURE inventory.Record @id int, @name nvarchar(20) AS
   BEGIN SET NOCOUNT ON; INSERT inventory.R (Id, Name) VALUES (@id, @name); SELECT COUNT(*) AS n FROM inventory.R END`,
  "CREATE PROCEDURE inventory.Dynamic AS EXEC ('SELECT COUNT(*) AS n FROM inventory.R')",
  "CREATE PROCEDURE inventory.AsOwner WITH EXECUTE AS OWNER AS SELECT USER_NAME() AS u; EXEC ('SELECT COUNT(*) AS n FROM inventory.R')",
  "CREATE PROCEDURE inventory.Outer2 @id int AS EXEC inventory.Record @id, N'outer'",
  'CREATE PROCEDURE inventory.Deep @level int AS BEGIN SET @level += 1; PRINT @@NESTLEVEL; EXEC inventory.Deep @level END',
  'CREATE PROCEDURE inventory.Leaves AS BEGIN TRAN',
  'CREATE PROCEDURE inventory.Options AS SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT 5',
  createUser('app', app),
  'GRANT EXECUTE ON SCHEMA::inventory TO app',
]);
const { signal } = new AbortController();

describe('Procedures', () => {
  let one: TestSession;

  before(async () => {
    one = await sql.open(app);
  });

  const call = async (name: string, parameters: readonly Partial<Parameter>[]) => {
    const { events, sink } = record();
    const whole = parameters.map((each) => ({
      ...{ name: '', type: { name: 'int' } as const, value: null, isOutput: false },
      ...each,
    }));
    await one.session.executeProcedure(name, whole, sink, signal);
    return events;
  };

  it('take arguments by name and by place, with defaults, and give output and status', async () => {
    const out = { name: '@sum', isOutput: true };
    assert.deepEqual(await call('inventory.Add2', [{ name: '@a', value: 1 }, out]), [
      ...['columns s', 'row 11', 'done select', 'status 0', 'output @sum 11'],
    ]);
    assert.deepEqual(
      await call('[inventory].[Add2]', [{ value: -1 }, { value: 2 }, { isOutput: true }]),
      [...['status 3', 'output @sum 1']],
    );
    const asked = [{ value: 1 }, { isDefault: true }, { isOutput: true }];
    assert.equal((await call('inventory.ADD2', asked)).at(-1), 'output @sum 11');
  });

  it('give output and status to T-SQL', async () => {
    const batch = `
      DECLARE @sum int, @status int;
      EXEC @status = inventory.Add2 -5, @b = DEFAULT, @sum = @sum OUTPUT;
      SELECT @sum, @status`;
    assert.deepEqual(await one.rows(batch), [[5, 3]]);
  });

  it('refuse wrong arguments, each with its number', async () => {
    for (const [parameters, number] of [
      [[], 201],
      [
        [
          { name: '@a', value: 1 },
          { name: '@nothing', value: 1 },
        ],
        8145,
      ],
      [[{ value: 1 }, { value: 1 }, { value: 1 }, { value: 1 }], 8144],
      [[{ value: 1, isOutput: true }, { value: 1 }, { value: 1 }], 8162],
      [[{ value: 'x', type: { name: 'nvarchar', length: 5 } }, { value: 1 }, { value: 1 }], 8114],
    ] as const) {
      const [error] = await call('inventory.Add2', parameters);
      assert.match(error ?? '', new RegExp(`^error ${number} `));
    }
    assert.match(String(await call('inventory.Nothing', [])), /^error 2812 /);
    assert.match(
      String(await call('sp_rename', [])),
      /^error 40514 'procedure sp_rename' is not supp/,
    );
  });

  it('do for their caller what they may, and text in them does not', async () => {
    assert.deepEqual(await one.errors('SELECT * FROM inventory.R'), [229]);
    assert.deepEqual(await one.rows("EXEC inventory.Record 1, N'a'; EXEC inventory.Outer2 2"), [
      [1],
      [2],
    ]);
    assert.deepEqual(await one.errors('EXEC inventory.Dynamic'), [229]);
    assert.deepEqual(await one.rows('EXEC inventory.AsOwner'), [['dbo'], [2]]);
    assert.equal(await one.value('SELECT USER_NAME()'), 'app');
  });

  it('are refused with 229 from the moment that the right is taken', async () => {
    const admin = await sql.open();
    await admin.rows('REVOKE EXECUTE ON SCHEMA::inventory FROM app');
    assert.deepEqual(await one.errors('EXEC inventory.Record 3, NULL'), [229]);
    await admin.rows('GRANT EXECUTE ON SCHEMA::inventory TO app');
    assert.deepEqual(await one.errors('EXEC inventory.Record 3, NULL'), []);
    admin.session.close();
  });

  it('call each other 32 deep, and no deeper: 217', async () => {
    const events = await one.run('EXEC inventory.Deep 0');
    assert.equal(events.filter((event) => event.startsWith('info 0')).length, 32);
    assert.match(events.at(-1) ?? '', /^error 217 /);
  });

  it('say 266 when they leave the count of transactions as another', async () => {
    assert.deepEqual(await one.run('EXEC inventory.Leaves; PRINT @@TRANCOUNT; COMMIT'), [
      'begin',
      'error 266 Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 0, current count = 1.',
      'info 0 1',
      'commit',
    ]);
  });

  it('keep their SET options to themselves', async () => {
    assert.deepEqual(await one.run('EXEC inventory.Options; SELECT @@LOCK_TIMEOUT AS x'), [
      'columns x',
      'row -1',
      'done select 1',
    ]);
  });

  it('are made with names that mean nothing yet, and not with variables that are none', async () => {
    const admin = await sql.open();
    await admin.rows('CREATE PROCEDURE dbo.Later AS SELECT * FROM dbo.Coming');
    assert.deepEqual(await admin.errors('EXEC dbo.Later'), [208]);
    await admin.rows('CREATE TABLE dbo.Coming (a int)');
    assert.deepEqual(await admin.rows('EXEC dbo.Later'), []);
    assert.deepEqual(
      await admin.errors('CREATE PROCEDURE dbo.Bad AS BEGIN SET @x = 1; PRINT @x END'),
      [137],
    );
    assert.deepEqual(
      await admin.errors(
        'CREATE PROCEDURE dbo.Bad AS BEGIN PRINT 1; SELECT Nope FROM inventory.R END',
      ),
      [207],
    );
    admin.session.close();
  });

  it('run text with parameters of its own', async () => {
    assert.deepEqual(
      await one.rows(`
        DECLARE @n int = 5, @out int;
        EXEC sp_executesql N'SELECT @x * 2; SET @y = @x * 3', N'@x int, @y int OUTPUT', @n, @y = @out OUTPUT;
        SELECT @out`),
      [[10], [15]],
    );
    assert.deepEqual(await one.errors("EXEC sp_executesql 'SELECT 1'"), [214]);
    assert.deepEqual(await one.errors("EXEC sp_executesql N'SELECT @n'"), [137]);
  });
});
