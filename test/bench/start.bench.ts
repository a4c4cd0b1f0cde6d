// Start and size of `npm start`, beside Azurite's blob service alone, in turn: A B A B …
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeRuns, median } from './median.ts';
import { type TreeMemory, treeMemory } from './process-tree.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNS = 7;
const AZURITE = [
  'node_modules/azurite/dist/src/blob/main.js',
  ...['--blobHost', '127.0.0.1', '--blobPort', '0'],
  ...['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'],
];

interface Start extends TreeMemory {
  readonly milliseconds: number;
}

export async function bench(): Promise<string[]> {
  const ours: Start[] = [];
  const peer: Start[] = [];
  for (let run = -1; run < RUNS; run++) {
    const a = await timeStart('npm', ['start', '--silent', '--', '--port', '0'], /^Ready/m);
    const b = await timeStart(process.execPath, AZURITE, /successfully listens/);
    if (run < 0) continue; // The first pair builds and warms the disk cache.
    ours.push(a);
    peer.push(b);
  }
  const compare = (what: string, unit: string, bar: number, pick: (start: Start) => number) => [
    describeRuns(`${what}, npm start (npm's own process included)`, ours.map(pick), unit),
    describeRuns(`${what}, Azurite's blob service alone`, peer.map(pick), unit),
    `  ratio of medians ${(median(ours.map(pick)) / median(peer.map(pick))).toFixed(2)} (bar: at most ${bar})`,
  ];
  return [
    ...compare('start', 'ms', 2, (start) => start.milliseconds),
    ...compare('memory, shared pages counted once', 'MB', 2.5, (start) => start.proportional),
    ...compare('memory, shared pages in each process', 'MB', 2.5, (start) => start.resident),
  ];
}

async function timeStart(command: string, args: readonly string[], ready: RegExp): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  try {
    await whenPrinted(child, ready);
    return { milliseconds: performance.now() - startedAt, ...treeMemory(pid) };
  } finally {
    const exited = new Promise((resolve) => child.once('close', resolve));
    process.kill(-pid, 'SIGINT'); // the whole group, as Ctrl-C in a terminal
    await exited;
  }
}

function whenPrinted(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (pattern.test(output)) resolve();
      });
    }
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it was ready:\n${output}`)),
    );
  });
}
