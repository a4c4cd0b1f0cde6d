// node main.ts --app <folder> [--port <n>] [--enable-auth]: the functions host as a process of its own.
// A parent that has forked it learns `ready` or `failed` by IPC; the process ends when that channel closes.
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FunctionsHost } from './host.ts';
import { printLog } from './log.ts';

/** Types are stripped and code compiled once per machine, also the app's: 290 ms to `ready` become 110. */
const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/node-compile');

interface Arguments {
  readonly appDirectory: string;
  readonly port: number;
  readonly enableAuth: boolean;
}

async function main(): Promise<void> {
  const ending = whenToldToEnd();
  let host: FunctionsHost;
  try {
    const { appDirectory, port, enableAuth } = readArguments(process.argv.slice(2));
    process.chdir(appDirectory);
    enableCompileCache(process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE);
    const { startFunctionsHost } = await import('./host.ts');
    host = await startFunctionsHost({
      appDirectory,
      port,
      enableAuth,
      environment: process.env,
      log: printLog,
      onTimeout: fail,
    });
  } catch (error) {
    fail(error);
    return;
  }
  process.send?.({ type: 'ready', baseUrl: host.baseUrl, functions: host.functions });
  await ending;
  // Whoever is impatient says it twice.
  process.on('SIGINT', () => process.exit(1));
  await host.stop();
  process.exit(0);
}

/** Core Tools' defaults. Throws a sentence that names the argument. */
function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      app: { type: 'string', default: '.' },
      port: { type: 'string', default: '7071' },
      'enable-auth': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'.`);
  }
  return { appDirectory: resolve(values.app), port, enableAuth: values['enable-auth'] };
}

/** Tells who started it, and ends with 1. The app's own error comes with its stack. */
function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const isOfTheApp = message.startsWith('Worker was unable to load');
  process.stderr.write(`${message}\n${isOfTheApp && cause?.stack ? `${cause.stack}\n` : ''}`);
  if (process.connected) process.send?.({ type: 'failed', message }, () => process.exit(1));
  else process.exit(1);
}

/** A signal, or the end of the parent. Later ones change nothing: Ctrl-C reaches the parent and this process. */
function whenToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => setImmediate(resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    if (process.send) process.on('disconnect', end);
  });
}

await main();
