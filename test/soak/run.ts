// npm run soak -- [--seeds N] [--first K]
import { parseArgs } from 'node:util';
import { playHistory } from './play-history.ts';
import { describeFailure, soakSeed } from './soak.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
  },
});
const first = Number(values.first);
const last = first + Number(values.seeds) - 1;
const startedAt = performance.now();
const met = { runs: 0, resources: 0, handedOn: 0, killed: 0 };
let failures = 0;
for (let seed = first; seed <= last; seed++) {
  const failure = await soakSeed(seed, async (drawn) => {
    const chronicle = await playHistory(drawn);
    met.runs += chronicle.runs.length;
    met.resources += chronicle.incarnations.length;
    met.handedOn += chronicle.deliveries.length;
    met.killed += chronicle.runs.filter(({ process }) => process.isDead).length;
    return chronicle;
  });
  if (!failure) continue;
  failures += 1;
  console.log(`\n${describeFailure(failure)}`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(
  `${last - first + 1} seeds (${first} to ${last}) in ${seconds} s: ${met.runs} runs (${met.killed} killed), ` +
    `${met.resources} resources created, ${met.handedOn} handed on. ${failures} seeds failed.`,
);
process.exitCode = failures > 0 ? 1 : 0;
