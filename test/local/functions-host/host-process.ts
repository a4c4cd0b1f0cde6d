// Starts the functions host as a process of its own, as whoever runs an app does.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { after } from 'node:test';

const HOST_ENTRY = join(import.meta.dirname, '../../../local/functions-host/main.ts');

interface FunctionSummary {
  readonly name: string;
  readonly trigger: string;
  readonly methods?: readonly string[];
  readonly route?: string;
  readonly authLevel?: string;
  readonly schedule?: string;
}

export interface HostProcess {
  readonly baseUrl: string;
  readonly functions: readonly FunctionSummary[];
  readonly process: ChildProcess;
  /** Everything that it has printed. */
  output(): string;
  /** Resolves when it has printed this. */
  printed(text: string | RegExp): Promise<void>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

interface HostProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly execArgv?: readonly string[];
}

export const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

/** Starts an app of fixtures/ on a free port and stops it after the last test. Rejects with the sentence of a failed start. */
export async function startHostProcess(
  appName: string,
  { args = [], env = {}, execArgv = [] }: HostProcessOptions = {},
): Promise<HostProcess> {
  const child = fork(HOST_ENTRY, ['--app', fixture(appName), '--port', '0', ...args], {
    env: { PATH: process.env.PATH, TZ: 'UTC', ...env },
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  // Not 'close': it never comes when the parent has disconnected.
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => setImmediate(resolve, code)),
  );
  const stop = async () => {
    if (child.connected) child.disconnect();
    await exited;
  };
  after(stop);
  const ready = await whenReady(child);
  return {
    ...ready,
    process: child,
    output: () => output,
    printed: (text) =>
      waitFor(
        () => (typeof text === 'string' ? output.includes(text) : text.test(output)),
        listeners,
        String(text),
        () => output.slice(-2000),
      ),
    exited,
    stop,
  };
}

type Ready = Pick<HostProcess, 'baseUrl' | 'functions'>;

function whenReady(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { type: string; message?: string } & Ready) => {
      if (message.type === 'ready') resolve(message);
      else reject(new Error(message.message));
    });
    child.once('exit', (code) => reject(new Error(`The host ended with ${code}.`)));
  });
}

async function waitFor(
  isThere: () => boolean,
  listeners: Set<() => void>,
  what: string,
  seen: () => string,
): Promise<void> {
  if (isThere()) return;
  const found = Promise.withResolvers<void>();
  const listener = () => isThere() && found.resolve();
  listeners.add(listener);
  const timer = setTimeout(
    () => found.reject(new assert.AssertionError({ message: `never printed: ${what}\n${seen()}` })),
    10_000,
  );
  try {
    await found.promise;
  } finally {
    clearTimeout(timer);
    listeners.delete(listener);
  }
}
