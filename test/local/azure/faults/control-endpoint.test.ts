import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Behaviour } from '../../../../local/azure/behaviour/behaviour.ts';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { createControlEndpoint } from '../../../../local/azure/faults/control-endpoint.ts';
import { FaultPlan } from '../../../../local/azure/faults/fault-plan.ts';
import { startServer } from '../../../../local/azure/http/server.ts';
import { Journal } from '../../../../local/azure/journal.ts';
import { Limits } from '../../../../local/azure/limits/limits.ts';

const clock = new MovableClock();
const journal = new Journal(clock);
const faults = new FaultPlan(journal);
const secret = 'canary-control-secret';
const limits = new Limits(clock);
const behaviour = new Behaviour();
const moved: string[] = [];
const doors = {
  close: async (door: string) => void moved.push(`close ${door}`),
  reopen: async (door: string) => {
    if (door === 'sofa') throw new RangeError('no such door');
    moved.push(`open ${door}`);
  },
};
const rotateIdentityHeader = (resourceId: string) => {
  moved.push(`rotate ${resourceId}`);
  return { IDENTITY_HEADER: 'new' };
};
const server = await startServer(
  createControlEndpoint({
    ...{ clock, journal, faults, limits, behaviour, doors, rotateIdentityHeader, secret },
  }),
);
after(() => server.stop());

const call = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { 'x-control-secret': secret },
) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

