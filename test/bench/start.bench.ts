// Start and size of `npm start`, beside Azurite's blob service alone, in turn: A B A B …
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeRuns, median } from './median.ts';
import { residentMegabytes } from './process-tree.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNS = 7;

interface Start {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export async function bench(): Promise<string[]> {
  const ours: Start[] = [];
  const peer: Start[] = [];
  for (let run = -1; run < RUNS; run++) {
    const a = await timeStart('npm', ['start', '--silent', '--', '--port', '0'], /^Ready/m);
    const b = await timeStart(
      process.execPath,
      [
        'node_modules/azurite/dist/src/blob/main.js',
        ...['--blobHost', '127.0.0.1', '--blobPort', '0'],
        ...['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'],
      ],
      /successfully listens/,
    );
    if (run < 0) continue; // The first pair builds and warms the disk cache.
    ours.push(a);
    peer.push(b);
  }
  const ratio = (pick: (start: Start) => number) => median(ours.map(pick)) / median(peer.map(pick));
  return [
    describeRuns(
      'npm start to Ready',
      ours.map((s) => s.milliseconds),
      'ms',
    ),
    describeRuns(
      'Azurite blob alone',
      peer.map((s) => s.milliseconds),
      'ms',
    ),
    `ratio of medians: ${ratio((s) => s.milliseconds).toFixed(2)} (bar: at most 2)`,
    describeRuns(
      'npm start, all processes, npm included',
      ours.map((s) => s.megabytes),
      'MB',
    ),
    describeRuns(
      'Azurite blob alone',
      peer.map((s) => s.megabytes),
      'MB',
    ),
    `ratio of medians: ${ratio((s) => s.megabytes).toFixed(2)} (bar: at most 2.5)`,
  ];
}

async function timeStart(command: string, args: string[], ready: RegExp): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    await whenPrinted(child, ready);
    const milliseconds = performance.now() - startedAt;
    return { milliseconds, megabytes: residentMegabytes(child.pid ?? 0) };
  } finally {
    const exited = new Promise((resolve) => child.once('close', resolve));
    process.kill(-(child.pid ?? 0), 'SIGINT'); // the whole group, as Ctrl-C in a terminal
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
