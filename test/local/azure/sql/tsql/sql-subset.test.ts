import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseBatch } from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { sqlErrorOf } from './sql-error-of.ts';

const page = readFileSync(new URL('../../../../../docs/sql-subset.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| ([^|]+) \| `([^`]+)` \| (.+) \|$/gm)];
const suffix =
  'is not supported by this local stand-in for Azure SQL; docs/sql-subset.md lists what is.';
const forms: Readonly<Record<string, (name: string) => string>> = {
  '40510': (name) => (name.startsWith('Statement ') ? name : `Statement '${name}' ${suffix}`),
  '40514': (name) => `'${name}' ${suffix}`,
  '40517': (name) => `Keyword or statement option '${name}' ${suffix}`,
};

test('the page has the rows of the subset', () => {
  assert.ok(rows.length > 100, `${rows.length} rows`);
});

for (const [, construct, example = '', outcome = ''] of rows) {
  test(`${construct}: ${outcome}`, () => {
    if (outcome.startsWith('parsed')) {
      assert.ok(parseBatch(example).length > 0);
      return;
    }
    const [, number = '', words = ''] = /^(\d+) `(.+)`$/.exec(outcome) ?? [];
    const error = sqlErrorOf(example);
    assert.equal(error.number, Number(number));
    assert.equal(error.message, forms[number]?.(words) ?? words);
    assert.equal(error.line, 1);
  });
}
