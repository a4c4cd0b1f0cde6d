// The same properties on the embedded Azure: the app's clients, unmodified SDKs, TLS, genuine tokens, ETags.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkChronicle } from '../check-chronicle.ts';
import { describeFailure, soakSeed } from '../soak.ts';
import { openEmbeddedAzure } from './open-embedded-azure.ts';
import { playEmbedded } from './play-embedded.ts';
import { playKilled } from './play-killed.ts';

const embedded = await openEmbeddedAzure();
after(() => embedded.stop());

describe('a scan of the embedded Azure', () => {
  for (let seed = 1; seed <= 5; seed++) {
    it(`keeps every promise in history ${seed}`, async () => {
      const play = (history: Parameters<typeof playEmbedded>[1]) => playEmbedded(embedded, history);
      const failure = await soakSeed(seed, { kind: 'embedded', play });
      assert.equal(failure && describeFailure(failure), undefined);
    });
  }

  it('[25] keeps every promise though its processes are killed by SIGKILL, two at a time', async () => {
    const chronicle = await playKilled(embedded, { seed: 1, rounds: 2 });
    assert.deepEqual(checkChronicle(chronicle), []);
    const killed = chronicle.runs.filter(({ process }) => process.isDead);
    assert.ok(killed.length >= 2, `${killed.length} were killed`);
  });
});
