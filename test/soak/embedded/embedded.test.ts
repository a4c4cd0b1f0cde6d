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
  const feeds = new Map<string, number>();

  // Drawn with all feeds in few of them.
  for (const seed of [1, 2, 3, 8, 9]) {
    it(`keeps every promise in history ${seed}`, async () => {
      const play = (history: Parameters<typeof playEmbedded>[1]) => playEmbedded(embedded, history);
      const failure = await soakSeed(seed, { kind: 'embedded', play }, ({ feed, runs }) => {
        const byFeed = runs.filter(({ report }) =>
          report?.scopes.some((scope) => scope.feed === 'resourceGraph'),
        );
        feeds.set(feed, (feeds.get(feed) ?? 0) + byFeed.length);
      });
      assert.equal(failure && describeFailure(failure), undefined);
    });
  }

  it('has met in them the list alone, and runs that followed Resource Graph, prompt and poor', () => {
    assert.deepEqual([...feeds.keys()].sort(), ['none', 'poor', 'prompt']);
    assert.equal(feeds.get('none'), 0);
    for (const feed of ['poor', 'prompt']) assert.ok((feeds.get(feed) ?? 0) > 0, feed);
  });

  it('[25] keeps every promise though its processes are killed by SIGKILL, two at a time', async () => {
    const chronicle = await playKilled(embedded, { seed: 1, rounds: 2 });
    assert.deepEqual(checkChronicle(chronicle), []);
    const killed = chronicle.runs.filter(({ process }) => process.isDead);
    assert.ok(killed.length >= 2, `${killed.length} were killed`);
  });
});
