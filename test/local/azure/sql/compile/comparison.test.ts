import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldText } from '../../../../../local/azure/sql/values/comparison-keys.ts';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase(`
  CREATE TABLE dbo.Word (Id int NOT NULL PRIMARY KEY, Text nvarchar(20) NULL, Exact nvarchar(20) COLLATE Latin1_General_BIN2 NULL);
  INSERT INTO Word (Id, Text, Exact) VALUES (1, N'beta', N'beta'), (2, N'Alpha', N'Alpha'), (3, N'ALPHA ', N'ALPHA'), (4, N'álpha', N'álpha'), (5, NULL, NULL);
  CREATE TABLE dbo.Guid (Id int NOT NULL, Value uniqueidentifier NOT NULL);
  CREATE TABLE dbo.Moment (Id int NOT NULL, Value datetimeoffset(7) NOT NULL);
  INSERT INTO Moment (Id, Value) VALUES (1, '2026-01-01T12:00:00+02:00'), (2, '2026-01-01T10:00:00+00:00'), (3, '2026-01-01T09:00:00-03:00')`);

const holds = (condition: string) =>
  db.value(`SELECT CASE WHEN ${condition} THEN 1 WHEN NOT (${condition}) THEN 0 END`);

describe('Comparison of text', () => {
  it('does not heed case', () => {
    assert.equal(holds("N'Alpha' = N'aLPHA'"), 1);
    assert.equal(holds("N'Alpha' <> N'aLPHA'"), 0);
    assert.deepEqual(db.list("SELECT Id FROM Word WHERE Text = N'alpha' ORDER BY Id"), [2, 3]);
  });

  it('heeds accents', () => {
    assert.equal(holds("N'alpha' = N'álpha'"), 0);
    assert.equal(holds("N'Ä' = N'ä'"), 1);
    assert.equal(holds("N'Ä' = N'a'"), 0);
  });

  it('does not heed blanks at the end', () => {
    assert.equal(holds("N'a' = N'a   '"), 1);
    assert.equal(holds("N' a' = N'a'"), 0);
    assert.equal(holds("N'' = N'   '"), 1);
  });

  it('groups, counts and makes distinct without case', () => {
    assert.deepEqual(
      db.list('SELECT COUNT(*) FROM Word WHERE Text IS NOT NULL GROUP BY Text ORDER BY COUNT(*)'),
      [1, 1, 2],
    );
    assert.equal(db.rows('SELECT DISTINCT Text FROM Word').length, 4);
    assert.equal(db.value('SELECT COUNT(DISTINCT Text) FROM Word'), 3);
  });

  it('finds rows the same without case in UNION, EXCEPT, INTERSECT and IN', () => {
    assert.equal(db.rows("SELECT N'a' AS x UNION SELECT N'A '").length, 1);
    assert.equal(db.rows("SELECT N'a' AS x UNION ALL SELECT N'A '").length, 2);
    assert.equal(db.rows("SELECT N'a' AS x EXCEPT SELECT N'A'").length, 0);
    assert.deepEqual(db.list("SELECT N'a' AS x INTERSECT SELECT N'A'"), ['a']);
    assert.deepEqual(db.rows('SELECT NULL AS x INTERSECT SELECT NULL').length, 1);
    assert.deepEqual(db.list("SELECT Id FROM Word WHERE Text IN (N'BETA', N'none')"), [1]);
    assert.deepEqual(
      db.list('SELECT Id FROM Word WHERE Text IN (SELECT UPPER(Text) FROM Word) ORDER BY Id'),
      [1, 2, 3, 4],
    );
  });

  it('takes MIN and MAX, and sorts, without case', () => {
    assert.deepEqual(
      db.rows("SELECT MIN(v.a), MAX(v.a) FROM (VALUES (N'b'), (N'C'), (N'A')) AS v (a)"),
      [['A', 'C']],
    );
    assert.deepEqual(
      db.list("SELECT v.a FROM (VALUES (N'b'), (N'C'), (N'A')) AS v (a) ORDER BY v.a"),
      ['A', 'b', 'C'],
    );
  });

  it('sorts accents behind their letter, punctuation before digits, digits before letters', () => {
    assert.deepEqual(
      db.list(
        "SELECT v.a FROM (VALUES (N'z'), (N'é'), (N'f'), (N'e'), (N'a_b'), (N'ab'), (N'a1')) AS v (a) ORDER BY a",
      ),
      ['a_b', 'a1', 'ab', 'e', 'é', 'f', 'z'],
    );
  });

  it('sorts NULL first', () => {
    assert.deepEqual(db.list('SELECT TOP 1 Id FROM Word ORDER BY Text'), [5]);
    assert.deepEqual(db.list('SELECT Id FROM Word ORDER BY Text DESC').at(-1), 5);
  });

  it('heeds case where a collation says so, in a column and in an expression', () => {
    assert.deepEqual(db.list("SELECT Id FROM Word WHERE Exact = N'alpha'"), []);
    assert.deepEqual(db.list("SELECT Id FROM Word WHERE Exact = N'Alpha'"), [2]);
    assert.equal(holds("N'a' COLLATE Latin1_General_BIN2 = N'A'"), 0);
    assert.equal(holds("N'a' COLLATE DATABASE_DEFAULT = N'A'"), 1);
    assert.deepEqual(
      db.list("SELECT Id FROM Word WHERE Exact COLLATE DATABASE_DEFAULT = N'beta '"),
      [1],
    );
    refuses(() => db.rows("SELECT 1 WHERE N'a' COLLATE Turkish_CI_AS = N'A'"), 40514);
  });

  it('refuses two collations at once, unless one is said: 468', () => {
    refuses(() => db.rows('SELECT Id FROM Word WHERE Text = Exact'), 468);
    assert.equal(
      db.rows('SELECT Id FROM Word WHERE Text COLLATE Latin1_General_BIN2 = Exact').length,
      4,
    );
  });

  it('folds full width as SQL Server does without WS', () => {
    assert.equal(holds("N'ＡＢ' = N'ab'"), 1);
  });

  it('has keys that are one for texts that differ in case and last blanks only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), fc.nat(3), (text, blanks) => {
        assert.equal(foldText(text), foldText(text.toLowerCase() + ' '.repeat(blanks)));
      }),
    );
  });

  it('has different keys for texts that differ in more', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '_', '/', ':', '!', '1', 'é', ' ', '\u0001') }),
        fc.string({ unit: fc.constantFrom('a', 'b', '_', '/', ':', '!', '1', 'é', ' ', '\u0001') }),
        (a, b) => {
          assert.equal(foldText(a) === foldText(b), a.replace(/ +$/, '') === b.replace(/ +$/, ''));
        },
      ),
    );
  });
});

