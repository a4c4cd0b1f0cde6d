import { randomUUID } from 'node:crypto';
import type { HostFunction } from './host-function.ts';
import { invoke, traceParentOf } from './invocation.ts';
import type { HostLog } from './log.ts';
import type { WorkerApp } from './worker-app.ts';
import type { InvocationResponse, RetryContext, TypedData } from './worker-contract.ts';

/** Azure's words for a run by HTTP or by the admin API. */
export const HOST_API_REASON = 'This function was programmatically called via the host APIs.';

export interface Execution {
  readonly input: TypedData;
  /** Why it runs, as in Azure's log: `Timer fired at …`. */
  readonly reason: string;
  readonly details?: string;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceParent?: string | undefined;
  readonly retryContext?: RetryContext;
  readonly invocationId?: string;
}

export interface Executor {
  /** Runs a function once and logs it. Throws what the function throws. */
  execute(fn: HostFunction, execution: Execution): Promise<InvocationResponse>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

export interface ExecutorOptions {
  readonly app: WorkerApp;
  readonly log: HostLog;
  /** Infinity for none. */
  readonly functionTimeoutMs: number;
  // Pretend: the process has to end, since JavaScript can't be stopped from outside. Azure restarts the worker alone.
  /** An invocation went on past the limit. */
  readonly onTimeout: (message: string) => void;
}

export class FunctionTimeoutError extends Error {}

export function createExecutor(options: ExecutorOptions): Executor {
  const running = new Set<Promise<InvocationResponse>>();
  return {
    execute(fn, execution) {
      const invocation = execute(fn, execution, options).finally(() => running.delete(invocation));
      running.add(invocation);
      return invocation;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

async function execute(
  fn: HostFunction,
  execution: Execution,
  options: ExecutorOptions,
): Promise<InvocationResponse> {
  const { app, log } = options;
  const invocationId = execution.invocationId ?? randomUUID();
  const category = `Function.${fn.name}`;
  const startedMs = performance.now();
  const say = (level: 'information' | 'error', message: string) =>
    log({ level, category, message });

  say(
    'information',
    `Executing 'Functions.${fn.name}' (Reason='${execution.reason}', Id=${invocationId})`,
  );
  if (execution.details) say('information', `Trigger Details: ${execution.details}`);
  const outcome = (result: string) =>
    `Executed 'Functions.${fn.name}' (${result}, Id=${invocationId}, Duration=${Math.round(performance.now() - startedMs)}ms)`;
  try {
    const request = {
      invocationId,
      functionId: fn.registered.metadata.functionId,
      inputData: [{ name: fn.trigger.bindingName, data: execution.input }],
      triggerMetadata: execution.triggerMetadata ?? {},
      traceContext: { traceParent: traceParentOf(execution.traceParent) },
      ...(execution.retryContext && { retryContext: execution.retryContext }),
    };
    const running = invoke(app, fn.registered, request, log);
    const response = await withTimeout(running, fn, invocationId, options);
    say('information', outcome('Succeeded'));
    return response;
  } catch (error) {
    say('error', outcome('Failed'));
    say('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    throw error;
  }
}

/** `hh:mm:ss`, for less than a day. */
const formatTime = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 19);

async function withTimeout<T>(
  running: Promise<T>,
  fn: HostFunction,
  invocationId: string,
  { functionTimeoutMs, onTimeout }: ExecutorOptions,
): Promise<T> {
  if (!Number.isFinite(functionTimeoutMs)) return running;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      const message = `Timeout value of ${formatTime(functionTimeoutMs)} exceeded by function 'Functions.${fn.name}' (Id: '${invocationId}'). Initiating cancellation.`;
      reject(new FunctionTimeoutError(message));
      onTimeout(message);
    },
    Math.min(functionTimeoutMs, 2 ** 31 - 1),
  );
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}
