import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBatch } from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { sqlErrorOf } from './sql-error-of.ts';

const cases: readonly (readonly [text: string, number: number, line: number, message: RegExp])[] = [
  ['SELECT *\nFRM x', 102, 2, /near 'FRM'\.$/],
  ['SELECT a\nFRM x', 102, 2, /near 'x'\.$/],
  ['SELECT * FROM', 102, 1, /near 'FROM'\.$/],
  ['SELECT 1\nFROM where', 156, 2, /near the keyword 'where'\.$/],
  [
    "SELECT 1;\nSELECT 'abc",
    105,
    2,
    /^Unclosed quotation mark after the character string 'abc'\.$/,
  ],
  ['SELECT [abc', 105, 1, /string 'abc'\.$/],
  ['/* a /* b */\nSELECT 1', 113, 2, /^Missing end comment mark '\*\/'\.$/],
  [
    'SELECT 1\nCREATE PROCEDURE p AS SELECT 1',
    111,
    2,
    /^'CREATE\/ALTER PROCEDURE' must be the first/,
  ],
  ['SELECT 1 CREATE VIEW v AS SELECT 1 a', 111, 1, /^'CREATE VIEW' must be the first statement/],
  ['DECLARE @a int\nWITH c AS (SELECT 1 a) SELECT a FROM c', 319, 2, /keyword 'WITH'\. If this/],
  ['SELECT a FROM t WITH c AS (SELECT 1 a) SELECT a FROM c', 336, 1, /near 'c'\. If this is/],
  ['SELECT 1 WHERE a', 4145, 1, /non-boolean type .* near 'a'\.$/],
  ['SELECT (1 = 1)', 102, 1, /near '\)'/],
  ['SELECT 1 AS a, @b = 2', 141, 1, /must not be combined with data-retrieval/],
  ['SELECT a FROM (SELECT a FROM t ORDER BY a) AS x', 1033, 1, /^The ORDER BY clause is invalid/],
  ['MERGE t USING u ON 1 = 1 WHEN MATCHED THEN DELETE', 10713, 1, /semi-colon/],
  ['THROW', 10704, 1, /^To rethrow an error/],
  ["PRINT 'a' THROW 50000, 'x', 1", 102, 1, /near 'THROW'/],
  ['RETURN 1', 178, 1, /^A RETURN statement with a return value/],
  ['BREAK', 135, 1, /^Cannot use a BREAK statement/],
  ['INSERT INTO t VALUES (1), (2, 3)', 10709, 1, /same\.$/],
  ['SELECT DATEADD(fortnight, 1, a)', 155, 1, /^'fortnight' is not a recognized dateadd option\.$/],
  ['DECLARE @a varchar(9000)', 131, 1, /9000.*8000/],
  ['DECLARE @a decimal(5, 6)', 192, 1, /scale must be less/],
  ['SELECT * FROM @t', 1087, 1, /^Must declare the table variable "@t"\.$/],
  ['BEGIN SELECT 1', 102, 1, /near '1'/],
  ['SELECT 1; SELEC 2', 102, 1, /near 'SELEC'/],
  ['SELECT ?', 102, 1, /near '\?'/],
];

for (const [text, number, line, message] of cases) {
  test(`${JSON.stringify(text)} is refused with ${number}`, () => {
    const error = sqlErrorOf(text);
    assert.equal(error.number, number, error.message);
    assert.equal(error.line, line);
    assert.match(error.message, message);
  });
}

test('more than 1000 rows of VALUES are refused with 10738, 1000 are not', () => {
  const insert = (rows: number) => `INSERT INTO t VALUES ${Array(rows).fill('(1)').join(',')}`;
  assert.equal(parseBatch(insert(1000)).length, 1);
  assert.equal(sqlErrorOf(insert(1001)).number, 10738);
});

const deep = 10_000;
for (const [name, text] of [
  ['parentheses', `SELECT ${'('.repeat(deep)}1${')'.repeat(deep)}`],
  ['conditions', `SELECT 1 WHERE ${'('.repeat(deep)}1 = 1${')'.repeat(deep)}`],
  ['NOT', `SELECT 1 WHERE ${'NOT '.repeat(deep)}1 = 1`],
  ['signs', `SELECT ${'- '.repeat(deep)}1`],
  ['sums', `SELECT 1${' + 1'.repeat(deep)}`],
  ['subqueries', `${'SELECT ('.repeat(deep)}`],
  ['derived tables', `${'SELECT * FROM ('.repeat(deep)}`],
  ['table parentheses', `SELECT * FROM ${'('.repeat(deep)}t`],
  ['joins', `SELECT * FROM t${' JOIN t'.repeat(deep)}`],
  ['calls', `SELECT ${'ABS('.repeat(deep)}1`],
  ['unions', `SELECT 1${' UNION SELECT 1'.repeat(deep)}`],
  ['blocks', 'BEGIN '.repeat(deep)],
  ['IF', 'IF 1 = 1 '.repeat(deep)],
  ['TRY', 'BEGIN TRY '.repeat(deep)],
] as const) {
  test(`${deep} nested ${name} are refused with 191, not by an overflowing stack`, () => {
    assert.equal(sqlErrorOf(text).number, 191);
  });
}

test('10000 conditions joined by OR are parsed, and the tree stays flat', () => {
  const [statement] = parseBatch(`SELECT 1 WHERE ${Array(deep).fill('a = 1').join(' OR ')}`);
  assert.ok(JSON.stringify(statement).length > deep);
});

test('CASE nests 10 deep, not 11', () => {
  const nested = (levels: number) =>
    `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(levels)}1${' END'.repeat(levels)}`;
  assert.equal(parseBatch(nested(10)).length, 1);
  assert.equal(sqlErrorOf(nested(11)).number, 125);
});
