import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitBatches } from '../../../../../local/azure/sql/tsql/split-batches.ts';

test('GO on a line of its own ends a batch, in any case, with a count', () => {
  assert.deepEqual(splitBatches('SELECT 1\ngo\nSELECT 2\n  GO 3 -- thrice\r\nSELECT 3'), [
    { text: 'SELECT 1', count: 1, line: 1 },
    { text: 'SELECT 2', count: 3, line: 3 },
    { text: 'SELECT 3', count: 1, line: 5 },
  ]);
});

test('GO in a string, a comment, a quoted name or a longer line does not', () => {
  for (const text of [
    "SELECT 'a\nGO\n'",
    "SELECT 'it''s\nGO\n'",
    '/* a /* b */\nGO\n*/ SELECT 1',
    'SELECT 1 AS [a]]\nGO\n]',
    'SELECT 1 AS "a\nGO\n"',
    'SELECT 1 AS go',
    'GOTO x',
  ]) {
    assert.deepEqual(splitBatches(text), [{ text, count: 1, line: 1 }], text);
  }
});

test('a quote in a comment of one line opens nothing', () => {
  assert.equal(splitBatches("SELECT 1 -- don't\nGO\nSELECT 2").length, 2);
});

test('batches of blanks are left out', () => {
  assert.deepEqual(splitBatches('GO\n\nGO\n'), []);
});
