// What SQL Server does where another database would do otherwise, through the wire.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import sql from 'mssql';
import { useSqlServer } from '../../../support/sql-server.ts';

const { connect, deploy, admin } = await useSqlServer();
await deploy(
  `CREATE TABLE dbo.Item (
     Id int NOT NULL CONSTRAINT PK_Item PRIMARY KEY,
     Name nvarchar(10) NOT NULL,
     At datetime2(3) NULL,
     Guid uniqueidentifier NULL,
     Small tinyint NULL,
     Price decimal(6, 2) NULL CONSTRAINT CK_Item_Price CHECK (Price >= 0))`,
  'CREATE UNIQUE INDEX UX_Item_Guid ON dbo.Item (Guid) WHERE Guid IS NOT NULL',
  'CREATE TABLE dbo.Part (ItemId int NOT NULL CONSTRAINT FK_Part_Item REFERENCES dbo.Item (Id))',
  `INSERT dbo.Item (Id, Name, At, Guid, Small, Price) VALUES
     (1, N'Alpha', '2026-11-25 02:13:00.1236', '00000001-0000-0000-0000-000000000002', 1, 1.005),
     (2, N'beta ', NULL, '00000002-0000-0000-0000-000000000001', 2, 2.5);
   INSERT dbo.Part VALUES (1)`,
);

