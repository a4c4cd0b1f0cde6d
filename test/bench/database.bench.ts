// The app's database module and the unmodified driver, against the embedded Azure SQL in a process of its own.
import { resourcesToRecord } from './database-findings.ts';
import { DatabasePeers, fillWideTable, pointQuery, type Query } from './database-peers.ts';
import { DatabaseProcess } from './database-process.ts';
import { describeRuns } from './median.ts';

const RUNS = 5;
const COLD_CALLS = 10;
const POINT_QUERIES = 100;
const TURNS = 40;
const WARM_TURNS = 10;
const LOGINS = 20;
const MESSAGES = 6_000;
const RECORD_RUNS = 3;

export async function bench(): Promise<string[]> {
  const azure = await DatabaseProcess.start();
  try {
    return [
      ...(await coldPool(azure)),
      ...(await withPeers(azure, async (peers) => [
        ...(await pointQueries(peers)),
        ...(await logins(peers)),
        ...(await streaming(azure, peers)),
      ])),
      ...(await recording(azure)),
    ];
  } finally {
    await azure.stop();
  }
}

async function withPeers(
  azure: DatabaseProcess,
  measure: (peers: DatabasePeers) => Promise<string[]>,
): Promise<string[]> {
  const peers = await DatabasePeers.connect(azure);
  try {
    return await measure(peers);
  } finally {
    await peers.close();
  }
}

async function coldPool(azure: DatabaseProcess): Promise<string[]> {
  const services = azure.createServices({ SQL_POOL_SIZE: String(COLD_CALLS) });
  const { position } = await azure.seen();
  try {
    const start = performance.now();
    const one = () => services.database.query(...pointQuery(crypto.randomUUID()));
    await Promise.all(Array.from({ length: COLD_CALLS }, one));
    const elapsed = performance.now() - start;
    const { tokens, logins } = await azure.seen(position);
    return [
      `cold pool, ${COLD_CALLS} calls at once: ${tokens} token request (bar: 1), ${logins} logins, ${elapsed.toFixed(0)} ms with the driver's loading`,
    ];
  } finally {
    await services.close();
  }
}

const MEANS = ['module', 'socket', 'select1'] as const;

/** In turns, a few at a time: load of the machine meets all alike. The first turns warm up and do not count. */
async function pointQueries(peers: DatabasePeers): Promise<string[]> {
  const rates = { module: [] as number[], socket: [] as number[], select1: [] as number[] };
  for (let turn = -WARM_TURNS; turn < TURNS; turn++) {
    for (const name of MEANS) {
      const perSecond = await rateOf(peers.pointQuery[name]);
      if (turn >= 0) rates[name].push(perSecond);
    }
  }
  const { module, socket, select1 } = rates;
  const ratio = (ours: readonly number[], theirs: readonly number[]) =>
    ours.map((one, turn) => one / (theirs[turn] ?? Number.NaN));
  return [
    describeRuns('point query, one after the other, our module', module, 'queries/s'),
    describeRuns(
      "  mssql with its default validation ('SELECT 1' before each)",
      select1,
      'queries/s',
    ),
    describeRuns("  mssql 'socket', one connection (bar: 1,000)", socket, 'queries/s'),
    describeRuns('  module of mssql, turns (bar: 2)', ratio(module, select1), 'times'),
    describeRuns("  mssql 'socket' of mssql, turns", ratio(socket, select1), 'times'),
    describeRuns("  module of mssql 'socket', turns", ratio(module, socket), 'times'),
  ];
}

async function rateOf(query: Query): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < POINT_QUERIES; index++) await query();
  return POINT_QUERIES / ((performance.now() - start) / 1000);
}

async function logins(peers: DatabasePeers): Promise<string[]> {
  const times: number[] = [];
  for (let run = 0; run < LOGINS; run++) times.push(await peers.loginMs());
  return [describeRuns('connect and login, strict (bar: under 20)', times, 'ms')];
}

async function streaming(azure: DatabaseProcess, peers: DatabasePeers): Promise<string[]> {
  const rows = await fillWideTable(azure);
  // A tenth warms up: were rows kept, the tenfold of them would show.
  await peers.stream(rows / 10);
  const seconds: number[] = [];
  const grown: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const streamed = await peers.stream(rows);
    if (streamed.rows !== rows) throw new Error(`${streamed.rows} rows came`);
    seconds.push(streamed.seconds);
    grown.push(streamed.grownMegabytes);
  }
  return [
    describeRuns(`${rows} rows of 6 columns streamed (bar: under 2)`, seconds, 's'),
    describeRuns("  the app's memory at its highest, more than before", grown, 'MB'),
  ];
}

async function recording(azure: DatabaseProcess): Promise<string[]> {
  const rates: number[] = [];
  const azureCpu: number[] = [];
  const appCpu: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run < RECORD_RUNS; run++) {
    await resourcesToRecord(azure, MESSAGES);
    const recorded = await azure.record();
    rates.push(recorded.perSecond);
    azureCpu.push(recorded.azureCpuMicroseconds);
    appCpu.push(recorded.appCpuMicroseconds);
    memory.push(recorded.appMegabytes);
  }
  return [
    describeRuns('recordResource, message in to message completed (bar: 500)', rates, 'messages/s'),
    describeRuns('  processor time of the host with the app for each', appCpu, 'µs'),
    describeRuns('  processor time of the embedded Azure for each', azureCpu, 'µs'),
    describeRuns('  memory of the host with the app at the end', memory, 'MB'),
  ];
}
