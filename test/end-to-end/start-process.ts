// `npm start` as a process of its own, in a group of its own: as a terminal has it.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { projectDirectory } from '../support/local-azure.ts';

export interface StartProcess {
  readonly pid: number;
  /** What it has printed, errors among it. */
  output(): string;
  /** Resolves with the match when it has printed this. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with its exit code when it has ended and all its output is there. */
  readonly ended: Promise<number | null>;
  /** Processes of its group that are there at this moment. */
  group(): readonly string[];
  /** Resolves when none is left; fails if some are after `limitMs`. */
  gone(limitMs: number): Promise<void>;
  /** To the process alone, or to the whole group as Ctrl-C in a terminal. */
  signal(name: NodeJS.Signals, to: 'process' | 'group'): void;
}

const LIMIT_MS = 30_000;

const leftovers = new Set<() => void>();
// Here and not where a process is started: in a `before` hook, `after` means after that hook.
after(() => {
  for (const kill of leftovers) kill();
});

/** Whatever is left of it is killed after the file's last test. */
export function startProcess(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): StartProcess {
  const child = spawn(process.execPath, [join(projectDirectory, 'local/start.mjs'), ...args], {
    cwd: projectDirectory,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  assert.ok(pid !== undefined);
  const signal = (name: NodeJS.Signals, to: 'process' | 'group') => {
    process.kill(to === 'group' ? -pid : pid, name);
  };
  const group = () => processesOfGroup(pid);
  leftovers.add(() => {
    if (group().length > 0) signal('SIGKILL', 'group');
  });
  return {
    pid,
    ...collectOutput(child),
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
    group,
    async gone(limitMs) {
      const deadline = performance.now() + limitMs;
      // The end of a grandchild can't be waited for, only looked at.
      while (group().length > 0 && performance.now() < deadline) await delay(20);
      assert.deepEqual(group(), [], `left after ${limitMs} ms`);
    },
    signal,
  };
}

function collectOutput(child: ChildProcess): Pick<StartProcess, 'output' | 'printed'> {
  const printing = new EventEmitter();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      printing.emit('printed');
    });
  }
  return {
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) settle(() => resolve(match));
        };
        const giveUp = (why: string) =>
          settle(() => reject(new Error(`${why}: ${pattern} was not printed, but:\n${output}`)));
        const timer = setTimeout(giveUp, LIMIT_MS, 'too late');
        const settle = (end: () => void) => {
          clearTimeout(timer);
          printing.off('printed', look);
          end();
        };
        printing.on('printed', look);
        child.once('close', () => giveUp('ended'));
        look();
      }),
  };
}

/** `pid command` of each; what has ended and was not yet collected by its new parent (Z) does not count. */
function processesOfGroup(group: number): string[] {
  const all = existsSync('/proc/self/stat') ? readProcesses() : listProcesses();
  return all
    .filter((one) => one.group === group && !one.state.startsWith('Z'))
    .map(({ pid, command }) => `${pid} ${command}`);
}

interface ProcessFacts {
  readonly pid: number;
  readonly group: number;
  readonly state: string;
  readonly command: string;
}

/** Linux, where `ps` may not be installed. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // The name, in parentheses, may hold anything.
        const [state = '', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(pid), group: Number(group), state, command }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function listProcesses(): ProcessFacts[] {
  return execFileSync('ps', ['-axo', 'pid=,pgid=,stat=,command='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, group, state = '', ...command]) => ({
      pid: Number(pid),
      group: Number(group),
      state,
      command: command.join(' '),
    }));
}
