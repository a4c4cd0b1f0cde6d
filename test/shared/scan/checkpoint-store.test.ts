import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep, within } from '../../../shared/deadline.ts';
import { CheckpointStore } from '../../../shared/scan/checkpoint-store.ts';
import { MemoryBlobs } from './world.ts';

describe('the checkpoint store', () => {
  it('writes nothing when the time of its run is up', async () => {
    const blobs = new MemoryBlobs(() => Date.parse('2026-11-25T12:00:00Z'));
    const store = new CheckpointStore(blobs);
    const change = () => store.update((checkpoint) => ({ ...checkpoint, seen: { a: 'b' } }));
    let late: Promise<void> = Promise.resolve();
    const run = within(10, 'app', async () => {
      await sleep(20);
      late = change();
      late.catch(() => {});
    });
    await assert.rejects(run, { code: 'TARGET_UNAVAILABLE', target: 'app' });
    await sleep(20);
    await assert.rejects(late, { code: 'TARGET_UNAVAILABLE', target: 'blobs' });
    assert.equal(blobs.writes, 0);
    await change();
    assert.equal(blobs.writes, 1);
  });
});
