import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evaluateTree } from '../../../../../local/azure/deployments/expression/evaluate.ts';
import { goldenScope, isInvalidTemplate } from './golden-scope.ts';
import { knownDifference } from './known-differences.ts';

interface UserFunction {
  readonly parameters: readonly { readonly name: string }[];
  readonly output: { readonly value: unknown };
}

interface Row {
  readonly bicep: string;
  /** What the compiler makes of it. */
  readonly arm: unknown;
  readonly value?: unknown;
  readonly error?: string;
}

/** `bicep console` gave the values: golden/regenerate-console.ts. */
const golden: {
  readonly functions: readonly {
    readonly namespace: string;
    readonly members: Readonly<Record<string, UserFunction>>;
  }[];
  readonly rows: readonly Row[];
} = JSON.parse(readFileSync(new URL('../golden/console.json', import.meta.url), 'utf8'));

const scope = goldenScope({
  userFunction: (namespace, name) => {
    const found = golden.functions.find((entry) => entry.namespace === namespace)?.members[name];
    if (found === undefined) return undefined;
    return { parameters: found.parameters.map(({ name }) => name), output: found.output.value };
  },
});
const sameHere = golden.rows.filter(({ bicep }) => knownDifference(bicep) === undefined);

test('gives each Bicep expression the value that the Bicep console gives it', () => {
  const rows = sameHere.filter(({ error }) => error === undefined);
  assert.ok(rows.length > 700, `${rows.length} rows`);
  for (const { bicep, arm, value } of rows)
    assert.deepEqual(evaluateTree(arm, scope), value, bicep);
});

test('refuses each Bicep expression that the Bicep console refuses', () => {
  const rows = sameHere.filter(({ error }) => error !== undefined);
  assert.ok(rows.length > 200, `${rows.length} rows`);
  for (const { bicep, arm } of rows) {
    assert.throws(() => evaluateTree(arm, scope), isInvalidTemplate, bicep);
  }
});

test('differs from the Bicep console where it is known to, and in no other way', () => {
  for (const { bicep, arm } of golden.rows) {
    const difference = knownDifference(bicep);
    if (difference === undefined) continue;
    if ('value' in difference) assert.deepEqual(evaluateTree(arm, scope), difference.value, bicep);
    else assert.throws(() => evaluateTree(arm, scope), isInvalidTemplate, bicep);
  }
});
