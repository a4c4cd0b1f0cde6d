import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase(`
  CREATE TABLE dbo.A (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL);
  CREATE TABLE dbo.B (Id int NOT NULL PRIMARY KEY, AId int NULL, Amount decimal(10,2) NOT NULL);
  INSERT INTO A (Id, Name) VALUES (1, N'one'), (2, N'two'), (3, N'three');
  INSERT INTO B (Id, AId, Amount) VALUES (10, 1, 1.5), (11, 1, 2.5), (12, 2, 4), (13, NULL, 8), (14, 9, 16)`);

describe('Names', () => {
  it('refuses what it does not know, with number and line', () => {
    refuses(() => db.rows('SELECT\n  Nothing FROM A'), 207, "Invalid column name 'Nothing'.");
    refuses(() => db.rows('SELECT 1 AS x FROM Nothing'), 208, "Invalid object name 'Nothing'.");
    refuses(
      () => db.rows('SELECT Id FROM A JOIN B ON A.Id = B.AId'),
      209,
      "Ambiguous column name 'Id'.",
    );
    refuses(
      () => db.rows('SELECT z.Id FROM A'),
      4104,
      'The multi-part identifier "z.Id" could not be bound.',
    );
    refuses(() => db.rows('SELECT A.Nothing FROM A'), 207);
    refuses(() => db.rows('SELECT @x'), 137, 'Must declare the scalar variable "@x".');
    refuses(() => db.rows('SELECT 1 AS x FROM A, A'), 1013);
    refuses(
      () => db.rows('SELECT NOSUCH(1)'),
      195,
      "'NOSUCH' is not a recognized built-in function name.",
    );
    refuses(() => db.rows('SELECT LEN()'), 174, 'The len function requires 1 argument(s).');
    refuses(() => db.rows('SELECT *'), 263);
    try {
      db.rows('SELECT\n  Nothing FROM A');
    } catch (error) {
      assert.equal((error as { line?: number }).line, 2);
    }
  });

  it('refuses a column that is neither grouped nor aggregated: 8120', () => {
    refuses(
      () => db.rows('SELECT Name, COUNT(*) FROM A GROUP BY Id'),
      8120,
      "Column 'A.Name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
    );
    refuses(() => db.rows('SELECT Id, COUNT(*) FROM A'), 8120);
    refuses(() => db.rows("SELECT Id FROM A GROUP BY Id HAVING Name = N'a'"), 8120);
    refuses(() => db.rows('SELECT COUNT(*) FROM A GROUP BY 1'), 164);
  });

  it('lets ON see the tables of its join alone', () => {
    refuses(() => db.rows('SELECT 1 AS x FROM A, B JOIN A AS c ON c.Id = A.Id'), 4104);
  });

  it('finds names in any case, with schema, brackets and quotes', () => {
    assert.equal(db.value('SELECT [a].ID FROM DBO."A" WHERE name = N\'ONE\''), 1);
  });
});

describe('Joins', () => {
  const join = (type: string) =>
    db.rows(`SELECT A.Id, B.Id FROM A ${type} JOIN B ON A.Id = B.AId ORDER BY A.Id, B.Id`);

  it('knows inner, left, right, full and cross', () => {
    assert.deepEqual(join('INNER'), [
      [1, 10],
      [1, 11],
      [2, 12],
    ]);
    assert.deepEqual(join('LEFT'), [
      [1, 10],
      [1, 11],
      [2, 12],
      [3, null],
    ]);
    assert.deepEqual(join('RIGHT OUTER'), [
      [null, 13],
      [null, 14],
      [1, 10],
      [1, 11],
      [2, 12],
    ]);
    assert.deepEqual(join('FULL'), [
      [null, 13],
      [null, 14],
      [1, 10],
      [1, 11],
      [2, 12],
      [3, null],
    ]);
    assert.equal(db.value('SELECT COUNT(*) FROM A CROSS JOIN B'), 15);
  });

  it('binds a join before a comma', () => {
    assert.equal(db.value('SELECT COUNT(*) FROM A AS x, A RIGHT JOIN B ON A.Id = B.AId'), 15);
  });

  it('joins what is joined already', () => {
    assert.equal(
      db.value('SELECT COUNT(*) FROM A LEFT JOIN (B JOIN A AS c ON c.Id = B.AId) ON B.AId = A.Id'),
      4,
    );
  });
});

