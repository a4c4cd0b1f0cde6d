// Values at the edge of their type, where SQLite by itself would answer something else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase(
  'CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, B varbinary(10) NULL CONSTRAINT UQ_B UNIQUE)',
);
const value = (expression: string) => db.value(`SELECT ${expression}`);

describe('Values at an edge', () => {
  it('does not count zero bytes at the end, also in a unique key: 2627', () => {
    assert.equal(value('CASE WHEN 0x01 = 0x0100 THEN 1 ELSE 0 END'), 1);
    assert.equal(value('CASE WHEN 0x01 = 0x0001 THEN 1 ELSE 0 END'), 0);
    assert.throws(() => db.rows('INSERT INTO dbo.T VALUES (1, 0x01), (2, 0x0100)'), {
      number: 2627,
    });
  });

  it('has no positive of the smallest int: 8115', () => {
    assert.equal(value('ABS(-5)'), 5);
    refuses(
      () => value('ABS(CAST(-2147483648 AS int))'),
      8115,
      'Arithmetic overflow error converting expression to data type int.',
    );
  });

  it('gives numbers out of JSON as they are written', () => {
    const document = `N'{"a":1.0,"b":12345678901234567890}'`;
    assert.equal(value(`JSON_VALUE(${document}, '$.a')`), '1.0');
    assert.equal(value(`JSON_VALUE(${document}, '$.b')`), '12345678901234567890');
  });

  it('takes at most three digits of a second for a datetime: 241', () => {
    assert.equal(value("CAST('2026-01-01 00:00:00.123' AS datetime)"), '2026-01-01 00:00:00.123');
    assert.throws(() => value("CAST('2026-01-01 00:00:00.1234' AS datetime)"), { number: 241 });
  });

  it('refuses to read a variable that the same SELECT assigns, which SQL Server does in order', () => {
    const variables = { '@a': [{ name: 'int' }, 1], '@b': [{ name: 'int' }, 1] } as const;
    const refused = { number: 40517 };
    assert.throws(() => db.compile('SELECT @a = 1, @b = @a', variables), refused);
    assert.throws(() => db.compile('SELECT @a = @a + Id FROM dbo.T', variables), refused);
    db.compile('SELECT @a = @a + 1, @b = 2', variables);
  });
});