describe('T-SQL through mssql', () => {
  let pool: sql.ConnectionPool;

  before(async () => {
    pool = await connect(admin);
  });

  for (const [what, expression, expected] of [
    [
      'compares text without case',
      "CASE WHEN N'Straße' = N'STRASSE' OR N'abc' = N'ABC' THEN 1 ELSE 0 END",
      1,
    ],
    [
      'compares text without trailing blanks',
      "CASE WHEN 'a' = 'a   ' AND 'a' <> ' a' THEN 1 ELSE 0 END",
      1,
    ],
    [
      'counts length without trailing blanks, bytes with them',
      "CONCAT(LEN(N'ab  '), ' ', DATALENGTH(N'ab  '))",
      '2 8',
    ],
    [
      'divides integers as integers, towards zero',
      "CONCAT(7 / 2, ' ', -7 / 2, ' ', -7 % 3)",
      '3 -3 -1',
    ],
    ['averages integers as integers', 'AVG(v)', 1],
    ['makes NULL of a sum with NULL, not so CONCAT', "CONCAT(N'a' + NULL, N'b', NULL)", 'b'],
    ['takes NULL for no value of a comparison', 'CASE WHEN NULL = NULL THEN 1 ELSE 0 END', 0],
    ['adds text to a number as a number', "'5' + 2", 7],
    [
      'rounds DATETIME to 1/300 s',
      "CONVERT(varchar(23), CAST('2026-11-25 02:13:00.124' AS datetime), 121)",
      '2026-11-25 02:13:00.123',
    ],
    [
      'keeps seven digits of DATETIME2, rounds to its scale',
      "CONCAT(CAST('2026-11-25 02:13:00.1234567' AS datetime2(7)), ' ', CAST('2026-11-25 23:59:59.9996' AS datetime2(3)))",
      '2026-11-25 02:13:00.1234567 2026-11-26 00:00:00.000',
    ],
    ['cuts text that is cast', "CAST(N'abcdef' AS nvarchar(3))", 'abc'],
    [
      'rounds decimals that are cast, and cuts to integers',
      "CONCAT(CAST(2.345 AS decimal(5, 2)), ' ', CAST(2.9 AS int))",
      '2.35 2',
    ],
    ['divides decimals by its rule of scales', 'CAST(1.0 / 3 AS varchar(20))', '0.333333'],
    [
      'knows patterns with sets',
      "CASE WHEN N'b7' LIKE N'[a-c][0-9]' AND N'd7' NOT LIKE N'[a-c]%' THEN 1 ELSE 0 END",
      1,
    ],
    ['takes an empty text for 0', "CAST('' AS int)", 0],
  ] as const) {
    it(what, async () => {
      const { recordset } = await pool.query(
        `SELECT ${expression} AS x${expression === 'AVG(v)' ? ' FROM (VALUES (1), (2)) AS t (v)' : ''}`,
      );
      assert.deepEqual(recordset, [{ x: expected }]);
    });
  }

  it('sorts GUIDs by their last bytes first, and finds text without case or trailing blanks', async () => {
    const { recordsets } = await pool.query<{ Id: number }[]>(`
      SELECT Id FROM dbo.Item ORDER BY Guid;
      SELECT Id FROM dbo.Item WHERE Name IN (N'ALPHA  ', N'Beta');
      SELECT At, Price FROM dbo.Item WHERE Id = 1`);
    const [byGuid, byName, values] = recordsets as unknown as Record<string, unknown>[][];
    assert.deepEqual(byGuid, [{ Id: 2 }, { Id: 1 }]);
    assert.equal(byName?.length, 2);
    assert.deepEqual(JSON.parse(JSON.stringify(values)), [
      { At: '2026-11-25T02:13:00.124Z', Price: 1.01 },
    ]);
  });

  for (const [what, text, number, message] of [
    [
      'a second row of a primary key',
      "INSERT dbo.Item (Id, Name) VALUES (1, N'x')",
      2627,
      "Violation of PRIMARY KEY constraint 'PK_Item'. Cannot insert duplicate key in object 'dbo.Item'. The duplicate key value is (1).",
    ],
    [
      'a second row of a unique index',
      "UPDATE dbo.Item SET Guid = '00000001-0000-0000-0000-000000000002' WHERE Id = 2",
      2601,
      "Cannot insert duplicate key row in object 'dbo.Item' with unique index 'UX_Item_Guid'. The duplicate key value is (00000001-0000-0000-0000-000000000002).",
    ],
    [
      'NULL where none may be',
      'INSERT dbo.Item (Id) VALUES (3)',
      515,
      "Cannot insert the value NULL into column 'Name', table 'inventory.dbo.Item'; column does not allow nulls. INSERT fails.",
    ],
    [
      'a check',
      'UPDATE dbo.Item SET Price = -1',
      547,
      'The UPDATE statement conflicted with the CHECK constraint "CK_Item_Price". The conflict occurred in database "inventory", table "dbo.Item", column \'Price\'.',
    ],
    [
      'a missing key',
      'INSERT dbo.Part VALUES (9)',
      547,
      'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_Part_Item". The conflict occurred in database "inventory", table "dbo.Item", column \'Id\'.',
    ],
    [
      'a key that is referred to',
      'DELETE dbo.Item WHERE Id = 1',
      547,
      'The DELETE statement conflicted with the REFERENCE constraint "FK_Part_Item". The conflict occurred in database "inventory", table "dbo.Part", column \'ItemId\'.',
    ],
    [
      'text that is too long',
      "UPDATE dbo.Item SET Name = N'12345678901'",
      2628,
      "String or binary data would be truncated in table 'inventory.dbo.Item', column 'Name'. Truncated value: '1234567890'.",
    ],
    [
      'overflow of a small column',
      'UPDATE dbo.Item SET Small = Small + 255',
      220,
      'Arithmetic overflow error for data type tinyint, value = 256.',
    ],
    [
      'overflow of int',
      'SELECT 2147483647 + Id AS x FROM dbo.Item',
      8115,
      'Arithmetic overflow error converting expression to data type int.',
    ],
    [
      'overflow of decimal',
      'UPDATE dbo.Item SET Price = 12345.6 WHERE Id = 1',
      8115,
      'Arithmetic overflow error converting numeric to data type numeric.',
    ],
    [
      'text that is no number',
      "SELECT * FROM dbo.Item WHERE Id = N'x'",
      245,
      "Conversion failed when converting the nvarchar value 'x' to data type int.",
    ],
    [
      'text that is no decimal',
      "SELECT CAST(N'x' AS decimal(5, 2)) AS x",
      8114,
      'Error converting data type nvarchar to numeric.',
    ],
    [
      'text that is no time',
      "SELECT CAST('x' AS datetime2) AS x",
      241,
      'Conversion failed when converting date and/or time from character string.',
    ],
    [
      'division by zero',
      'SELECT Id / 0 AS x FROM dbo.Item',
      8134,
      'Divide by zero error encountered.',
    ],
    ['an unknown table', 'SELECT * FROM dbo.Nothing', 208, "Invalid object name 'dbo.Nothing'."],
    ['an unknown column', 'SELECT Nothing FROM dbo.Item', 207, "Invalid column name 'Nothing'."],
    [
      'an unknown function',
      'SELECT NOTHING() AS x',
      195,
      "'NOTHING' is not a recognized built-in function name.",
    ],
    [
      'a type that does not convert',
      'SELECT * FROM dbo.Item WHERE At = 1.5e0 + Guid',
      206,
      undefined,
    ],
  ] as const) {
    it(`refuses ${what}: ${number}`, async () => {
      await assert.rejects(pool.query(text), (error: unknown) => {
        assert.ok(error instanceof sql.RequestError, String(error));
        assert.equal(error.number, number, error.message);
        if (message !== undefined) assert.equal(error.message, message);
        return true;
      });
    });
  }
});
