import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface TreeMemory {
  /** Proportional set size: a page that n processes share counts a n-th in each. What the tree really takes. */
  readonly proportional: number;
  /** Resident set size: shared pages (Node's own binary) count whole in each process. */
  readonly resident: number;
}

/** Megabytes of a process and all below it. Linux only. */
export function treeMemory(rootPid: number): TreeMemory {
  const processes = processTree(rootPid);
  const sum = (file: string, field: RegExp) =>
    processes
      .map((pid) => Number(field.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0))
      .reduce((total, kilobytes) => total + kilobytes / 1024, 0);
  return {
    proportional: sum('smaps_rollup', /^Pss:\s+(\d+)/m),
    resident: sum('status', /^VmRSS:\s+(\d+)/m),
  };
}

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux of Node's

/** Seconds of processor time that a process has used. Linux only. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_SECOND;
}

function processTree(rootPid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [rootPid];
  for (const parent of tree) {
    tree.push(...rows.filter(([, ppid]) => ppid === parent).map(([pid = 0]) => pid));
  }
  return tree;
}
