import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase(`
  CREATE TABLE dbo.A (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL);
  CREATE TABLE dbo.B (Id int NOT NULL PRIMARY KEY, AId int NULL, Amount decimal(10,2) NOT NULL);
  INSERT INTO A (Id, Name) VALUES (1, N'one'), (2, N'two'), (3, N'three');
  INSERT INTO B (Id, AId, Amount) VALUES (10, 1, 1.5), (11, 1, 2.5), (12, 2, 4), (13, NULL, 8), (14, 9, 16)`);

describe('Windows', () => {
  it('numbers, ranks, sums and looks around', () => {
    assert.deepEqual(
      db.rows(`SELECT Id, ROW_NUMBER() OVER (PARTITION BY AId ORDER BY Id DESC), SUM(Amount) OVER (PARTITION BY AId),
        LAG(Id, 1, 0) OVER (ORDER BY Id), LEAD(Id) OVER (ORDER BY Id), COUNT(*) OVER (),
        SUM(Amount) OVER (ORDER BY Id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        FROM B WHERE AId IN (1, 2) ORDER BY Id`),
      [
        [10, 2n, '4.00', 0, 11, 3, '1.50'],
        [11, 1n, '4.00', 10, 12, 3, '4.00'],
        [12, 1n, '4.00', 11, null, 3, '6.50'],
      ],
    );
    assert.deepEqual(
      db.rows(
        'SELECT RANK() OVER (ORDER BY v.a), DENSE_RANK() OVER (ORDER BY v.a), NTILE(2) OVER (ORDER BY v.a), FIRST_VALUE(v.a) OVER (ORDER BY v.a) FROM (VALUES (1), (1), (2)) AS v (a) ORDER BY v.a',
      ),
      [
        [1n, 1n, 1n, 1],
        [1n, 1n, 1n, 1],
        [3n, 2n, 2n, 1],
      ],
    );
    assert.equal(db.value('SELECT SUM(COUNT(*)) OVER () FROM A GROUP BY Id'), 3);
    refuses(() => db.rows('SELECT ROW_NUMBER() OVER (PARTITION BY Id) FROM A'), 4112);
    refuses(() => db.rows('SELECT ROW_NUMBER() FROM A'), 10753);
  });
});

describe('Set operations', () => {
  it('keeps the order of their binding, and of ORDER BY', () => {
    assert.deepEqual(
      db.list('SELECT 1 AS a UNION ALL SELECT 3 UNION ALL SELECT 2 ORDER BY a DESC'),
      [3, 2, 1],
    );
    assert.deepEqual(db.list('SELECT 1 AS a UNION SELECT 2 INTERSECT SELECT 3'), [1]);
    assert.deepEqual(db.list('SELECT Id FROM A EXCEPT SELECT AId FROM B'), [3]);
    assert.deepEqual(db.list('SELECT AId FROM B INTERSECT SELECT Id FROM A ORDER BY AId'), [1, 2]);
    assert.deepEqual(db.list('SELECT 1 AS a UNION ALL SELECT 2.5'), ['1.0', '2.5']);
    refuses(() => db.rows('SELECT 1 AS a UNION SELECT 1, 2'), 205);
    refuses(() => db.rows('SELECT 1 AS a UNION SELECT 2 ORDER BY b'), 104);
  });
});

describe('How many rows', () => {
  it('takes TOP, OFFSET and FETCH', () => {
    assert.deepEqual(db.list('SELECT TOP (2) Id FROM B ORDER BY Id DESC'), [14, 13]);
    assert.deepEqual(
      db.list('SELECT TOP (@n) Id FROM B ORDER BY Id', { '@n': [{ name: 'int' }, 1] }),
      [10],
    );
    assert.deepEqual(
      db.list('SELECT Id FROM B ORDER BY Id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY'),
      [11, 12],
    );
    assert.deepEqual(db.list('SELECT Id FROM B ORDER BY Id OFFSET 3 ROWS'), [13, 14]);
    assert.deepEqual(db.list('SELECT DISTINCT TOP 1 AId FROM B ORDER BY AId DESC'), [9]);
    assert.deepEqual(db.list('SELECT TOP 0 Id FROM B'), []);
  });

  it('refuses numbers that are none: 127, 1060, 10742, 10744', () => {
    refuses(() => db.rows('SELECT TOP (-1) Id FROM B'), 127);
    refuses(() => db.rows('SELECT TOP (@n) Id FROM B', { '@n': [{ name: 'int' }, null] }), 1060);
    refuses(() => db.rows('SELECT Id FROM B ORDER BY Id OFFSET -1 ROWS'), 10742);
    refuses(
      () => db.rows('SELECT Id FROM B ORDER BY Id OFFSET 0 ROWS FETCH NEXT 0 ROWS ONLY'),
      10744,
    );
  });

  it('sorts by alias, by number, by expression, and not by a constant', () => {
    assert.deepEqual(db.list('SELECT -Id AS n FROM A ORDER BY n'), [-3, -2, -1]);
    assert.deepEqual(db.list('SELECT Id FROM A ORDER BY 1 DESC'), [3, 2, 1]);
    assert.deepEqual(db.list('SELECT Id FROM A ORDER BY Id % 2, Id'), [2, 1, 3]);
    assert.equal(db.rows('SELECT 5 AS n, Id FROM A ORDER BY n').length, 3);
    refuses(() => db.rows('SELECT Id FROM A ORDER BY 2'), 108);
    refuses(() => db.rows('SELECT DISTINCT Name FROM A ORDER BY Id'), 145);
  });

  it('takes WITH TIES, and refuses PERCENT by name', () => {
    refuses(() => db.rows('SELECT TOP 10 PERCENT Id FROM A'), 40517, /TOP … PERCENT/);
    assert.deepEqual(
      db.list('SELECT TOP 2 WITH TIES Id FROM B WHERE AId IS NOT NULL ORDER BY AId % 9'),
      [14, 10, 11],
    );
  });
});
