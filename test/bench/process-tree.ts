import { execFileSync } from 'node:child_process';

/** Resident megabytes of a process and all below it, each process counted whole. */
export function residentMegabytes(rootPid: number): number {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([rootPid]);
  let grew = true;
  while (grew) {
    grew = false;
    for (const [pid = 0, parent = 0] of rows) {
      if (tree.has(parent) && !tree.has(pid)) {
        tree.add(pid);
        grew = true;
      }
    }
  }
  const kilobytes = rows
    .filter(([pid = 0]) => tree.has(pid))
    .reduce((sum, [, , rss = 0]) => sum + rss, 0);
  return kilobytes / 1024;
}
