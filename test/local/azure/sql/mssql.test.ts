import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, beforeEach, describe, it } from 'node:test';
import sql from 'mssql';
import { addIdentity } from '../../../support/local-azure.ts';
import { useSqlServer } from '../../../support/sql-server.ts';
import { sidLiteral } from '../../../support/sql-session.ts';

const { azure, connect, deploy, admin } = await useSqlServer();
const app = addIdentity(azure, 'app');
await deploy(
  'CREATE SCHEMA inventory',
  `CREATE TABLE inventory.Resource (
     ResourceId nvarchar(450) NOT NULL,
     CreatedTime datetime2(7) NOT NULL,
     Cost decimal(12, 4) NULL,
     EventId uniqueidentifier NOT NULL CONSTRAINT DF_Resource_EventId DEFAULT NEWID(),
     Count64 bigint NULL,
     Active bit NOT NULL DEFAULT 1,
     CONSTRAINT PK_Resource PRIMARY KEY (ResourceId, CreatedTime))`,
  `CREATE PROCEDURE inventory.RecordResource
     @resourceId nvarchar(450), @createdTime datetime2(7), @cost decimal(12, 4) = NULL, @isNew bit OUTPUT
   AS
   BEGIN
     SET NOCOUNT, XACT_ABORT ON;
     BEGIN TRAN;
     INSERT inventory.Resource (ResourceId, CreatedTime, Cost)
     SELECT @resourceId, @createdTime, @cost
     WHERE NOT EXISTS (SELECT 1 FROM inventory.Resource WITH (UPDLOCK, HOLDLOCK)
                       WHERE ResourceId = @resourceId AND CreatedTime = @createdTime);
     SET @isNew = @@ROWCOUNT;
     COMMIT;
     RETURN 7;
   END`,
  `CREATE USER [app] WITH SID = ${sidLiteral(app.clientId)}, TYPE = E;
   ALTER ROLE db_datareader ADD MEMBER [app]; ALTER ROLE db_datawriter ADD MEMBER [app];
   GRANT EXECUTE ON SCHEMA::inventory TO [app]`,
);