describe('LIKE', () => {
  const like = (text: string, pattern: string, by = '') =>
    holds(`N'${text}' LIKE N'${pattern}'${by === '' ? '' : ` ESCAPE '${by}'`}`);

  it('knows %, _, sets, ranges and their opposite, without case', () => {
    assert.equal(like('Storage', 'sto%'), 1);
    assert.equal(like('Storage', 'torage'), 0);
    assert.equal(like('Storage', '_TORAGE'), 1);
    assert.equal(like('b1', '[a-c][0-9]'), 1);
    assert.equal(like('B1', '[a-c][0-9]'), 1);
    assert.equal(like('d1', '[a-c][0-9]'), 0);
    assert.equal(like('d1', '[^a-c]1'), 1);
    assert.equal(like('%', '[%]'), 1);
    assert.equal(like('a]', 'a[]]'), 1);
    assert.equal(like('a\nb', 'a%b'), 1);
    assert.equal(like('a.b', 'a.b'), 1);
    assert.equal(like('axb', 'a.b'), 0);
  });

  it('takes a character for itself after ESCAPE', () => {
    assert.equal(like('100%', '100!%', '!'), 1);
    assert.equal(like('1000', '100!%', '!'), 0);
    refuses(() => like('a', 'a', '!!'), 506);
  });

  it('heeds blanks at the end of a pattern, and those of a text only if it is nvarchar', () => {
    assert.equal(like('abc ', 'abc'), 0);
    assert.equal(holds("'abc ' LIKE 'abc'"), 1);
    assert.equal(holds("'abc' LIKE 'abc '"), 0);
  });

  it('is unknown for NULL, and takes a pattern that never ends for none', () => {
    assert.equal(holds("NULL LIKE N'a'"), null);
    assert.equal(like('[a', '[a'), 0);
    assert.equal(like('b', '[z-a]'), 0);
  });

  it('stays fast with many %', () => {
    const start = performance.now();
    assert.equal(like('a'.repeat(3_000), `${'%a'.repeat(30)}%b`), 0);
    assert.ok(performance.now() - start < 1_000);
  });
});