describe('the control endpoint', () => {
  it('arms a fault and withdraws it', async () => {
    const order = { door: 'key-vault', fault: { kind: 'status', status: 503 }, times: 'always' };
    const armed = await call('POST', '/faults', order);
    assert.equal(armed.status, 201);
    assert.deepEqual(faults.take('key-vault', 'GET /'), order.fault);
    const { id } = (await armed.json()) as { id: number };
    assert.equal((await call('DELETE', `/faults/${id}`)).status, 204);
    assert.equal(faults.take('key-vault', 'GET /'), undefined);
  });

  for (const [field, order] of [
    ['door', { door: 'sofa', fault: { kind: 'hang' } }],
    ['nth', { door: 'blob', nth: 0, fault: { kind: 'hang' } }],
    ['times', { door: 'blob', times: 'never', fault: { kind: 'hang' } }],
    ['share', { door: 'blob', share: 2, fault: { kind: 'hang' } }],
    ['surprise', { door: 'blob', surprise: 1, fault: { kind: 'hang' } }],
    ['fault', { door: 'blob' }],
    ['fault.kind', { door: 'blob', fault: { kind: 'explode' } }],
    ['fault.status', { door: 'blob', fault: { kind: 'status', status: 99 } }],
    [
      'fault.afterwards',
      { door: 'blob', fault: { kind: 'cutRequest', atPercent: 0, afterwards: 'end' } },
    ],
  ] as const) {
    it(`refuses an order whose ${field} is wrong, by name`, async () => {
      const response = await call('POST', '/faults', order);
      assert.equal(response.status, 400);
      const { error } = (await response.json()) as { error: { message: string } };
      assert.ok(error.message.startsWith(`'${field}'`), error.message);
    });
  }

  it('switches limits on with the documented sizes, shows them, and ends them', async () => {
    const on = await call('PUT', '/limits', {
      resourceManager: { reads: { size: 1100, refillPerSecond: 25 } },
      identity: {},
    });
    assert.deepEqual(await on.json(), {
      resourceManager: {
        reads: { size: 1100, refillPerSecond: 25 },
        writes: { size: 200, refillPerSecond: 10 },
        deletes: { size: 200, refillPerSecond: 10 },
        globalFactor: 15,
      },
      identity: { requestsPerSecond: 20, concurrentRequests: 5 },
    });
    assert.ok(limits.resourceManager);
    await call('PUT', '/limits', {});
    assert.deepEqual(await (await call('GET', '/limits')).json(), {});
    assert.equal(limits.resourceManager, undefined);
  });

  it('changes token life and delays one by one, by rules over ids too', async () => {
    await call('PUT', '/behaviour', { tokenLifetimeSeconds: 120, grantDelayMs: 600_000 });
    const rules = [{ id: '*/vaults/*', delayMs: 5000 }];
    assert.equal((await call('PUT', '/behaviour', { listDelayMs: rules })).status, 204);
    assert.equal(behaviour.tokenLifetimeSeconds, 120);
    assert.equal(behaviour.grantDelayMs, 600_000);
    const resource = { name: 'v', type: '', apiVersion: '', properties: {} };
    const times = { createdTime: '', changedTime: '' };
    assert.equal(behaviour.listDelayMs({ ...resource, ...times, id: '/x/VAULTS/v' }), 5000);
    assert.equal(behaviour.listDelayMs({ ...resource, ...times, id: '/x/sites/v' }), 0);
  });

  for (const [path, field, order] of [
    ['/limits', 'resourceManager.reads', { resourceManager: { reads: { size: 1 } } }],
    ['/limits', 'identity.requestsPerSecond', { identity: { requestsPerSecond: 0 } }],
    ['/limits', 'vault', { vault: {} }],
    ['/behaviour', 'tokenLifetimeSeconds', { tokenLifetimeSeconds: 0 }],
    ['/behaviour', 'grantDelayMs', { grantDelayMs: -1 }],
    ['/behaviour', 'listDelayMs[0].id', { listDelayMs: [{ delayMs: 1 }] }],
    ['/behaviour', 'mood', { mood: 'good' }],
  ] as const) {
    it(`refuses ${path} whose ${field} is wrong, by name`, async () => {
      const response = await call('PUT', path, order);
      assert.equal(response.status, 400);
      const { error } = (await response.json()) as { error: { message: string } };
      assert.ok(error.message.startsWith(`'${field}'`), error.message);
    });
  }

  it('closes and opens a door, and knows no other', async () => {
    assert.equal((await call('POST', '/doors/blob/close')).status, 204);
    assert.equal((await call('POST', '/doors/blob/open')).status, 204);
    assert.deepEqual(moved.splice(0), ['close blob', 'open blob']);
    assert.equal((await call('POST', '/doors/sofa/open')).status, 404);
    assert.equal((await call('POST', '/doors/blob/paint')).status, 404);
  });

  it('moves the clock', async () => {
    const before = clock.nowMs();
    assert.equal((await call('POST', '/clock', { advanceMs: 60_000 })).status, 200);
    assert.ok(clock.nowMs() - before >= 60_000);
  });

  it('rotates the identity header of an app, and tells the new environment', async () => {
    const resourceId = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/app';
    const answer = await call('POST', '/identity-header', { resourceId });
    assert.deepEqual(await answer.json(), { IDENTITY_HEADER: 'new' });
    assert.deepEqual(moved.splice(0), [`rotate ${resourceId}`]);
    for (const order of [{}, { resourceId: 7 }, { resourceId: 'app' }, null]) {
      assert.equal((await call('POST', '/identity-header', order)).status, 400);
    }
    assert.deepEqual(moved, []);
  });

  it('reads the journal, which does not hold its secret', async () => {
    const text = await (await call('GET', '/journal')).text();
    assert.match(text, /"kind":"fault"/);
    assert.ok(!text.includes(secret));
  });

  for (const [method, path, body] of [
    ['POST', '/faults', { door: 'blob', fault: { kind: 'hang' }, times: 'always' }],
    ['DELETE', '/faults', undefined],
    ['POST', '/doors/blob/close', undefined],
    ['PUT', '/limits', { identity: {} }],
    ['GET', '/limits', undefined],
    ['PUT', '/behaviour', { tokenLifetimeSeconds: 60 }],
    ['GET', '/journal', undefined],
    ['POST', '/clock', { advanceMs: 3_600_000 }],
    ['POST', '/identity-header', { resourceId: '/subscriptions/s' }],
    ['GET', '/nothing', undefined],
  ] as const) {
    it(`refuses ${method} ${path} without its secret, and does nothing`, async () => {
      const id = faults.arm({ door: 'imds', fault: { kind: 'hang' } });
      const beforeMs = clock.nowMs();
      for (const headers of [
        {},
        { 'x-control-secret': '' },
        { 'x-control-secret': 'canary-control-secreT' },
        { 'x-control-secret': `${secret}x` },
        { authorization: `Bearer ${secret}` },
      ]) {
        const answer = await call(method, path, body, headers);
        assert.equal(answer.status, 403);
        assert.ok(!(await answer.text()).includes('"kind"'));
      }
      assert.equal(faults.take('blob', 'GET /'), undefined);
      assert.ok(faults.take('imds', 'GET /'), 'what was armed stands');
      faults.withdraw(id);
      assert.deepEqual([moved, limits.settings], [[], {}]);
      assert.notEqual(behaviour.tokenLifetimeSeconds, 60);
      assert.ok(clock.nowMs() - beforeMs < 60_000);
    });
  }
});