describe('mssql', () => {
  let pool: sql.ConnectionPool;

  before(async () => {
    pool = await connect(app, { pool: { max: 3 } });
  });

  beforeEach(async () => {
    await pool.query('DELETE inventory.Resource');
  });

  const count = async () =>
    (await pool.query('SELECT COUNT(*) AS n FROM inventory.Resource')).recordset[0].n;
  const record = (id: string, on: sql.ConnectionPool | sql.Transaction = pool) =>
    new sql.Request(on as sql.ConnectionPool)
      .input('resourceId', sql.NVarChar(450), id)
      .input('createdTime', sql.DateTime2(7), new Date('2026-11-25T02:13:00.123Z'))
      .input('cost', sql.Decimal(12, 4), 12.34)
      .output('isNew', sql.Bit)
      .execute('inventory.RecordResource');
  const insert = (id: string, on: sql.ConnectionPool | sql.Transaction = pool) =>
    new sql.Request(on as sql.ConnectionPool)
      .input('id', sql.NVarChar(450), id)
      .query('INSERT inventory.Resource (ResourceId, CreatedTime) VALUES (@id, SYSUTCDATETIME())');

  it('runs a procedure with output and return value, idempotent in one transaction', async () => {
    const first = await record('/a');
    assert.deepEqual([first.output, first.returnValue], [{ isNew: true }, 7]);
    assert.deepEqual((await record('/a')).output, { isNew: false });
    const { recordset } = await pool.query(
      'SELECT ResourceId, CreatedTime, Cost, Active FROM inventory.Resource',
    );
    assert.deepEqual(JSON.parse(JSON.stringify(recordset)), [
      { ResourceId: '/a', CreatedTime: '2026-11-25T02:13:00.123Z', Cost: 12.34, Active: true },
    ]);
  });

  it('carries values of every type through parameters, a column and a result', async () => {
    const guid = randomUUID().toUpperCase();
    await pool
      .request()
      .input('id', sql.NVarChar(450), "Größe 🚀 'quoted'")
      .input('at', sql.DateTime2(7), new Date('2026-11-25T02:13:00.123Z'))
      .input('cost', sql.Decimal(12, 4), 99_999_999.9999)
      .input('guid', sql.UniqueIdentifier, guid)
      .input('count', sql.BigInt, '9007199254740993')
      .query(
        'INSERT inventory.Resource (ResourceId, CreatedTime, Cost, EventId, Count64, Active) VALUES (@id, @at, @cost, @guid, @count, 0)',
      );
    const { recordset } = await pool.query('SELECT * FROM inventory.Resource');
    const [{ CreatedTime, ...row }] = recordset;
    assert.equal(CreatedTime.toISOString(), '2026-11-25T02:13:00.123Z');
    assert.deepEqual(row, {
      ...{ ResourceId: "Größe 🚀 'quoted'", Cost: 99_999_999.9999, EventId: guid },
      ...{ Count64: '9007199254740993', Active: false },
    });
    assert.equal(recordset.columns.ResourceId?.length, 900);
    assert.equal(recordset.columns.CreatedTime?.scale, 7);
    assert.equal(recordset.columns.Cost?.precision, 12);
    const long = 'x'.repeat(100_000);
    const echo = await pool
      .request()
      .input('text', sql.NVarChar(sql.MAX), long)
      .input('bytes', sql.VarBinary(sql.MAX), Buffer.alloc(70_000, 7))
      .query('SELECT @text AS text, DATALENGTH(@text) AS length, @bytes AS bytes');
    assert.equal(echo.recordset[0].text, long);
    assert.equal(echo.recordset[0].length, 200_000n.toString());
    assert.equal(echo.recordset[0].bytes.length, 70_000);
  });

  it('takes injection attempts in parameters as data', async () => {
    const attempts = [
      "'; DROP TABLE inventory.Resource; --",
      "x' OR '1'='1",
      "') ; EXEC('DELETE inventory.Resource') --",
      "\" ; ATTACH DATABASE '/tmp/x' AS x; --",
      '/* */ UNION SELECT sql FROM sqlite_master',
      ']]; GRANT CONTROL TO [app]; [',
      'null\u0000byte',
      '%_[a-z]',
    ];
    for (const attempt of attempts) {
      await record(attempt);
      const { recordset } = await pool
        .request()
        .input('id', sql.NVarChar(450), attempt)
        .query('SELECT ResourceId FROM inventory.Resource WHERE ResourceId = @id');
      assert.deepEqual(recordset, [{ ResourceId: attempt }]);
    }
    assert.equal(await count(), attempts.length);
    for (const text of [
      'SELECT * FROM sqlite_master',
      'SELECT name FROM dbo.sqlite_schema',
      'SELECT * FROM [sys.catalogue]',
      'SELECT * FROM pragma_table_list',
    ]) {
      await assert.rejects(pool.query(text), { number: 208 });
    }
    await assert.rejects(pool.query("ATTACH DATABASE 'x' AS y"), sql.RequestError);
    await assert.rejects(pool.query('PRAGMA writable_schema = ON'), sql.RequestError);
    await assert.rejects(pool.query("SELECT load_extension('x')"), { number: 195 });
  });

  it('commits and rolls back transactions, and gives errors in them their numbers', async () => {
    const kept = new sql.Transaction(pool);
    await kept.begin(sql.ISOLATION_LEVEL.READ_COMMITTED);
    await insert('/kept', kept);
    await record('/kept too', kept);
    assert.equal(await count(), 0);
    await kept.commit();
    assert.equal(await count(), 2);
    const undone = new sql.Transaction(pool);
    await undone.begin();
    await insert('/undone', undone);
    const twice = undone
      .request()
      .query(
        'INSERT inventory.Resource (ResourceId, CreatedTime) SELECT ResourceId, CreatedTime FROM inventory.Resource',
      );
    await assert.rejects(twice, (error: sql.RequestError) => {
      assert.equal(error.number, 2627);
      assert.match(
        error.message,
        /^Violation of PRIMARY KEY constraint 'PK_Resource'\. Cannot insert duplicate key in object 'inventory\.Resource'\. The duplicate key value is \(\/kept, /,
      );
      return true;
    });
    await insert('/undone as well', undone);
    await undone.rollback();
    assert.equal(await count(), 2);
  });

  it('learns that XACT_ABORT ended its transaction', async () => {
    const transaction = new sql.Transaction(pool);
    let aborted = false;
    transaction.on('rollback', (wasAborted) => {
      aborted = wasAborted;
    });
    await transaction.begin();
    await insert('/gone', transaction);
    await assert.rejects(
      transaction
        .request()
        .batch(
          'SET XACT_ABORT ON; INSERT inventory.Resource (ResourceId, CreatedTime) VALUES (NULL, SYSUTCDATETIME())',
        ),
      { number: 515 },
    );
    await assert.rejects(transaction.commit(), { code: 'EABORT' });
    assert.ok(aborted);
    assert.equal(await count(), 0);
  });

  it('rolls back what a killed connection had begun, and frees its lock', async () => {
    const doomed = await connect(app);
    const transaction = new sql.Transaction(doomed);
    await transaction.begin();
    await insert('/lost', transaction);
    const waiting = insert('/kept');
    await azure.closeDoor('sql');
    await assert.rejects(waiting);
    await azure.openDoor('sql');
    await insert('/after');
    const { recordset } = await pool.query('SELECT ResourceId FROM inventory.Resource');
    assert.deepEqual(recordset, [{ ResourceId: '/after' }]);
    await assert.rejects(transaction.rollback());
  });

  it('cancels a loop that does not end, a wait and a stream; the connection goes on', async () => {
    const single = await connect(app, { options: { encrypt: true } });
    const spid = async () => (await single.query('SELECT @@SPID AS id')).recordset[0].id;
    const before = await spid();
    for (const text of [
      'DECLARE @i bigint = 0; WHILE 1 = 1 SET @i += 1',
      "WAITFOR DELAY '00:10:00'",
    ]) {
      const request = single.request();
      const running = assert.rejects(request.query(text), { code: 'ECANCEL' });
      setTimeout(() => request.cancel(), 30);
      await running;
    }
    const stream = single.request();
    stream.stream = true;
    let rows = 0;
    const ended = new Promise((resolve) => {
      stream.on('row', () => {
        if (++rows === 10) stream.cancel();
      });
      stream.on('error', resolve);
    });
    void stream.query(`WITH n AS (SELECT v FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS x (v))
      SELECT a.v FROM n AS a CROSS JOIN n AS b CROSS JOIN n AS c CROSS JOIN n AS d CROSS JOIN n AS e CROSS JOIN n AS f`);
    assert.equal(((await ended) as sql.RequestError).code, 'ECANCEL');
    assert.ok(rows < 900_000);
    assert.equal(await spid(), before);
  });

  it('ends a request by its own timeout, and leaves others alone meanwhile', async () => {
    const single = await connect(app, { requestTimeout: 100 });
    const late = assert.rejects(single.query('WHILE 1 = 1 SET NOCOUNT ON'), { code: 'ETIMEOUT' });
    assert.equal(await count(), 0);
    await late;
    assert.deepEqual((await single.query('SELECT 1 AS one')).recordset, [{ one: 1 }]);
  });

  it('writes on two connections at once, and on ten, and loses nothing', async () => {
    const [one, two] = [new sql.Transaction(pool), new sql.Transaction(pool)];
    await one.begin();
    await two.begin();
    await insert('/one', one);
    const waiting = insert('/two', two);
    await one.commit();
    await waiting;
    await two.rollback();
    assert.equal(await count(), 1);
    const many = await connect(app, { pool: { max: 10, min: 10 } });
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => record(`/many/${index % 50}`, many)),
    );
    assert.equal(await count(), 51);
  });

  it('streams 100,000 rows and more results, and keeps its memory', async () => {
    await pool.query(`
      WITH d AS (SELECT v FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS x (v)),
        n AS (SELECT ((((a.v * 10) + b.v) * 10 + c.v) * 10 + e.v) * 10 + f.v AS i
              FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c CROSS JOIN d AS e CROSS JOIN d AS f)
      INSERT inventory.Resource (ResourceId, CreatedTime, Cost, Count64)
      SELECT CONCAT(N'/r/', i), SYSUTCDATETIME(), i, i FROM n`);
    const read = async () => {
      const request = pool.request();
      request.stream = true;
      let [rows, results, most] = [0, 0, 0];
      request.on('recordset', () => {
        results++;
      });
      request.on('row', () => {
        if (++rows % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss);
      });
      const ended = new Promise((resolve, reject) => {
        request.on('done', resolve);
        request.on('error', reject);
      });
      void request.query('SELECT * FROM inventory.Resource; SELECT 1 AS last');
      await ended;
      return { rows, results, most };
    };
    const first = await read();
    assert.deepEqual([first.rows, first.results], [100_001, 2]);
    const second = await read();
    assert.ok(second.most < first.most * 1.25, `${second.most} after ${first.most}`);
  });

  it('prepares, executes many times, unprepares', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('a', sql.Int);
    statement.output('b', sql.Int);
    await statement.prepare('SELECT @a * 2 AS twice; SET @b = @a * 3');
    for (const a of [1, 2]) {
      const result = await statement.execute({ a });
      assert.deepEqual([result.recordset, result.output], [[{ twice: a * 2 }], { b: a * 3 }]);
    }
    await statement.unprepare();
    const broken = new sql.PreparedStatement(pool);
    await assert.rejects(broken.prepare('SELECT FROM'), { number: 156 });
  });

  it('gets messages, several errors and their lines', async () => {
    const request = pool.request();
    const told: unknown[] = [];
    request.on('info', ({ message, number }) => told.push([number, message]));
    const failed = request.batch(
      "PRINT 'one';\nRAISERROR('two', 10, 1);\nRAISERROR('three', 16, 5);\nTHROW 51000, N'four', 2",
    );
    await assert.rejects(failed, (error: sql.RequestError) => {
      const {
        number,
        state,
        class: severity,
        lineNumber,
        message,
      } = error as sql.RequestError & {
        state: number;
        class: number;
        lineNumber: number;
      };
      assert.deepEqual(
        { number, state, severity, lineNumber, message },
        {
          ...{ number: 51000, state: 2, severity: 16, lineNumber: 4, message: 'four' },
        },
      );
      return true;
    });
    assert.deepEqual(told, [
      [0, 'one'],
      [50000, 'two'],
    ]);
  });

  it('refuses what is not supported, by name, and goes on', async () => {
    await assert.rejects(pool.query('SELECT 1 AS a FOR JSON PATH'), {
      number: 40517,
      message:
        "Keyword or statement option 'FOR JSON' is not supported by this local stand-in for Azure SQL; docs/sql-subset.md lists what is.",
    });
    const table = new sql.Table('inventory.Resource');
    table.columns.add('ResourceId', sql.NVarChar(450), { nullable: false });
    table.rows.add('x');
    await assert.rejects(pool.request().bulk(table), sql.RequestError);
    assert.equal(await count(), 0);
  });

  it('is dbo as administrator and may do everything, as the deployment does', async () => {
    const own = await connect(admin);
    await own.batch(
      'CREATE TABLE dbo.Mine (a int); INSERT dbo.Mine VALUES (1); DROP TABLE dbo.Mine',
    );
  });
});
