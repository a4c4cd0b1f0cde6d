import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { snapshotTemplate } from '../../../../local/azure/deployments/snapshot.ts';
import { deploymentName, snapshotCases } from './golden/snapshot-cases.ts';

const folder = join(import.meta.dirname, 'golden/snapshots');

for (const { name, scope, parameters } of snapshotCases) {
  test(`${name}: every resource and output is what Microsoft's engine predicts`, () => {
    const snapshot = snapshotTemplate({
      template: readJson(`${name}.json`),
      parameters,
      scope,
      name: deploymentName,
    });
    const predicted = readJson(`${name}.snapshot.json`);
    assert.deepEqual(byId(snapshot.predictedResources), byId(predicted.predictedResources));
    assert.deepEqual(asJson(snapshot.outputs), predicted.outputs);
  });
}

test('a snapshot that differs in one body is noticed', () => {
  const [first] = snapshotCases;
  assert.ok(first);
  const { name, scope } = first;
  const parameters = { names: { value: ['one', 'two', 'other'] } };
  const snapshot = snapshotTemplate({ template: readJson(`${name}.json`), parameters, scope });
  const predicted = readJson(`${name}.snapshot.json`);
  assert.notDeepEqual(byId(snapshot.predictedResources), byId(predicted.predictedResources));
});

interface SnapshotFile {
  readonly predictedResources: readonly { readonly id: string }[];
  readonly outputs: unknown;
}

function readJson(file: string): SnapshotFile {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** Resources that don't wait for each other have no order. */
function byId(resources: readonly { readonly id: string }[]): unknown {
  return asJson([...resources].sort((left, right) => (left.id < right.id ? -1 : 1)));
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
