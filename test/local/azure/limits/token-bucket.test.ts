import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBucket } from '../../../../local/azure/limits/token-bucket.ts';
import { StillClock } from '../../../support/still-clock.ts';

describe('a token bucket', () => {
  it('gives its size at once, then nothing, then what has come back', () => {
    const clock = new StillClock();
    const bucket = new TokenBucket(clock, { size: 3, refillPerSecond: 2 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => bucket.take()),
      [true, true, true, false],
    );
    clock.advanceMs(499);
    assert.equal(bucket.take(), false);
    clock.advanceMs(1);
    assert.deepEqual([bucket.take(), bucket.take()], [true, false]);
  });

  it('never holds more than its size', () => {
    const clock = new StillClock();
    const bucket = new TokenBucket(clock, { size: 3, refillPerSecond: 2 });
    bucket.take();
    clock.advanceMs(3_600_000);
    assert.equal(bucket.remaining, 3);
  });

  it('says in whole seconds when the next token comes, one at the least', () => {
    const clock = new StillClock();
    const slow = new TokenBucket(clock, { size: 1, refillPerSecond: 0.1 });
    slow.take();
    assert.equal(slow.retryAfterSeconds, 10);
    clock.advanceMs(4500);
    assert.equal(slow.retryAfterSeconds, 6);
    const fast = new TokenBucket(clock, { size: 1, refillPerSecond: 25 });
    fast.take();
    assert.equal(fast.retryAfterSeconds, 1);
  });

  it('neither refills nor empties when the clock is set back, and goes on from there', () => {
    const clock = new StillClock();
    const bucket = new TokenBucket(clock, { size: 10, refillPerSecond: 1 });
    for (let taken = 0; taken < 5; taken++) bucket.take();
    clock.advanceMs(-60_000);
    assert.equal(bucket.remaining, 5);
    clock.advanceMs(2000);
    assert.equal(bucket.remaining, 7);
  });
});
