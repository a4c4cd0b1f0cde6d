// Property: whatever befalls Azure and the app, everything created is reported exactly once (twice only where a run
// died or failed between handing on and saying so), and nothing is lost. More seeds: npm run soak.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { ScanReport } from '../../shared/scan/scan-report.ts';
import type { Chronicle } from './chronicle.ts';
import { histories } from './history.ts';
import { playHistory } from './play-history.ts';
import { describeFailure, soakSeed } from './soak.ts';

const SEEDS = 100;

describe('a scan in any history', () => {
  const chronicles: Chronicle[] = [];
  const failures: string[] = [];
  before(async () => {
    for (let seed = 1; seed <= SEEDS && failures.length === 0; seed++) {
      const stage = { kind: 'memory', play: playHistory } as const;
      const failure = await soakSeed(seed, stage, (chronicle) => chronicles.push(chronicle));
      if (failure) failures.push(describeFailure(failure));
    }
  });

  it(`keeps every promise in ${SEEDS} of them`, () => {
    assert.equal(failures.join('\n'), '');
  });

  it('meets in them what it has to withstand', () => {
    const runs = chronicles.flatMap((chronicle) => chronicle.runs);
    const met = {
      killed: runs.filter(({ process }) => process.isDead).length,
      frozen: runs.filter(({ process }) => process.wasFrozen).length,
      failed: runs.filter(({ error }) => error !== undefined).length,
      cut: runs.filter(({ report }) => report?.outcome === 'cut').length,
      'finished by the feed': runs.filter(({ report }) => isByFeed(report)).length,
      overlapping: chronicles.flatMap(overlaps).length,
      'handed on twice, in doubt': chronicles.flatMap(doubles).length,
      'created again': chronicles.flatMap(reincarnations).length,
    };
    for (const [what, times] of Object.entries(met)) {
      assert.ok(times >= 20, `${what}: ${times} times in ${SEEDS} histories`);
    }
  });

  it('plays the same history the same way', async () => {
    const [drawn] = fc.sample(histories(40), { seed: 7, numRuns: 1 });
    assert.ok(drawn);
    const [first, second] = [await playHistory(drawn), await playHistory(drawn)];
    const timesOf = ({ deliveries, versions }: Chronicle) => [
      deliveries.map(({ at, finding }) => [at, finding]),
      versions.map(({ at, atMs, text }) => [at, atMs, text.length]),
    ];
    assert.ok(first.versions.length > 0);
    assert.deepEqual(timesOf(first), timesOf(second));
  });
});

function isByFeed(report: ScanReport | undefined): boolean {
  return report?.scopes.some(({ feed }) => feed === 'resourceGraph') ?? false;
}

function overlaps({ runs }: Chronicle) {
  return runs.slice(1).filter(({ startedAtMs }, index) => {
    const before = runs[index];
    return before?.endedAtMs !== undefined && before.endedAtMs > startedAtMs;
  });
}

function doubles({ deliveries }: Chronicle) {
  const ids = new Set<string>();
  return deliveries.filter(({ finding: { eventId } }) => ids.has(eventId) || !ids.add(eventId));
}

function reincarnations({ incarnations }: Chronicle) {
  const ids = incarnations.map(({ id }) => id);
  return ids.filter((id, index) => ids.indexOf(id) < index);
}
