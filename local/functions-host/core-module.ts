// `@azure/functions-core` exists only inside a worker: the real one answers `require` for that id itself
// (azure-functions-nodejs-worker, src/setupCoreModule.ts), and so does this.
import Module from 'node:module';
import { type HookCallback, runLogHooks, systemError } from './hooks.ts';
import type { HostLog } from './log.ts';
import type { WorkerApp } from './worker-app.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './worker-contract.ts';

const CORE_MODULE = '@azure/functions-core';
/** The versions whose behaviour this host reproduces. */
const WORKER_VERSION = '3.13.0';
export const HOST_VERSION = '4.1048.200';

/** Gives something back when it is disposed, once. */
class Disposable {
  #dispose: (() => void) | undefined;

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  dispose(): void {
    const dispose = this.#dispose;
    this.#dispose = undefined;
    dispose?.();
  }
}

/**
 * Lets the app find `@azure/functions-core`. Must run before the app loads, or the library falls back to its
 * test mode and registers nothing. Returns the undo.
 */
export function installCoreModule(app: WorkerApp, log: HostLog): () => void {
  const core = createCoreModule(app, log);
  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply: (target, self, args) =>
      args[0] === CORE_MODULE ? core : Reflect.apply(target, self, args),
  });
  return () => {
    Module.prototype.require = original;
  };
}

function createCoreModule(app: WorkerApp, log: HostLog) {
  return {
    version: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      registerFunction(app, metadata, callback),
    registerHook: (name: string, callback: HookCallback) => registerHook(app, name, callback),
    setProgrammingModel(model: ProgrammingModel) {
      app.programmingModel = model;
    },
    getProgrammingModel: () => app.programmingModel,
    log(level: LogLevel, category: LogCategory, message: string) {
      const record = runLogHooks(
        app.hooks.log,
        { level, category, message },
        {
          hookData: () => app.appLevelHookData,
          appHookData: () => app.appHookData,
          invocationContext: () => undefined,
        },
      );
      log({ level: record.level, category: 'Worker', message: record.message });
    },
  };
}

function registerFunction(
  app: WorkerApp,
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): Disposable {
  if (app.registrationLocked) {
    throw systemError(Error, 'A function can only be registered during app startup.');
  }
  const functionId = metadata.functionId || metadata.name;
  if (app.functions.has(functionId)) {
    throw systemError(Error, `A function with id "${functionId}" has already been registered.`);
  }
  app.functions.set(functionId, {
    metadata: { ...metadata, functionId },
    callback,
    scriptFile: app.currentEntryPoint,
  });
  return new Disposable(() => {
    if (app.registrationLocked) {
      throw systemError(Error, 'A function can only be disposed during app startup.');
    }
    app.functions.delete(functionId);
  });
}

function registerHook(app: WorkerApp, name: string, callback: HookCallback): Disposable {
  const callbacks = Object.hasOwn(app.hooks, name)
    ? app.hooks[name as keyof typeof app.hooks]
    : undefined;
  if (!callbacks) throw systemError(RangeError, `Unrecognized hook "${name}"`);
  callbacks.push(callback);
  return new Disposable(() => {
    const index = callbacks.indexOf(callback);
    if (index >= 0) callbacks.splice(index, 1);
  });
}
