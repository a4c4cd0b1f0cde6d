import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import { deploy, identity, MemoryTarget, request, template } from './memory-target.ts';

/** So many resources in loops of 500, each with a dependency and a reference of its own. */
function copies(count: number): Record<string, unknown> {
  const loops = [];
  for (let start = 0; start < count; start += 500) {
    const copy = { name: `l${start}`, count: Math.min(500, count - start) };
    const properties = { x: `[reference(format('base-${start}-{0}', copyIndex())).clientId]` };
    loops.push(
      identity(`[format('base-${start}-{0}', copyIndex())]`, {
        copy: { ...copy, name: `b${start}` },
      }),
      identity(`[format('i-${start}-{0}', copyIndex())]`, {
        copy,
        properties,
        dependsOn: [
          `[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', format('base-${start}-{0}', copyIndex()))]`,
        ],
      }),
    );
  }
  return template({ resources: loops });
}

function validationMs(count: number): number {
  const content = copies(count);
  const times = [];
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    createDeployments(new MemoryTarget()).validate(request(content));
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

test('the time to evaluate a template grows with the number of its resources, not with its square', () => {
  validationMs(500);
  const small = validationMs(500);
  const large = validationMs(4000);
  assert.ok(
    large < small * 8 * 3,
    `500 took ${small.toFixed(1)} ms, 4,000 took ${large.toFixed(1)} ms`,
  );
});

test('a thousand resources deploy, each fed by another', async () => {
  const target = new MemoryTarget();
  const record = await deploy(target, copies(500));
  assert.equal(record.state, 'Succeeded');
  assert.equal(target.puts.length, 1000);
  assert.deepEqual(target.body('i-0-499').properties, {
    x: 'client-of-base-0-499',
  });
});

test('a loop that waits for a whole other loop costs one wait each', async () => {
  const loop = (name: string, more: object) =>
    identity(`[format('${name}-{0}', copyIndex())]`, { copy: { name, count: 800 }, ...more });
  const content = template({
    resources: [loop('first', {}), loop('second', { dependsOn: ['first'] })],
  });
  const record = await deploy(new MemoryTarget(), content);
  assert.equal(record.state, 'Succeeded');
  assert.equal(record.dependencies.length, 800);
  assert.equal(record.dependencies[0]?.dependsOn, record.dependencies[799]?.dependsOn);
});
