import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkChronicle } from './check-chronicle.ts';
import { knownHistories } from './known-histories.ts';
import { playHistory } from './play-history.ts';

/** So many drawings of how long each call takes. */
const LATENCIES = 40;

describe('a scan keeps its promises for what is', () => {
  for (const [name, history] of Object.entries(knownHistories)) {
    it(name, async () => {
      for (let entropy = 0; entropy < LATENCIES; entropy++) {
        const chronicle = await playHistory({ ...history, entropy });
        assert.ok(chronicle.deliveries.length > 0);
        assert.deepEqual(checkChronicle(chronicle), [], `entropy ${entropy}`);
      }
    });
  }
});