describe('Order of other types', () => {
  it('sorts uniqueidentifier by its last six bytes first', () => {
    db.rows(`INSERT INTO Guid (Id, Value) VALUES
      (1, 'FFFFFFFF-0000-0000-0000-000000000001'),
      (2, '00000000-0000-0000-0000-000000000002'),
      (3, '00000000-0000-0000-FF00-000000000001'),
      (4, '00000000-0000-FF00-0000-000000000001'),
      (5, '00000001-0000-0000-0000-000000000001'),
      (6, '01000000-0000-0000-0000-000000000001')`);
    // The order of System.Data.SqlTypes.SqlGuid.
    assert.deepEqual(
      db.list('SELECT Id FROM Guid ORDER BY Value'),
      [6, 5, 1, 4, 3, 2].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    assert.equal(db.value('SELECT MAX(Value) FROM Guid'), '00000000-0000-0000-0000-000000000002');
    assert.equal(
      holds(
        "CAST('00000000-0000-0000-0000-000000000002' AS uniqueidentifier) > CAST('FFFFFFFF-0000-0000-0000-000000000001' AS uniqueidentifier)",
      ),
      1,
    );
    assert.equal(
      holds(
        "CAST('aaaaaaaa-0000-0000-0000-000000000000' AS uniqueidentifier) = 'AAAAAAAA-0000-0000-0000-000000000000'",
      ),
      1,
    );
  });
  const order = [6, 5, 1, 4, 3, 2];

  it('compares datetimeoffset by the moment in UTC', () => {
    assert.deepEqual(
      db.list("SELECT Id FROM Moment WHERE Value = '2026-01-01T11:00:00+01:00' ORDER BY Id"),
      [1, 2],
    );
    assert.deepEqual(db.list('SELECT Id FROM Moment ORDER BY Value, Id'), [1, 2, 3]);
    assert.equal(db.rows('SELECT DISTINCT Value FROM Moment').length, 2);
  });

  it('compares exact numbers by value, whatever their scale', () => {
    assert.equal(holds('1.10 = 1.1'), 1);
    assert.equal(holds('CAST(10 AS decimal(10,2)) > CAST(9.5 AS decimal(5,1))'), 1);
    assert.equal(holds('-10.5 < -9.5'), 1);
    assert.equal(holds('-0.5 < 0.25'), 1);
    assert.equal(holds('CAST(5 AS money) = 5'), 1);
  });
});

describe('Three-valued logic', () => {
  it('is unknown where NULL is compared, and filters such rows out', () => {
    assert.equal(holds('NULL = NULL'), null);
    assert.equal(holds('1 = 1 OR NULL = 1'), 1);
    assert.equal(holds('1 = 0 AND NULL = 1'), 0);
    assert.equal(holds('1 = 1 AND NULL = 1'), null);
    assert.equal(holds('1 NOT IN (2, NULL)'), null);
    assert.equal(holds('1 IN (1, NULL)'), 1);
    assert.equal(holds('NULL BETWEEN 1 AND 2'), null);
    assert.deepEqual(
      db.list("SELECT Id FROM Word WHERE NOT Text = N'beta' ORDER BY Id"),
      [2, 3, 4],
    );
  });

  it('tells NULL apart with IS DISTINCT FROM', () => {
    assert.equal(holds('NULL IS DISTINCT FROM NULL'), 0);
    assert.equal(holds('1 IS NOT DISTINCT FROM NULL'), 0);
    assert.equal(holds("N'a' IS NOT DISTINCT FROM N'A'"), 1);
  });

  it('is known to ALL and ANY', () => {
    const rows = (values: string) => `(SELECT v.a FROM (VALUES ${values}) AS v (a))`;
    assert.equal(holds(`3 > ALL ${rows('(1), (2)')}`), 1);
    assert.equal(holds(`3 > ALL ${rows('(1), (5)')}`), 0);
    assert.equal(holds(`3 > ALL ${rows('(1), (NULL)')}`), null);
    assert.equal(holds('3 > ALL (SELECT Id FROM Word WHERE 1 = 0)'), 1);
    assert.equal(holds(`3 = ANY ${rows('(1), (3)')}`), 1);
    assert.equal(holds(`3 = ANY ${rows('(1), (NULL)')}`), null);
    assert.equal(holds('3 = ANY (SELECT Id FROM Word WHERE 1 = 0)'), 0);
  });
});
