// All tests, or the files that are named: `npm test`, `npx node test/run.ts test/shared/credential.test.ts`.
// Half of a run is waiting: for silent servers, locks, retries. `node --test` goes by the alphabet, so that the files which
// wait stand side by side and those which compute do, too. Taken in turns they fill the processors: 309 s for 400 on two.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** Folders whose tests wait most of their time. */
const WAITING =
  /^test\/(faults|functions|shared|local\/functions-host|local\/azure\/(amqp|event-hubs|service-bus))\//;

/** For one test; none of ours takes half as long. What becomes of its process: support/end-in-time.ts. */
const LIMIT_MS = 240_000;

const projectDirectory = join(import.meta.dirname, '..');

const named = process.argv.slice(2);
const found = globSync('test/**/*.test.ts', { cwd: projectDirectory }).map((file) =>
  file.replaceAll(sep, '/'),
);
const files = named.length > 0 ? named : inTurns(found.toSorted());

const results = run({
  files,
  cwd: projectDirectory,
  concurrency: availableParallelism() + 1,
  timeout: LIMIT_MS,
  execArgv: ['compile-cache', 'end-in-time'].map(
    (name) => `--import=${new URL(`support/${name}.ts`, import.meta.url)}`,
  ),
});
results.on('test:fail', () => {
  process.exitCode = 1;
});
results.compose(spec()).pipe(process.stdout);

/** Those that wait and those that compute, each spread evenly over the whole. */
function inTurns(all: readonly string[]): string[] {
  const { waiting = [], computing = [] } = Object.groupBy(all, (file) =>
    WAITING.test(file) ? 'waiting' : 'computing',
  );
  return [waiting, computing]
    .flatMap((list) => list.map((file, index) => ({ file, place: index / list.length })))
    .sort((one, other) => one.place - other.place)
    .map(({ file }) => file);
}
