// The scan of 1,000, 10,000 and 100,000 resources, 1 % of them new, with ARM's token buckets on; where the bucket is
// empty; and by Resource Graph where nothing is new.
import { describeRuns, median } from './median.ts';
import { ScanWorld, type SeenScan } from './scan-world.ts';

const RUNS = 5;
const SIZES = [1_000, 10_000, 100_000] as const;
/** Documented: 250 reads, and 25 more each second. */
const DOCUMENTED = { resourceManager: {}, resourceGraph: {}, identity: {} };
/** So small that it dictates how long a scan takes. */
const SMALL = { size: 20, refillPerSecond: 5 };

export async function bench(): Promise<string[]> {
  const world = await ScanWorld.start();
  try {
    const scopes = SIZES.map((size, index) =>
      world.addSubscription(`${index}0000000-0000-4000-8000-000000000000`, size),
    );
    const largest = scopes.at(-1) ?? '';
    return [
      ...(await benchSizes(world, scopes)),
      ...(await benchEmptyBucket(world, largest)),
      ...(await benchIdle(world, largest)),
    ];
  } finally {
    await world.stop();
  }
}

/** In turn, so that a busy minute of the machine meets all of them. */
async function benchSizes(world: ScanWorld, scopes: readonly string[]): Promise<string[]> {
  const runs: SeenScan[][] = scopes.map(() => []);
  for (let run = -1; run < RUNS; run++) {
    for (const [index, scope] of scopes.entries()) {
      world.azure.limits.set(DOCUMENTED);
      await world.forgetState();
      const scan = await world.scan({ SCAN_SCOPES: scope });
      expect(scan.report.newFindingCount === (SIZES[index] ?? 0) / 100, 'every hundredth is new');
      if (run >= 0) runs[index]?.push(scan); // The first round warms up.
    }
  }
  const perThousand = (index: number) =>
    medianOf(runs[index] ?? [], ({ milliseconds }) => milliseconds) / ((SIZES[index] ?? 0) / 1000);
  const peak = (index: number) => medianOf(runs[index] ?? [], ({ peakMegabytes }) => peakMegabytes);
  return [
    ...SIZES.flatMap((size, index) => {
      const scans = runs[index] ?? [];
      return [
        describeRuns(
          `${size} resources, time`,
          scans.map((scan) => scan.milliseconds),
          'ms',
        ),
        describeRuns(
          `${size} resources, peak memory`,
          scans.map((scan) => scan.peakMegabytes),
          'MB',
        ),
        `  answers of Resource Manager: ${JSON.stringify(scans[0]?.answers)}, 429: ${sum(scans, ({ answers }) => answers[429] ?? 0)} in all runs`,
      ];
    }),
    `  time of a page, 100,000 against 10,000: ${(perThousand(2) / perThousand(1)).toFixed(2)} (linear: 1)`,
    `  peak memory, 100,000 against 10,000: ${(peak(2) / peak(1)).toFixed(3)} (bar: at most 1.1)`,
  ];
}

async function benchEmptyBucket(world: ScanWorld, scope: string): Promise<string[]> {
  const ratios: number[] = [];
  for (let run = 0; run < 3; run++) {
    await world.forgetState();
    world.azure.limits.set({ resourceManager: { reads: SMALL } });
    const { milliseconds, answers } = await world.scan({ SCAN_SCOPES: scope });
    const dictatedMs = (((answers[200] ?? 0) - SMALL.size) / SMALL.refillPerSecond) * 1000;
    ratios.push(milliseconds / dictatedMs);
  }
  return [
    describeRuns(
      '100,000 resources, empty bucket: time against what the bucket dictates',
      ratios,
      'times',
    ),
    '  (bar: at most 1.1)',
  ];
}

async function benchIdle(world: ScanWorld, scope: string): Promise<string[]> {
  world.azure.limits.set(DOCUMENTED);
  await world.forgetState();
  const settings = { SCAN_SCOPES: scope, SCAN_FEED: 'resourceGraph' };
  await world.scan(settings);
  const idle: SeenScan[] = [];
  const list: SeenScan[] = [];
  for (let run = 0; run < RUNS; run++) {
    idle.push(await world.scan(settings));
    world.azure.limits.set(DOCUMENTED);
    list.push(await world.scan({ SCAN_SCOPES: scope }));
  }
  const [group = ''] = [`${scope}/resourceGroups/rg-0`];
  world.addDisk(group, 1_000_000, 1_000);
  const news = await world.scan(settings);
  expect(news.report.newFindingCount === 1, 'the new one is found');
  return [
    describeRuns(
      '100,000 resources, nothing new, by Resource Graph',
      idle.map((scan) => scan.milliseconds),
      'ms',
    ),
    `  requests: ${[...new Set(idle.map(({ requests }) => requests.join(', ')))].join('; ')}`,
    describeRuns(
      '100,000 resources, nothing new, by the list',
      list.map((scan) => scan.milliseconds),
      'ms',
    ),
    `  one new resource, by Resource Graph: ${news.requests.length} requests, ${news.milliseconds.toFixed(0)} ms`,
  ];
}

function medianOf<T>(items: readonly T[], pick: (item: T) => number): number {
  return median(items.map(pick));
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`the bench is wrong: ${what}`);
}
