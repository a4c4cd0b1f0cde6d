import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseBatch,
  parseCondition,
  parseExpression,
  parseParameterDeclarations,
} from '../../../../../local/azure/sql/tsql/parse-batch.ts';

/** A tree without places, for comparing. */
function bare(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value) =>
      key === 'line' || key === 'start' || key === 'end' ? undefined : value,
    ),
  );
}

test('multiplication binds closer than addition, and equals lean to the left', () => {
  assert.deepEqual(
    bare(parseExpression('1 - 2 - 3 * 4')),
    bare(parseExpression('(1 - 2) - (3 * 4)')),
  );
  assert.deepEqual(bare(parseExpression('1 + 2 & 3')), bare(parseExpression('(1 + 2) & 3')));
});

test('NOT binds closer than AND, AND closer than OR', () => {
  assert.deepEqual(
    bare(parseCondition('NOT a = 1 AND b = 2 OR c = 3')),
    bare(parseCondition('((NOT (a = 1)) AND b = 2) OR c = 3')),
  );
});

test('a parenthesis holds a condition, an expression or a query', () => {
  assert.equal(parseCondition('(a = 1)').kind, 'comparison');
  assert.equal(parseCondition('(a + 1) * 2 > 3').kind, 'comparison');
  assert.equal(parseCondition('((SELECT 1)) = 1').kind, 'comparison');
  assert.equal(parseExpression('((SELECT 1) UNION (SELECT 2))').kind, 'subquery');
});

test('INTERSECT binds closer than UNION', () => {
  const [statement] = parseBatch('SELECT 1 UNION SELECT 2 INTERSECT SELECT 3');
  assert.ok(statement?.kind === 'query' && statement.query.body.kind === 'union');
  assert.equal(statement.query.body.right.kind, 'intersect');
});

test('a join without ON takes the next table first', () => {
  const [statement] = parseBatch('SELECT 1 FROM a JOIN b JOIN c ON b.i = c.i ON a.i = b.i');
  assert.ok(statement?.kind === 'query' && statement.query.body.kind === 'select');
  const [join] = statement.query.body.from;
  assert.ok(join?.kind === 'join' && join.left.kind === 'table' && join.right.kind === 'join');
});

test('literals keep what they are', () => {
  assert.deepEqual(bare(parseExpression("N'it''s'")), {
    kind: 'string',
    value: "it's",
    isNational: true,
  });
  assert.deepEqual(bare(parseExpression("'a\\\nb'")), {
    kind: 'string',
    value: 'ab',
    isNational: false,
  });
  assert.deepEqual(bare(parseExpression('1.50')), { kind: 'number', digits: '1.50' });
  assert.deepEqual(bare(parseExpression('1e')), { kind: 'number', digits: '1e0' });
  const bytes = parseExpression('0xABC');
  assert.ok(bytes.kind === 'binary');
  assert.deepEqual([...bytes.value], [0x0a, 0xbc]);
  assert.deepEqual(bare(parseExpression('[a]]b].["c""d"]')), {
    kind: 'column',
    table: 'a]b',
    name: '"c""d"',
  });
});

test('places count lines from 1 and characters from 0, comments included', () => {
  const text = "-- a\r\n/* b /* c\n */ */ SELECT 1;\n  PRINT N'x'";
  const [select, print] = parseBatch(text);
  assert.equal(select?.line, 3);
  assert.equal(text.slice(select?.start, select?.end), 'SELECT 1');
  assert.equal(print?.line, 4);
  assert.equal(text.slice(print?.start, print?.end), "PRINT N'x'");
});

test('the first statement of a batch may call a procedure by its name, a later one may not', () => {
  const [call] = parseBatch("sp_helptext dbo.p, @x = 'a'".replace('dbo.p', "'dbo.p'"));
  assert.ok(call?.kind === 'execute');
  assert.equal(call.procedure.name, 'sp_helptext');
  assert.equal(call.arguments[1]?.name, '@x');
});

test('a procedure keeps the text of its whole batch, comments before it too', () => {
  const text =
    '-- why\nCREATE PROC dbo.p (@a int = -1, @b nvarchar(max) = abc OUT) WITH EXECUTE AS OWNER AS RETURN 1';
  const [procedure] = parseBatch(text);
  assert.ok(procedure?.kind === 'createProcedure');
  assert.equal(procedure.text, text);
  assert.equal(procedure.executeAs, 'owner');
  assert.equal(procedure.parameters[1]?.isOutput, true);
  assert.equal(procedure.body[0]?.line, 2);
});

test('texts of defaults, checks and filters are kept as written', () => {
  const [table, index] = parseBatch(
    'CREATE TABLE t (a int DEFAULT ( 1 ), CHECK (a  >  0)); CREATE INDEX i ON t (a) WHERE a  IS NOT NULL',
  );
  assert.ok(table?.kind === 'createTable' && index?.kind === 'createIndex');
  assert.equal(table.columns[0]?.default?.text, '( 1 )');
  const [check] = table.constraints;
  assert.ok(check?.kind === 'check');
  assert.equal(check.text, 'a  >  0');
  assert.equal(index.whereText, 'a  IS NOT NULL');
});

test('types take their synonyms, lengths and defaults', () => {
  const types = parseParameterDeclarations(
    '@a integer, @b varchar, @c nvarchar(max), @d numeric, @e float(24), @f datetime2, @g national character varying(5) OUTPUT, @h sysname',
  ).map(({ type }) => type);
  assert.deepEqual(types, [
    { name: 'int' },
    { name: 'varchar', length: 1 },
    { name: 'nvarchar', length: 'max' },
    { name: 'decimal', precision: 18, scale: 0 },
    { name: 'real' },
    { name: 'datetime2', scale: 7 },
    { name: 'nvarchar', length: 5 },
    { name: 'nvarchar', length: 128 },
  ]);
  const cast = parseExpression('CAST(a AS varchar)');
  assert.ok(cast.kind === 'cast');
  assert.deepEqual(cast.type, { name: 'varchar', length: 30 });
});

test('no declarations are an empty list', () => {
  assert.deepEqual(parseParameterDeclarations(' '), []);
});

test('with QUOTED_IDENTIFIER OFF double quotes hold a string', () => {
  const [statement] = parseBatch('SELECT "a"', { quotedIdentifiers: false });
  assert.ok(statement?.kind === 'query' && statement.query.body.kind === 'select');
  const [item] = statement.query.body.items;
  assert.ok(item?.kind === 'item');
  assert.equal(item.expression.kind, 'string');
});

test('a batch of 1 MB is parsed in time that grows with its size only', () => {
  const line =
    "INSERT INTO dbo.t (a, b) VALUES (1, N'some text that is inserted'); -- and a comment\n";
  const statements = parseBatch(line.repeat(Math.ceil(1_000_000 / line.length)));
  assert.equal(statements.length, Math.ceil(1_000_000 / line.length));
  assert.equal(statements.at(-1)?.line, statements.length);
});

test('a line of 1 MB takes no longer than many short ones', () => {
  const [statement] = parseBatch(`SELECT 1 WHERE ${Array(100_000).fill('a = 1').join(' OR ')}`);
  assert.equal(statement?.line, 1);
});
