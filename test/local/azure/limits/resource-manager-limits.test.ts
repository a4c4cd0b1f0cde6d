import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { addIdentity, grant, subscriptionId, useLocalAzure } from '../../../support/local-azure.ts';
import { type RawAnswer, sendRaw } from '../../../support/open-door.ts';
import { StillClock } from '../../../support/still-clock.ts';

const clock = new StillClock();
const azure = await useLocalAzure({ clock });
const scope = `/subscriptions/${subscriptionId}`;
const name = 'x-ms-ratelimit-remaining-subscription';
const small = { size: 3, refillPerSecond: 0.1 };

const alice = newOwner('alice');
const bob = newOwner('bob');

function newOwner(name: string): Principal {
  const principal = addIdentity(azure, name);
  grant(azure, principal, 'Owner', scope);
  return principal;
}

async function call(caller: Principal, method: string, path: string): Promise<RawAnswer> {
  const { accessToken } = await azure.tokens.issue(caller, 'https://management.azure.com');
  return sendRaw('management.azure.com', path, {
    method,
    headers: { Authorization: `Bearer ${accessToken}` },
  });
}
const groups = `${scope}/resourcegroups?api-version=2025-04-01`;

afterEach(() => azure.limits.set({}));

describe("ARM's buckets", () => {
  it('are off by default: what remains never shrinks', async () => {
    for (let calls = 0; calls < 2; calls++) {
      const { headers } = await call(alice, 'GET', groups);
      assert.equal(headers[`${name}-reads`], '1099');
      assert.equal(headers[`${name}-global-reads`], '16499');
    }
  });

  it('count down really, and begin at 1,099 where their size is 1,100, as in the recordings', async () => {
    azure.limits.set({ resourceManager: { reads: { size: 1100, refillPerSecond: 0.1 } } });
    const first = await call(alice, 'GET', groups);
    assert.equal(first.headers[`${name}-reads`], '1099');
    assert.equal(first.headers[`${name}-global-reads`], '16499');
    const second = await call(alice, 'GET', groups);
    assert.equal(second.headers[`${name}-reads`], '1098');
    assert.equal(second.headers[`${name}-global-reads`], '16498');
  });

  it('have the documented sizes: 250 reads, 200 writes, 200 deletes', async () => {
    azure.limits.set({ resourceManager: {} });
    const { headers } = await call(alice, 'GET', groups);
    assert.equal(headers[`${name}-reads`], '249');
    assert.equal(headers[`${name}-global-reads`], '3749');
    assert.deepEqual(azure.limits.settings.resourceManager, {
      reads: { size: 250, refillPerSecond: 25 },
      writes: { size: 200, refillPerSecond: 10 },
      deletes: { size: 200, refillPerSecond: 10 },
      globalFactor: 15,
    });
  });

  it('refuse with 429 SubscriptionRequestsThrottled and Retry-After, until time by the clock has passed', async () => {
    azure.limits.set({ resourceManager: { reads: small } });
    for (let calls = 0; calls < 3; calls++) {
      assert.equal((await call(alice, 'GET', groups)).status, 200);
    }
    const since = azure.journal.position;
    const refused = await call(alice, 'GET', groups);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '10');
    assert.equal(refused.headers['x-ms-failure-cause'], 'gateway');
    assert.deepEqual(JSON.parse(refused.body), {
      error: {
        code: 'SubscriptionRequestsThrottled',
        message:
          `Number of 'read' requests for subscription '${subscriptionId}' actor '${alice.principalId}' exceeded. ` +
          "Please try again after '10' seconds after additional tokens are available. " +
          'Refer to https://aka.ms/arm-throttling for additional information.',
      },
    });
    const entry = azure.journal.since(since).find(({ kind }) => kind === 'request');
    assert.equal(entry?.kind === 'request' && entry.code, 'SubscriptionRequestsThrottled');
    assert.equal(entry?.kind === 'request' && entry.principalId, alice.principalId);
    clock.advanceMs(10_000);
    assert.equal((await call(alice, 'GET', groups)).status, 200);
  });

  it('are one for each principal and kind of request', async () => {
    azure.limits.set({ resourceManager: { reads: small, writes: small } });
    for (let calls = 0; calls < 3; calls++) await call(alice, 'GET', groups);
    assert.equal((await call(alice, 'GET', groups)).status, 429);
    assert.equal((await call(bob, 'GET', groups)).status, 200);
    assert.notEqual(
      (await call(alice, 'DELETE', `${scope}/resourcegroups/none?api-version=2025-04-01`)).status,
      429,
    );
    assert.equal((await call(alice, 'GET', '/tenants?api-version=2022-12-01')).status, 200);
  });

  it('share a larger one: when it is empty, a principal that has asked little is refused too', async () => {
    azure.limits.set({ resourceManager: { reads: small, globalFactor: 1 } });
    for (let calls = 0; calls < 3; calls++) await call(alice, 'GET', groups);
    assert.equal((await call(bob, 'GET', groups)).status, 429);
  });

  it('do not pay for a request whose token is refused', async () => {
    azure.limits.set({ resourceManager: { reads: small } });
    for (let calls = 0; calls < 5; calls++) {
      assert.equal((await sendRaw('management.azure.com', groups)).status, 401);
    }
    assert.equal((await call(alice, 'GET', groups)).headers[`${name}-reads`], '2');
  });

  it('begin full again when they are set again', async () => {
    azure.limits.set({ resourceManager: { reads: small } });
    for (let calls = 0; calls < 4; calls++) await call(alice, 'GET', groups);
    azure.limits.set({ resourceManager: { reads: small } });
    assert.equal((await call(alice, 'GET', groups)).status, 200);
  });
});
