import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { snapshotCases } from './golden/snapshot-cases.ts';
import { caller, deploy, groupId, MemoryTarget, subscriptionId } from './memory-target.ts';

const folder = join(import.meta.dirname, 'golden/snapshots');

const otherSubscriptionId = 'bbbb0b0b-cc1c-dd2d-ee3e-ffffff4f4f4f';

/** What the templates expect to find. */
const existing = [
  `/subscriptions/${subscriptionId}/resourceGroups/other-group`,
  `/subscriptions/${otherSubscriptionId}/resourceGroups/elsewhere`,
  `${groupId}/providers/Microsoft.Storage/storageAccounts/stexisting`,
  `${groupId}/providers/Microsoft.Storage/storageAccounts/old`,
  `${groupId}/providers/Microsoft.Web/sites/site`,
  `/subscriptions/${subscriptionId}/resourceGroups/other-group/providers/Microsoft.KeyVault/vaults/other-vault`,
];

for (const { name, scope, parameters } of snapshotCases) {
  test(`${name}: exactly the predicted resources are put, with nothing left to evaluate`, async () => {
    const target = await targetWithExisting();
    const record = await deploy(target, readJson(`${name}.json`), parameters, scope);
    assert.equal(record.state, 'Succeeded', JSON.stringify(record.error, undefined, 2));
    const { predictedResources } = readJson(`${name}.snapshot.json`);
    assert.deepEqual(
      target.puts.toSorted(),
      predictedResources.map(({ id }: { id: string }) => id).toSorted(),
    );
    const left = target.puts.filter((id) =>
      /"\[[a-z]+\(/i.test(JSON.stringify(target.bodies.get(id.toLowerCase()))),
    );
    assert.deepEqual(left, []);
  });
}

async function targetWithExisting(): Promise<MemoryTarget> {
  const target = new MemoryTarget();
  target.subscriptions.set(otherSubscriptionId, 'Elsewhere');
  for (const id of existing) {
    const identity = { type: 'SystemAssigned' };
    await target.put(caller, id, '2024-01-01', { location: 'northeurope', identity });
  }
  target.puts.length = 0;
  return target;
}

function readJson(file: string) {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}
