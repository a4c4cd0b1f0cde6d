import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { createControlEndpoint } from '../../../../local/azure/faults/control-endpoint.ts';
import { FaultPlan } from '../../../../local/azure/faults/fault-plan.ts';
import { startServer } from '../../../../local/azure/http/server.ts';
import { Journal } from '../../../../local/azure/journal.ts';

const clock = new MovableClock();
const journal = new Journal(clock);
const faults = new FaultPlan(journal);
const secret = 'canary-control-secret';
const server = await startServer(createControlEndpoint({ clock, journal, faults, secret }));
after(() => server.stop());

const call = (
  method: string,
  path: string,
  body?: unknown,
  headers = { 'x-control-secret': secret },
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

  it('moves the clock', async () => {
    const before = clock.nowMs();
    assert.equal((await call('POST', '/clock', { advanceMs: 60_000 })).status, 200);
    assert.ok(clock.nowMs() - before >= 60_000);
  });

  it('reads the journal, which does not hold its secret', async () => {
    const text = await (await call('GET', '/journal')).text();
    assert.match(text, /"kind":"fault"/);
    assert.ok(!text.includes(secret));
  });

  it('refuses everything without its secret', async () => {
    for (const headers of [
      { 'x-control-secret': 'canary-control-secreT' },
      { 'x-control-secret': '' },
    ]) {
      assert.equal((await call('GET', '/journal', undefined, headers)).status, 403);
    }
  });
});
