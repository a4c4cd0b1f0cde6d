import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseBatch,
  parseCondition,
  parseExpression,
} from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { reservedWords } from '../../../../../local/azure/sql/tsql/tokens/reserved-words.ts';
import { SqlError } from '../../../../../local/azure/tds/sql-error.ts';
import { arbitraryCondition, arbitraryExpression, arbitraryQuery } from './arbitrary-query.ts';
import { printCondition, printExpression, printQuery } from './print-query.ts';

const placeless = (node: unknown) => JSON.stringify(sorted(node));

/** Keys in one order, places left out. */
function sorted(node: unknown): unknown {
  if (node instanceof Uint8Array) return [...node];
  if (Array.isArray(node)) return node.map(sorted);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => !['line', 'start', 'end'].includes(key));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, sorted(value)]),
  );
}

test('a printed expression is parsed to the same tree', () => {
  fc.assert(
    fc.property(arbitraryExpression, (tree) => {
      assert.equal(placeless(parseExpression(printExpression(tree))), placeless(tree));
    }),
    { numRuns: 300 },
  );
});

test('a printed condition is parsed to the same tree', () => {
  fc.assert(
    fc.property(arbitraryCondition, (tree) => {
      assert.equal(placeless(parseCondition(printCondition(tree))), placeless(tree));
    }),
    { numRuns: 300 },
  );
});

test('a printed query is parsed to the same tree', () => {
  fc.assert(
    fc.property(arbitraryQuery, (tree) => {
      const [statement] = parseBatch(printQuery(tree));
      assert.ok(statement?.kind === 'query');
      assert.equal(placeless(statement.query), placeless(tree));
    }),
    { numRuns: 300 },
  );
});

const pieces = [
  ...reservedWords,
  ..."a dbo.t [x y] @a @@b 1 1.5 0xAB 's' N'n' ( ) , . ; = <> + - * / :: #t $1 \"q\" MAX OUTPUT ROWS APPLY FETCH ROLE MEMBER EXTERNAL PROVIDER SID E ADD".split(
    ' ',
  ),
];

test('a soup of words is parsed or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (words) => {
      try {
        parseBatch(words.join(' '));
      } catch (error) {
        assert.ok(error instanceof SqlError, String(error));
        assert.ok((error.line ?? 0) >= 1);
      }
    }),
    { numRuns: 3000 },
  );
});

const page = readFileSync(new URL('../../../../../docs/sql-subset.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^\| [^|]+ \| `([^`]+)` \|/gm)].map(([, example = '']) =>
  example.split(/\b/),
);

test('an example with some words exchanged is parsed or refused, never a crash', () => {
  const change = fc.tuple(fc.nat(60), fc.constantFrom('', ...pieces));
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.array(change, { maxLength: 3 }),
      (words, edits) => {
        const edited = [...words];
        for (const [at, piece] of edits) edited[at % edited.length] = ` ${piece} `;
        try {
          parseBatch(edited.join(''));
        } catch (error) {
          assert.ok(error instanceof SqlError, `${edited.join('')}: ${error}`);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('any text is parsed or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      try {
        parseBatch(`SELECT ${text}`);
      } catch (error) {
        assert.ok(error instanceof SqlError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
