import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type CompiledDatabase,
  openCompiledDatabase,
} from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

describe('Changes', () => {
  let db: CompiledDatabase;

  beforeEach(() => {
    db = openCompiledDatabase(`
      CREATE TABLE dbo.T (Id int IDENTITY(1,1) NOT NULL PRIMARY KEY, Name nvarchar(5) NULL CONSTRAINT UQ_Name UNIQUE, Size int NOT NULL DEFAULT 7, rowid int NULL);
      CREATE TABLE dbo.U (Id int NOT NULL, Size tinyint NULL, Bytes varbinary(2) NULL)`);
  });

  it('inserts values, defaults, and rows of a query', () => {
    assert.deepEqual(
      db.rows(
        "INSERT INTO T (Name, Size) OUTPUT inserted.Id, inserted.Name VALUES (N'a', DEFAULT), (N'b', 1)",
      ),
      [
        [1, 'a'],
        [2, 'b'],
      ],
    );
    db.rows('INSERT INTO U (Id) VALUES (5)');
    db.rows("INSERT INTO T (Name) SELECT CONCAT(N'u', Id) FROM U");
    db.rows('INSERT INTO T DEFAULT VALUES');
    db.rows("INSERT T VALUES (N'x', 2, NULL)");
    db.rows("WITH c AS (SELECT N'w' AS n) INSERT INTO T (Name) SELECT n FROM c");
    assert.deepEqual(db.rows('SELECT Id, Name, Size FROM T ORDER BY Id'), [
      [1, 'a', 7],
      [2, 'b', 1],
      [3, 'u5', 7],
      [4, null, 7],
      [5, 'x', 2],
      [6, 'w', 7],
    ]);
  });

  it('refuses an explicit identity without IDENTITY_INSERT, and a missing one with it', () => {
    refuses(() => db.rows("INSERT INTO T (Id, Name) VALUES (9, N'a')"), 544);
    refuses(() => db.rows("INSERT INTO T VALUES (9, N'a', 1, 1)"), 8101);
    db.identityInsert = { schema: 'dbo', name: 'T' };
    refuses(() => db.rows("INSERT INTO T (Name) VALUES (N'a')"), 545);
    db.rows("INSERT INTO T (Id, Name) VALUES (9, N'a')");
    assert.equal(db.value('SELECT Id FROM T'), 9);
  });

  it('refuses text that is too long: 2628 with table, column and value', () => {
    refuses(
      () => db.rows("INSERT INTO T (Name) VALUES (N'abcdefgh')"),
      2628,
      "String or binary data would be truncated in table 'inventory.dbo.T', column 'Name'. Truncated value: 'abcde'.",
    );
    db.rows("INSERT INTO T (Name) VALUES (N'abcde   ')");
    refuses(() => db.rows("UPDATE T SET Name = Name + N'f'"), 2628);
    refuses(() => db.rows('INSERT INTO U (Id, Bytes) VALUES (1, 0x010203)'), 2628);
  });

  it('refuses what does not fit: 220, 8115, 245, 515', () => {
    refuses(
      () => db.rows('INSERT INTO U (Id, Size) VALUES (1, 300)'),
      220,
      'Arithmetic overflow error for data type tinyint, value = 300.',
    );
    refuses(() => db.rows('INSERT INTO U (Id) VALUES (3000000000)'), 8115);
    refuses(() => db.rows("INSERT INTO U (Id) VALUES (N'x')"), 245);
    refuses(
      () => db.rows('INSERT INTO U (Id) VALUES (NULL)'),
      515,
      "Cannot insert the value NULL into column 'Id', table 'inventory.dbo.U'; column does not allow nulls. INSERT fails.",
    );
    refuses(() => db.rows('INSERT INTO U (Size) VALUES (1)'), 515);
  });

  it('holds one NULL for the same as another in a unique constraint: 2627', () => {
    db.rows('INSERT INTO T (Size) VALUES (1)');
    refuses(
      () => db.rows('INSERT INTO T (Size) VALUES (2)'),
      2627,
      /The duplicate key value is \(<NULL>\)/,
    );
    db.rows("INSERT INTO T (Name) VALUES (N'a')");
    refuses(() => db.rows("INSERT INTO T (Name) VALUES (N'A ')"), 2627);
  });

  it('counts columns and values: 109, 110, 120, 121, 213, 264, 207', () => {
    refuses(() => db.rows('INSERT INTO U (Id, Size) VALUES (1)'), 109);
    refuses(() => db.rows('INSERT INTO U (Id) VALUES (1, 2)'), 110);
    refuses(() => db.rows('INSERT INTO U (Id, Size) SELECT 1'), 120);
    refuses(() => db.rows('INSERT INTO U (Id) SELECT 1, 2'), 121);
    refuses(() => db.rows('INSERT INTO U VALUES (1)'), 213);
    refuses(() => db.rows('INSERT INTO U (Id, id) VALUES (1, 2)'), 264);
    refuses(() => db.rows('INSERT INTO U (Nothing) VALUES (1)'), 207);
    refuses(() => db.rows('INSERT INTO Nothing (Id) VALUES (1)'), 208);
  });

  it('updates rows, with values of another table, by alias, with TOP and OUTPUT', () => {
    db.rows(
      "INSERT INTO T (Name, Size) VALUES (N'a', 1), (N'b', 2), (N'c', 3); INSERT INTO U (Id, Size) VALUES (1, 10), (2, 20), (2, 20)",
    );
    db.rows("UPDATE T SET Size += 1, Name = UPPER(Name) WHERE Name = N'A'");
    assert.deepEqual(
      db.rows(
        'UPDATE x SET Size = u.Size OUTPUT inserted.Id, inserted.Size FROM T AS x JOIN U AS u ON u.Id = x.Id',
      ),
      [
        [1, 10],
        [2, 20],
      ],
    );
    db.rows('UPDATE T SET Size = 0 FROM U WHERE U.Id = T.Id AND U.Size = 10');
    db.rows('UPDATE TOP (1) T SET rowid = 5');
    assert.deepEqual(db.rows('SELECT Id, Name, Size FROM T ORDER BY Id'), [
      [1, 'A', 0],
      [2, 'b', 20],
      [3, 'c', 3],
    ]);
    assert.equal(db.value('SELECT COUNT(*) FROM T WHERE rowid = 5'), 1);
    db.rows('UPDATE T SET Size = DEFAULT');
    assert.deepEqual(db.list('SELECT DISTINCT Size FROM T'), [7]);
    refuses(() => db.rows('UPDATE T SET Id = 1'), 8102, "Cannot update identity column 'Id'.");
    refuses(() => db.rows('UPDATE T SET Size = 1, size = 2'), 264);
    refuses(() => db.rows('UPDATE T SET Size = NULL'), 515);
    refuses(() => db.rows('UPDATE T SET Size = COUNT(*)'), 157);
    refuses(() => db.rows('DELETE FROM T WHERE COUNT(*) > 1'), 147);
  });

  it('sees the old values in all assignments of an UPDATE', () => {
    db.rows('INSERT INTO T (Size, rowid) VALUES (1, 2)');
    db.rows('UPDATE T SET Size = rowid, rowid = Size');
    assert.deepEqual(db.rows('SELECT Size, rowid FROM T'), [[2, 1]]);
  });

  it('deletes rows, by another table, with TOP and OUTPUT', () => {
    db.rows(
      "INSERT INTO T (Name) VALUES (N'a'), (N'b'), (N'c'), (N'd'); INSERT INTO U (Id) VALUES (1), (1)",
    );
    assert.deepEqual(db.rows("DELETE FROM T OUTPUT deleted.Name WHERE Name = N'B'"), [['b']]);
    assert.deepEqual(db.rows('DELETE T OUTPUT deleted.Name FROM T JOIN U ON U.Id = T.Id'), [['a']]);
    db.rows('DELETE TOP (1) FROM T');
    assert.equal(db.value('SELECT COUNT(*) FROM T'), 1);
    db.rows('TRUNCATE TABLE T');
    assert.equal(db.value('SELECT COUNT(*) FROM T'), 0);
    assert.deepEqual(db.compile('TRUNCATE TABLE T').needs, {
      permission: 'ALTER',
      schema: 'dbo',
      name: 'T',
    });
  });

  it('gives old and new values of an UPDATE, and columns of its other sources', () => {
    db.rows(
      "INSERT INTO T (Name, Size) VALUES (N'a', 1), (N'b', 2); INSERT INTO U (Id, Size) VALUES (2, 20)",
    );
    assert.deepEqual(
      db.rows("UPDATE T SET Size += 1 OUTPUT deleted.*, inserted.Size WHERE Name = N'a'"),
      [[1, 'a', 1, null, 2]],
    );
    assert.deepEqual(
      db.rows(
        'UPDATE t SET Size = u.Size OUTPUT u.Id, deleted.Size - inserted.Size AS d FROM T AS t JOIN U AS u ON u.Id = t.Id',
      ),
      [[2, -18]],
    );
    assert.deepEqual(db.rows('DELETE T OUTPUT deleted.Name, U.Size FROM T JOIN U ON U.Id = T.Id'), [
      ['b', 20],
    ]);
    assert.deepEqual(db.list('SELECT Size FROM T'), [2]);
  });

  it('updates and deletes by a common table expression', () => {
    db.rows("INSERT INTO T (Name, Size) VALUES (N'a', 1), (N'b', 2), (N'c', 3)");
    db.rows('WITH c AS (SELECT MAX(Id) AS m FROM T) UPDATE T SET Size = c.m FROM T CROSS JOIN c');
    db.rows('WITH c AS (SELECT 2 AS i) DELETE FROM T WHERE Id IN (SELECT i FROM c)');
    assert.deepEqual(db.rows('SELECT Id, Size FROM T ORDER BY Id'), [
      [1, 3],
      [3, 3],
    ]);
  });

  it('takes the rows of a common table expression for those of its table', () => {
    db.rows("INSERT INTO T (Name, Size) VALUES (N'a', 1), (N'b', 1), (N'c', 2), (N'd', 1)");
    assert.deepEqual(
      db.rows(
        'WITH c AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY Size ORDER BY Name DESC) AS n FROM T) DELETE FROM c OUTPUT deleted.Name, deleted.n WHERE n > 1',
      ),
      [
        ['a', 3n],
        ['b', 2n],
      ],
    );
    db.rows(
      'WITH c (Label, Twice, Amount) AS (SELECT TOP (1) Name, Size * 2, Size FROM T ORDER BY Id DESC) UPDATE c SET Amount += Twice',
    );
    assert.deepEqual(db.rows('SELECT Name, Size FROM T ORDER BY Id'), [
      ['c', 2],
      ['d', 3],
    ]);
    const changed = (query: string) => () => db.rows(`WITH c AS (${query}) UPDATE c SET n = 1`);
    refuses(changed('SELECT Size + 1 AS n FROM T'), 4406);
    refuses(changed('SELECT COUNT(*) AS n FROM T'), 4403);
    refuses(changed('SELECT DISTINCT Size AS n FROM T'), 4403);
    refuses(changed('SELECT Size AS n FROM T UNION ALL SELECT 1'), 4426);
    refuses(changed('SELECT Size AS m FROM T'), 207);
    refuses(changed('SELECT T.Size AS n FROM T JOIN U ON U.Id = T.Id'), 40517);
  });

  it('refuses by name what it does not do', () => {
    refuses(() => db.rows('DELETE FROM sys.tables'), 259);
    refuses(() => db.rows("INSERT INTO U (Id, Bytes) VALUES (1, 'a')"), 257);
  });
});
