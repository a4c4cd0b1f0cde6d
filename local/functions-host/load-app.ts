import { glob, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runHooks, withReadOnly } from './hooks.ts';
import type { WorkerApp } from './worker-app.ts';
import type { Capabilities } from './worker-contract.ts';

/** The worker's own, which the library may add to (azure-functions-nodejs-worker, src/eventHandlers/getWorkerCapabilities.ts). */
const WORKER_CAPABILITIES: Capabilities = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

/**
 * Loads the app as the worker does (azure-functions-nodejs-worker, src/startApp.ts): entry points, appStart hooks,
 * capabilities. From then on no function can be registered.
 * Throws what the app throws, with the file named in front.
 */
export async function loadApp(app: WorkerApp, appDirectory: string): Promise<Capabilities> {
  const { main, isModule } = await readPackage(appDirectory);
  for (const file of await findEntryPoints(main, appDirectory)) {
    app.currentEntryPoint = join(appDirectory, file);
    try {
      await loadFile(app.currentEntryPoint, isModule);
    } catch (cause) {
      throw entryPointError(file, cause);
    } finally {
      app.currentEntryPoint = undefined;
    }
  }
  await runHooks(
    app.hooks.appStart,
    withReadOnly(
      { functionAppDirectory: appDirectory },
      { hookData: () => app.appLevelHookData, appHookData: () => app.appHookData },
    ),
  );
  const defaults = { ...WORKER_CAPABILITIES };
  const capabilities = (await app.programmingModel?.getCapabilities?.(defaults)) ?? defaults;
  app.registrationLocked = true;
  return capabilities;
}

async function readPackage(appDirectory: string): Promise<{ main: string; isModule: boolean }> {
  const path = join(appDirectory, 'package.json');
  let content: { main?: unknown; type?: unknown };
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} can't be read as JSON: an app is found by its package.json.`, {
      cause,
    });
  }
  if (typeof content.main !== 'string') {
    throw new Error(`${path} names no "main": the file or glob of the app's entry points.`);
  }
  return { main: content.main, isModule: content.type === 'module' };
}

async function findEntryPoints(pattern: string, appDirectory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: appDirectory })) files.push(file);
  if (files.length === 0) {
    const reason = /[*?{[]/.test(pattern)
      ? 'Found zero files matching the supplied pattern'
      : 'File does not exist';
    throw entryPointError(pattern, new Error(reason));
  }
  return files.sort();
}

async function loadFile(path: string, isModule: boolean): Promise<void> {
  const asModule = path.endsWith('.mjs') || (isModule && !path.endsWith('.cjs'));
  if (asModule) await import(pathToFileURL(path).href);
  else createRequire(path)(path);
}

function entryPointError(file: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Worker was unable to load entry point "${file}": ${reason}`, { cause });
}
