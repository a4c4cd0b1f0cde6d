// npm run soak -- [--seeds N] [--first K] [--kind memory|embedded|killed]
import { parseArgs } from 'node:util';
import { checkChronicle } from './check-chronicle.ts';
import type { Chronicle } from './chronicle.ts';
import { openEmbeddedAzure } from './embedded/open-embedded-azure.ts';
import { playEmbedded } from './embedded/play-embedded.ts';
import { playKilled } from './embedded/play-killed.ts';
import { playHistory } from './play-history.ts';
import { describeFailure, soakSeed } from './soak.ts';

/**
 * `memory`: doubles of Azure in virtual time, many histories a second; a failing one is shrunk. `embedded`: the
 * embedded Azure, over TLS. `killed`: the same, with processes that are killed by SIGKILL.
 */
const KINDS = ['memory', 'embedded', 'killed'] as const;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    kind: { type: 'string', default: 'memory' },
  },
});
const kind = KINDS.find((one) => one === values.kind);
const first = Number(values.first);
const last = first + Number(values.seeds) - 1;
if (!kind || !Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first) {
  console.error('npm run soak -- [--seeds N] [--first K] [--kind memory|embedded|killed]');
  process.exit(2);
}

const met = { runs: 0, killed: 0, resources: 0, handedOn: 0 };
function count({ runs, incarnations, deliveries }: Chronicle): void {
  met.runs += runs.length;
  met.killed += runs.filter(({ process: { isDead } }) => isDead).length;
  met.resources += incarnations.length;
  met.handedOn += deliveries.length;
}

const embedded = kind === 'memory' ? undefined : await openEmbeddedAzure();

/** What is wrong with this seed; undefined if nothing is. */
async function fail(seed: number): Promise<string | undefined> {
  if (!embedded) {
    const failure = await soakSeed(
      seed,
      { kind: 'memory', shrinks: true, play: playHistory },
      count,
    );
    return failure && describeFailure(failure);
  }
  if (kind === 'embedded') {
    const play = (history: Parameters<typeof playHistory>[0]) => playEmbedded(embedded, history);
    const failure = await soakSeed(seed, { kind, play }, count);
    return failure && describeFailure(failure);
  }
  const chronicle = await playKilled(embedded, { seed, rounds: 3 });
  count(chronicle);
  const complaints = checkChronicle(chronicle).join('\n  ');
  return complaints === '' ? undefined : `Seed ${seed} fails:\n  ${complaints}`;
}

const startedAt = performance.now();
let failures = 0;
for (let seed = first; seed <= last; seed++) {
  const failure = await fail(seed);
  if (failure === undefined) continue;
  failures += 1;
  console.log(`\n${failure}`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
await embedded?.stop();
console.log(
  `${last - first + 1} seeds (${first} to ${last}, ${kind}) in ${seconds} s: ${met.runs} runs ` +
    `(${met.killed} killed), ${met.resources} resources created, ${met.handedOn} handed on. ` +
    `${failures} seeds failed.`,
);
process.exitCode = failures > 0 ? 1 : 0;
