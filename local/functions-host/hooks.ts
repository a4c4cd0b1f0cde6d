import type { LogCategory, LogLevel } from './worker-contract.ts';

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type HookCallback = (context: object) => unknown;
export type HookSet = Record<HookName, HookCallback[]>;

/** Calls the hooks in order of registration, each awaited; the first that throws ends it. */
export async function runHooks(callbacks: readonly HookCallback[], context: object): Promise<void> {
  for (const callback of [...callbacks]) await callback(context);
}

/**
 * Adds getters that throw on assignment, as the worker's own hook contexts do
 * (azure-functions-nodejs-worker, src/eventHandlers/InvocationHandler.ts).
 */
export function withReadOnly<T extends object>(
  target: T,
  properties: Readonly<Record<string, () => unknown>>,
): T {
  for (const [name, get] of Object.entries(properties)) {
    Object.defineProperty(target, name, {
      enumerable: true,
      get,
      set() {
        throw systemError(TypeError, `Cannot assign to read only property '${name}'`);
      },
    });
  }
  return target;
}

/** An error that the library recognises as the runtime's and not the user's. */
export function systemError(type: ErrorConstructor, message: string): Error {
  return Object.assign(new type(message), { isAzureFunctionsSystemError: true });
}

export interface WorkerLogRecord {
  level: LogLevel;
  message: string;
  readonly category: LogCategory;
}

/** Log hooks see each record first and may change its level and message. They run synchronously. */
export function runLogHooks(
  callbacks: readonly HookCallback[],
  record: WorkerLogRecord,
  data: {
    readonly hookData: () => unknown;
    readonly appHookData: () => unknown;
    readonly invocationContext: () => unknown;
  },
): WorkerLogRecord {
  let current = record;
  for (const callback of callbacks) {
    const context = withReadOnly(
      { level: current.level, message: current.message },
      { ...data, category: () => record.category },
    );
    callback(context);
    current = { category: record.category, level: context.level, message: context.message };
  }
  return current;
}
