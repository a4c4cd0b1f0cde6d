import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { refusedAggregates } from '../../../../../local/azure/sql/compile/aggregate-names.ts';
import { refusedFunctions } from '../../../../../local/azure/sql/compile/functions/refused-functions.ts';
import { parseBatch } from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { SqlError } from '../../../../../local/azure/tds/sql-error.ts';
import { openCompiledDatabase, type Variables } from '../../../../support/compiled-database.ts';

const page = readFileSync(new URL('../../../../../docs/sql-subset.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| ([^|]+) \| `([^`]+)` \| (.+) \|$/gm)];
const suffix =
  'is not supported by this local stand-in for Azure SQL; docs/sql-subset.md lists what is.';
const forms: Readonly<Record<string, (name: string) => string>> = {
  '40510': (name) => (name.startsWith('Statement ') ? name : `Statement '${name}' ${suffix}`),
  '40514': (name) => `'${name}' ${suffix}`,
  '40517': (name) => `Keyword or statement option '${name}' ${suffix}`,
};

/** What the examples name. */
const db = openCompiledDatabase(`
  CREATE TABLE dbo.t (i int, a int, b int, n nvarchar(10));
  CREATE TABLE dbo.u (i int, a int, b int, c int);
  CREATE TABLE dbo.a (i int); CREATE TABLE dbo.b (i int); CREATE TABLE dbo.c (i int); CREATE TABLE dbo.d (i int)`);
db.rows('CREATE VIEW dbo.w AS SELECT a FROM dbo.t');
const variables: Variables = { '@a': [{ name: 'int' }, null] };

/** Throws SqlError of the parser or of the compiler. */
function compileExample(example: string): void {
  for (const statement of parseBatch(example)) {
    const compiled = db.compileParsed(statement, variables);
    if (!compiled) continue;
    if (compiled.listed) db.sqlite.exec(compiled.listed.create);
    for (const { sql } of [...(compiled.listed?.steps ?? []), compiled]) db.sqlite.prepare(sql);
  }
}

function refusalOf(example: string): SqlError {
  try {
    compileExample(example);
  } catch (error) {
    assert.ok(error instanceof SqlError, `not a SqlError: ${error}`);
    return error;
  }
  return assert.fail(`compiled: ${example}`);
}

test('the page names all functions that are refused', () => {
  for (const name of [...refusedFunctions, ...refusedAggregates])
    assert.ok(page.includes(`\`${name}\``), name);
});

test('the page has the rows of the subset', () => {
  assert.ok(rows.length > 100, `${rows.length} rows`);
});

for (const [, construct, example = '', outcome = ''] of rows) {
  test(`${construct}: ${outcome}`, () => {
    if (outcome.startsWith('parsed')) {
      assert.ok(parseBatch(example).length > 0);
      compileExample(example);
      return;
    }
    const [, number = '', words = ''] = /^(\d+) `(.+)`$/.exec(outcome) ?? [];
    const error = refusalOf(example);
    assert.equal(error.number, Number(number));
    assert.equal(error.message, forms[number]?.(words) ?? words);
    assert.equal(error.line, 1);
  });
}
