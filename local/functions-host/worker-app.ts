import type { HookSet } from './hooks.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './worker-contract.ts';

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata & { readonly functionId: string };
  readonly callback: FunctionCallback;
  /** File from which it was registered, if that was an entry point. */
  readonly scriptFile: string | undefined;
}

/** What the loaded app has told the worker so far. One per process: the library keeps globals. */
export interface WorkerApp {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: HookSet;
  /** Shared by all hooks of the app. */
  readonly appHookData: Record<string, unknown>;
  /** Shared by appStart and appTerminate only. */
  readonly appLevelHookData: Record<string, unknown>;
  programmingModel: ProgrammingModel | undefined;
  currentEntryPoint: string | undefined;
  registrationLocked: boolean;
}

export function createWorkerApp(): WorkerApp {
  return {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    appHookData: {},
    appLevelHookData: {},
    programmingModel: undefined,
    currentEntryPoint: undefined,
    registrationLocked: false,
  };
}
