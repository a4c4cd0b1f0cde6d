import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evaluateString } from '../../../../../local/azure/deployments/expression/evaluate.ts';
import { evaluateOffline } from '../../../../../local/azure/deployments/expression/partial.ts';
import { functionNames } from '../../../../../local/azure/deployments/functions/function-table.ts';
import { goldenScope, isInvalidTemplate } from './golden-scope.ts';
import { knownDifference } from './known-differences.ts';

interface Row {
  readonly expression: string;
  /** Holds an expression where only run time knows. */
  readonly value?: unknown;
  readonly error?: string;
}

/** `bicep snapshot` evaluated each in a template: golden/regenerate-engine.ts. */
const golden: { readonly rows: readonly Row[] } = JSON.parse(
  readFileSync(new URL('../golden/engine.json', import.meta.url), 'utf8'),
);
const scope = goldenScope();
const sameHere = golden.rows.filter(({ expression }) => knownDifference(expression) === undefined);

test('gives each expression the value of Microsoft’s engine, with what is left for run time in its form', () => {
  const rows = sameHere.filter(({ error }) => error === undefined);
  assert.ok(rows.length > 800, `${rows.length} rows`);
  for (const { expression, value } of rows) {
    assert.deepEqual(evaluateOffline(`[${expression}]`, scope), value, expression);
  }
});

test('refuses in the words of Microsoft’s engine', () => {
  const rows = sameHere.filter(({ error }) => error !== undefined);
  assert.ok(rows.length > 400, `${rows.length} rows`);
  for (const { expression, error } of rows) {
    assert.throws(
      () => evaluateOffline(`[${expression}]`, scope),
      { name: 'ServiceError', status: 400, code: 'InvalidTemplate', message: error },
      expression,
    );
  }
});

test('differs from Microsoft’s engine where it is known to, and in no other way', () => {
  for (const { expression } of golden.rows) {
    const difference = knownDifference(expression);
    const evaluate = () => evaluateString(`[${expression}]`, scope);
    if (difference === undefined) continue;
    if ('value' in difference) assert.deepEqual(evaluate(), difference.value, expression);
    else assert.throws(evaluate, isInvalidTemplate, expression);
  }
});

/** Their values come from the scope, or from providers that are not here. */
const WITHOUT_ROWS = [
  'references',
  'resourceInfo',
  'pickZones',
  'providers',
  'toLogicalZone',
  'toLogicalZones',
  'toPhysicalZone',
  'toPhysicalZones',
];

test('checks every function against Microsoft’s engine', () => {
  const unchecked = functionNames.filter(
    (name) => !golden.rows.some(({ expression }) => expression.includes(`${name}(`)),
  );
  assert.deepEqual(unchecked.sort(), WITHOUT_ROWS.sort());
});
