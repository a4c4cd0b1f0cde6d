// The scan of 1,000, 10,000 and 100,000 resources, 1 % of them new, with ARM's token buckets on; where the bucket is
// empty; and by Resource Graph where nothing is new. Each scan in a process of its own.
import { describeRuns, median } from './median.ts';
import { ScanWorld, type SeenScan } from './scan-world.ts';

const RUNS = 5;
const SIZES = [1_000, 10_000, 100_000] as const;
/** Documented: 250 reads, and 25 more each second; 15 queries in 5 seconds. */
const DOCUMENTED = { resourceManager: {}, resourceGraph: {}, identity: {} };
/** So small that it dictates how long a scan takes. */
const SMALL = { size: 20, refillPerSecond: 4 };
/**
 * Of a process whose memory is compared: the app lives on from scan to scan, so the bar is for several. Sooner or later
 * V8 doubles its young generation, by 33 MB and whatever the size; within the first scan the larger does and the smaller
 * does not, which is shown beside it.
 */
const SCANS = [1, 5] as const;

export async function bench(): Promise<string[]> {
  const world = await ScanWorld.start();
  try {
    const scopes = SIZES.map((size, index) =>
      world.addSubscription(`${index}0000000-0000-4000-8000-000000000000`, size),
    );
    const largest = scopes.at(-1) ?? '';
    return [
      ...(await benchTime(world, scopes)),
      ...(await benchMemory(world, scopes.slice(1), SCANS[0])),
      ...(await benchMemory(world, scopes.slice(1), SCANS[1])),
      ...(await benchEmptyBucket(world, largest)),
      ...(await benchIdle(world, largest)),
    ];
  } finally {
    await world.stop();
  }
}

async function benchTime(world: ScanWorld, scopes: readonly string[]): Promise<string[]> {
  const runs = await inTurn(RUNS, scopes, (scope) => {
    world.azure.limits.set(DOCUMENTED);
    return world.firstScan({ SCAN_SCOPES: scope });
  });
  for (const [index, scans] of runs.entries()) {
    const isAllFound = scans.every(
      ({ report }) => report.newFindingCount === (SIZES[index] ?? 0) / 100,
    );
    if (!isAllFound) throw new Error('every hundredth is new');
  }
  const pageMs = (index: number) =>
    median((runs[index] ?? []).map(({ milliseconds }) => milliseconds)) /
    ((SIZES[index] ?? 0) / 1000);
  return [
    ...runs.flatMap((scans, index) => [
      describe(`${SIZES[index]} resources, time`, scans, ({ milliseconds }) => milliseconds, 'ms'),
      `  answers of Resource Manager: ${distinct(scans, ({ answers }) => JSON.stringify(answers))}`,
    ]),
    `  time of a page, 100,000 against 10,000: ${(pageMs(2) / pageMs(1)).toFixed(2)} (linear: 1, less where the start weighs)`,
  ];
}

async function benchMemory(
  world: ScanWorld,
  scopes: readonly string[],
  count: number,
): Promise<string[]> {
  world.azure.limits.set({});
  const runs = await inTurn(RUNS, scopes, (scope) =>
    world.firstScan({ SCAN_SCOPES: scope, SCAN_COUNT: String(count) }),
  );
  const peak = ({ peakMegabytes }: SeenScan) => peakMegabytes;
  const [smaller = Number.NaN, larger = Number.NaN] = runs.map((scans) => median(scans.map(peak)));
  return [
    ...runs.map((scans, index) =>
      describe(
        `${SIZES[index + 1]} resources, peak memory of ${count} scan${count > 1 ? 's' : ''}`,
        scans,
        peak,
        'MB',
      ),
    ),
    `  ratio of medians ${(larger / smaller).toFixed(3)}${count === 1 ? '' : ' (bar: at most 1.1)'}`,
    ...runs.map((scans, index) =>
      describe(
        `${SIZES[index + 1]} resources, alive after them`,
        scans,
        ({ aliveMegabytes }) => aliveMegabytes,
        'MB',
      ),
    ),
  ];
}

async function benchEmptyBucket(world: ScanWorld, scope: string): Promise<string[]> {
  const [scans = []] = await inTurn(3, [scope], () => {
    world.azure.limits.set({ resourceManager: { reads: SMALL } });
    return world.firstScan({ SCAN_SCOPES: scope });
  });
  const ratio = ({ answers, answeredMs }: SeenScan) =>
    answeredMs / 1000 / (((answers[200] ?? 0) - SMALL.size) / SMALL.refillPerSecond);
  return [
    describe(
      '100000 resources, empty bucket: time against what it dictates',
      scans,
      ratio,
      'times',
    ),
    `  (bar: at most 1.1) answers: ${distinct(scans, ({ answers }) => JSON.stringify(answers))}`,
  ];
}

async function benchIdle(world: ScanWorld, scope: string): Promise<string[]> {
  world.azure.limits.set(DOCUMENTED);
  const byGraph = { SCAN_SCOPES: scope, SCAN_FEED: 'resourceGraph' };
  await world.firstScan(byGraph);
  const graph: SeenScan[] = [];
  const list: SeenScan[] = [];
  for (let run = 0; run < RUNS; run++) {
    world.azure.limits.set(DOCUMENTED);
    graph.push(await world.scan(byGraph));
    list.push(await world.scan({ SCAN_SCOPES: scope }));
  }
  world.addDisk(`${scope}/resourceGroups/rg-0`, 1_000_000, 1_000);
  const news = await world.scan(byGraph);
  if (news.report.newFindingCount !== 1) throw new Error('the new one was not found');
  const time = ({ milliseconds }: SeenScan) => milliseconds;
  return [
    describe('100000 resources, nothing new, by Resource Graph', graph, time, 'ms'),
    `  requests: ${distinct(graph, ({ requests }) => requests.join(', '))}`,
    describe('100000 resources, nothing new, by the list', list, time, 'ms'),
    `  requests: ${distinct(list, ({ requests }) => String(requests.length))}`,
    `  one new resource, by Resource Graph: ${news.requests.length} requests`,
  ];
}

/** A B C A B C …, so that a busy minute of the machine meets all. The first round warms up and does not count. */
async function inTurn(
  rounds: number,
  scopes: readonly string[],
  scan: (scope: string) => Promise<SeenScan>,
): Promise<SeenScan[][]> {
  const runs: SeenScan[][] = scopes.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, scope] of scopes.entries()) {
      const seen = await scan(scope);
      if (round >= 0) runs[index]?.push(seen);
    }
  }
  return runs;
}

function describe(
  name: string,
  scans: readonly SeenScan[],
  pick: (scan: SeenScan) => number,
  unit: string,
): string {
  return describeRuns(name, scans.map(pick), unit);
}

function distinct(scans: readonly SeenScan[], pick: (scan: SeenScan) => string): string {
  return [...new Set(scans.map(pick))].join('; ');
}
