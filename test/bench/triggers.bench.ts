// The functions host's triggers in a process of their own, with a function that only counts.
import type { TestContext } from 'node:test';
import { useMessagingAzure, WIDE_HUB_PARTITIONS } from '../local/functions-host/messaging-azure.ts';
import { describeRuns } from './median.ts';

const RUNS = 3;
const EVENTS = 40_000;
const MESSAGES = 12_000;
/** As JSON, 1 KB. */
const body = { text: 'x'.repeat(985) };
const WARM_SHARE = 4;

interface Mark {
  readonly total: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Microseconds of processor time. */
  readonly cpu: number;
}

interface Rate {
  readonly perSecond: number;
  /** Microseconds of the host's processor time for each message. */
  readonly cpu: number;
}

export async function bench(): Promise<string[]> {
  const azure = await useMessagingAzure();
  const lines: string[] = [];
  for (const [name, measure] of [
    ['hub trigger, 1 KB events, 4 partitions, batches of 100 (bar: 20,000)', events],
    ['queue trigger, peek-lock, batches (bar: 5,000)', queueBatches],
    ['queue trigger, peek-lock, one by one', singles],
  ] as const) {
    const rates: Rate[] = [];
    for (let run = 0; run < RUNS; run++) rates.push(await withContext((t) => measure(azure, t)));
    const rate = rates.map(({ perSecond }) => perSecond);
    lines.push(describeRuns(name, rate, 'messages/s'));
    const cpu = rates.map((one) => one.cpu);
    lines.push(describeRuns('  processor time of the host for each', cpu, 'µs'));
  }
  return lines;
}

type Azure = Awaited<ReturnType<typeof useMessagingAzure>>;

async function events(azure: Azure, t: TestContext): Promise<Rate> {
  const { hub, send } = azure.takeHub(t, { wide: true });
  azure.grantStorage(t);
  azure.grantHub(t, hub);
  for (let sent = 0; sent < EVENTS; sent += 500) {
    const partitionId = String((sent / 500) % WIDE_HUB_PARTITIONS);
    await send(partitionId, Array<unknown>(500).fill(body));
  }
  return run(azure, t, 'onEvents', EVENTS, { HUB_NAME: hub });
}

const queueBatches = (azure: Azure, t: TestContext) => queue(azure, t, 'batches', 'onBatch');
const singles = (azure: Azure, t: TestContext) => queue(azure, t, 'orders', 'onOrder');

async function queue(azure: Azure, t: TestContext, name: string, fn: string): Promise<Rate> {
  azure.grantStorage(t);
  azure.grantReceiver(t, `queues/${name}`);
  const sender = azure.createBus(t).createSender(name);
  for (let sent = 0; sent < MESSAGES; sent += 200) {
    await sender.sendMessages(Array.from({ length: 200 }, () => ({ body })));
  }
  return run(azure, t, fn, MESSAGES, {});
}

/** From the first quarter on: the host's start and its cold code are `npm run bench -- start`'s. */
async function run(
  { startHost }: Azure,
  t: TestContext,
  fn: string,
  count: number,
  env: Record<string, string>,
): Promise<Rate> {
  const marks = { WARM: String(count / WARM_SHARE), COUNT: String(count) };
  const host = await startHost(t, [fn], { ...env, ...marks }, { appName: 'counting-app' });
  await host.printed(`"mark":${count},`);
  const [warm, all] = [...host.output().matchAll(/counted (.*)/g)].map(
    ([, json = '']) => JSON.parse(json) as Mark,
  );
  if (!warm || !all) throw new Error('The app did not say when it was done.');
  const counted = all.total - warm.total;
  return {
    perSecond: counted / ((all.now - warm.now) / 1000),
    cpu: (all.cpu - warm.cpu) / counted,
  };
}

/** Undoes what was set up, last first, when the measurement is over. */
async function withContext<T>(measure: (t: TestContext) => Promise<T>): Promise<T> {
  const undo: (() => unknown)[] = [];
  const context = { after: (act: () => unknown) => void undo.push(act) };
  try {
    return await measure(context as unknown as TestContext);
  } finally {
    for (const act of undo.reverse()) await act();
  }
}