describe('Subqueries', () => {
  it('reads rows of the query around it', () => {
    assert.deepEqual(
      db.rows('SELECT Id, (SELECT SUM(Amount) FROM B WHERE B.AId = A.Id) FROM A ORDER BY Id'),
      [
        [1, '4.00'],
        [2, '4.00'],
        [3, null],
      ],
    );
    assert.deepEqual(
      db.list('SELECT Id FROM A WHERE EXISTS (SELECT 1 FROM B WHERE AId = A.Id) ORDER BY Id'),
      [1, 2],
    );
    assert.deepEqual(db.list('SELECT Id FROM A WHERE Id NOT IN (SELECT AId FROM B)'), []);
  });

  it('refuses more than one row as a value: 512, and more than one column: 116', () => {
    refuses(() => db.rows('SELECT (SELECT Id FROM B)'), 512);
    refuses(() => db.rows('SELECT 1 AS x WHERE 1 = (SELECT Id FROM B)'), 512);
    refuses(() => db.rows('SELECT (SELECT Id, AId FROM B)'), 116);
    assert.equal(db.value('SELECT (SELECT Id FROM B WHERE Id = 10)'), 10);
    assert.equal(db.value('SELECT (SELECT Id FROM B WHERE Id = 0)'), null);
    assert.equal(db.value('SELECT (SELECT TOP 1 Id FROM B ORDER BY Id DESC)'), 14);
  });

  it('compiles deep nesting in no time', () => {
    const depth = 30;
    const start = performance.now();
    assert.equal(db.value(`SELECT ${'(SELECT '.repeat(depth)}1${')'.repeat(depth)}`), 1);
    db.compile(
      `SELECT 1 AS x WHERE ${'1 > ALL (SELECT 0 WHERE '.repeat(20)}1 = 1${')'.repeat(20)}`,
    );
    assert.ok(performance.now() - start < 2_000);
  });
});

it('refuses an expression that would grow without end: 8632', () => {
  let expression = '1';
  for (let depth = 0; depth < 40; depth++) expression = `NULLIF(${expression}, 2)`;
  refuses(() => db.compile(`SELECT ${expression}`), 8632);
});

describe('Derived tables and common table expressions', () => {
  it('names columns by alias or list', () => {
    assert.deepEqual(db.rows('SELECT d.x, d.y FROM (SELECT 1, 2) AS d (x, y)'), [[1, 2]]);
    refuses(
      () => db.rows('SELECT 1 AS z FROM (SELECT 1) AS d'),
      8155,
      "No column name was specified for column 1 of 'd'.",
    );
    refuses(() => db.rows('SELECT 1 AS z FROM (SELECT 1 AS a, 2 AS A) AS d'), 8156);
    refuses(
      () => db.rows('SELECT 1 AS z FROM (SELECT 1, 2) AS d (x)'),
      8158,
      "'d' has more columns than were specified in the column list.",
    );
    refuses(
      () => db.rows('WITH c (x, y) AS (SELECT 1) SELECT x FROM c'),
      8159,
      "'c' has fewer columns than were specified in the column list.",
    );
  });

  it('knows one table by the next', () => {
    assert.equal(
      db.value('WITH a AS (SELECT 1 AS n), b AS (SELECT n + 1 AS n FROM a) SELECT n FROM b'),
      2,
    );
  });

  it('recurses, to a depth of 100: 530', () => {
    const count = (last: number) =>
      db.value(
        `WITH c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < ${last}) SELECT COUNT(*) FROM c`,
      );
    assert.equal(count(101), 101);
    refuses(() => count(1_000_000), 530, /maximum recursion 100/);
    refuses(
      () => db.rows("WITH c AS (SELECT 'a' AS n UNION ALL SELECT n + 'b' FROM c) SELECT n FROM c"),
      240,
    );
  });

  it('makes rows of VALUES in the type that all have in common', () => {
    assert.deepEqual(db.list('SELECT v.a FROM (VALUES (1), (2.5), (NULL)) AS v (a)'), [
      '1.0',
      '2.5',
      null,
    ]);
    refuses(() => db.rows('SELECT 1 AS x FROM (VALUES (1), (1, 2)) AS v (a)'), 10709);
  });
});

describe('HAVING', () => {
  it('keeps or drops groups, and all rows are one without GROUP BY', () => {
    assert.deepEqual(db.list('SELECT AId FROM B GROUP BY AId HAVING COUNT(*) > 1'), [1]);
    assert.deepEqual(db.list('SELECT MAX(Id) FROM A HAVING COUNT(*) > 2'), [3]);
    assert.equal(db.rows('SELECT MAX(Id) FROM A HAVING COUNT(*) > 5').length, 0);
  });

  it('groups by expressions', () => {
    assert.deepEqual(
      db.rows('SELECT Id % 2 AS odd, COUNT(*) FROM A GROUP BY Id % 2 ORDER BY odd'),
      [
        [0, 1],
        [1, 2],
      ],
    );
    assert.deepEqual(db.list('SELECT UPPER(Name) FROM A GROUP BY UPPER(Name) ORDER BY 1'), [
      'ONE',
      'THREE',
      'TWO',
    ]);
  });
});

describe('Variables', () => {
  it('gives the last row to SELECT @v =', () => {
    const variables = { '@v': [{ name: 'nvarchar', length: 2 }, null] } as const;
    assert.deepEqual(db.list('SELECT @v = Name FROM A ORDER BY Id', variables), ['on', 'tw', 'th']);
    assert.deepEqual(
      db.compile('SELECT @v = Name FROM A', variables).assigns?.map(({ variable }) => variable),
      ['@v'],
    );
    refuses(() => db.rows('SELECT @v += Name FROM A', variables), 40517);
  });
});
