import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WriteLock } from '../../../../../local/azure/sql/run/write-lock.ts';

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('Write lock', () => {
  it('is given to one at a time, in the order they came', async () => {
    const lock = new WriteLock();
    const order: number[] = [];
    const releases = [await lock.acquire(-1)];
    for (const number of [1, 2, 3]) {
      void lock.acquire(-1).then((release) => {
        order.push(number);
        releases.push(release);
      });
    }
    for (let index = 0; index < 4; index++) {
      assert.deepEqual(order, [1, 2, 3].slice(0, index));
      releases[index]?.();
      await soon();
    }
    (await lock.acquire(0))();
  });

  it('is given back once, however often that is said', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(-1);
    release();
    const second = await lock.acquire(-1);
    release();
    await assert.rejects(lock.acquire(0), { number: 1222 });
    second();
  });

  it('gives up after LOCK_TIMEOUT: 1222, at once for 0; the next one gets it all the same', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(-1);
    const next = lock.acquire(-1);
    await assert.rejects(lock.acquire(5), { number: 1222 });
    release();
    (await next)();
    (await lock.acquire(0))();
  });

  it('is not given to who has cancelled', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(-1);
    const cancel = new AbortController();
    const waiting = assert.rejects(lock.acquire(-1, cancel.signal), /cancelled/);
    cancel.abort(new Error('cancelled'));
    await waiting;
    await assert.rejects(lock.acquire(-1, cancel.signal), /cancelled/);
    release();
    (await lock.acquire(0))();
  });
});
