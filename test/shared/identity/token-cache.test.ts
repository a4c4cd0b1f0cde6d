import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccessToken } from '@azure/core-auth';
import { TokenCache } from '../../../shared/identity/token-cache.ts';
import { fakeToken } from './identity-endpoint.ts';

const SCOPE = 'https://vault.azure.net/.default';

/** A source of tokens whose answers the test gives by hand, and a clock that it moves. */
function createSource() {
  const waiting: { resolve(token: AccessToken): void; reject(error: Error): void }[] = [];
  const source = { nowMs: 1_000_000_000_000, asked: 0, failedRefreshes: 0 };
  const cache = new TokenCache(
    () => {
      source.asked += 1;
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    { nowMs: () => source.nowMs, onRefreshFailed: () => (source.failedRefreshes += 1) },
  );
  let count = 0;
  return Object.assign(source, {
    cache,
    give(lifetimeSeconds: number, refreshAfterSeconds?: number) {
      count += 1;
      waiting.shift()?.resolve({
        token: `token-${count}`,
        expiresOnTimestamp: source.nowMs + lifetimeSeconds * 1000,
        ...(refreshAfterSeconds === undefined
          ? {}
          : { refreshAfterTimestamp: source.nowMs + refreshAfterSeconds * 1000 }),
      });
    },
    fail(message: string) {
      waiting.shift()?.reject(new Error(message));
    },
    passSeconds(seconds: number) {
      source.nowMs += seconds * 1000;
    },
    async tokens(callers: number) {
      return Promise.all(Array.from({ length: callers }, () => cache.getToken(SCOPE)));
    },
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the token cache', () => {
  it('sends one request for 100 cold callers', async () => {
    const source = createSource();
    const tokens = source.tokens(100);
    source.give(86_400);
    assert.deepEqual(new Set((await tokens).map(({ token }) => token)), new Set(['token-1']));
    assert.equal(source.asked, 1);
  });

  it('sends one request for 100 callers at half-life, and the old token serves meanwhile', async () => {
    const source = createSource();
    const first = source.tokens(1);
    source.give(86_400, 43_200);
    await first;
    source.passSeconds(43_201);
    const served = await source.tokens(100);
    assert.ok(served.every(({ token }) => token === 'token-1'));
    assert.equal(source.asked, 2);
    source.give(86_400, 43_200);
    await settled();
    assert.equal((await source.cache.getToken(SCOPE)).token, 'token-2');
    assert.equal(source.asked, 2);
  });

  it('keeps audiences apart', async () => {
    const source = createSource();
    const both = Promise.all([
      source.cache.getToken(SCOPE),
      source.cache.getToken('https://management.azure.com/.default'),
    ]);
    source.give(3600);
    source.give(3600);
    const [vault, arm] = await both;
    assert.notEqual(vault.token, arm.token);
  });

  it('tells a failure to everybody who waits and does not keep it', async () => {
    const source = createSource();
    const waiting = Promise.allSettled([
      source.cache.getToken(SCOPE),
      source.cache.getToken(SCOPE),
    ]);
    source.fail('endpoint is down');
    const results = await waiting;
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    const again = source.cache.getToken(SCOPE);
    source.give(3600);
    assert.equal((await again).token, 'token-1');
    assert.equal(source.asked, 2);
  });

  it('lets nobody notice an outage of 30 minutes while the token is good', async () => {
    const source = createSource();
    const first = source.tokens(1);
    source.give(86_400, 43_200);
    await first;
    source.passSeconds(43_200);
    for (let minute = 0; minute < 30; minute++) {
      assert.equal((await source.cache.getToken(SCOPE)).token, 'token-1');
      source.fail('down');
      await settled();
      source.passSeconds(60);
    }
    assert.equal(source.failedRefreshes, 30);
    await source.cache.getToken(SCOPE);
    source.give(86_400, 43_200);
    await settled();
    assert.equal((await source.cache.getToken(SCOPE)).token, 'token-2');
  });

  it('asks at most once in 30 s while a refresh keeps failing', async () => {
    const source = createSource();
    const first = source.tokens(1);
    source.give(86_400, 100);
    await first;
    source.passSeconds(101);
    for (let second = 0; second < 60; second++) {
      await source.cache.getToken(SCOPE);
      source.fail('down');
      await settled();
      source.passSeconds(1);
    }
    assert.ok(source.asked <= 4, `${source.asked} requests`);
  });

  for (const lifetimeSeconds of [60, 120, 290]) {
    it(`sends at most one request per 30 s for tokens of ${lifetimeSeconds} s, and never serves a dead one`, async () => {
      const source = createSource();
      for (let second = 0; second < 600; second++) {
        const pending = source.cache.getToken(SCOPE);
        source.give(lifetimeSeconds);
        const { expiresOnTimestamp } = await pending;
        assert.ok(expiresOnTimestamp > source.nowMs);
        await settled();
        source.passSeconds(1);
      }
      assert.ok(source.asked <= 600 / 30 + 1, `${source.asked} requests in 600 s`);
    });
  }

  it('waits for a new token when the old one has ended', async () => {
    const source = createSource();
    const first = source.tokens(1);
    source.give(3600);
    await first;
    source.passSeconds(3597);
    const second = source.cache.getToken(SCOPE);
    source.give(3600);
    assert.equal((await second).token, 'token-2');
  });

  it('lets a caller leave without harm to the others', async () => {
    const source = createSource();
    const controller = new AbortController();
    const leaving = source.cache.getToken(SCOPE, { abortSignal: controller.signal });
    const staying = source.cache.getToken(SCOPE);
    controller.abort();
    await assert.rejects(leaving, { name: 'AbortError' });
    source.give(3600);
    assert.equal((await staying).token, 'token-1');
    assert.equal(source.asked, 1);
  });

  it('shows the claims of the token in hand by allow-list, and never the token', async () => {
    const cache = new TokenCache(async () => ({
      token: fakeToken({
        aud: 'https://vault.azure.net',
        oid: 'oid-1',
        appid: 'app-1',
        exp: 1_800_000_000,
        secret: 'canary',
        groups: ['canary'],
      }),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }));
    assert.equal(cache.claimsInHand(SCOPE), undefined);
    await cache.getToken(SCOPE);
    assert.deepEqual(cache.claimsInHand(SCOPE), {
      aud: 'https://vault.azure.net',
      oid: 'oid-1',
      appid: 'app-1',
      exp: '2027-01-15T08:00:00.000Z',
    });
  });
});
