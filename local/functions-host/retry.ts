import { setTimeout as delay } from 'node:timers/promises';
import type { Execution, Executor } from './executor.ts';
import type { HostFunction } from './host-function.ts';
import type { InvocationResponse, RetryContext, RetryOptions } from './worker-contract.ts';

/**
 * Runs a function with its retry policy, which the host and not the library carries out: up to 1 + maxRetryCount
 * times, each a new invocation (azure-functions-host, ScriptInvocationContextExtensions.cs).
 * Azure: of our triggers timers and Event Hubs honour it; Service Bus has its delivery count. Throws the last error.
 */
export async function executeWithRetry(
  executor: Executor,
  fn: HostFunction,
  execution: Execution,
  signal: AbortSignal,
): Promise<InvocationResponse> {
  const policy = fn.registered.metadata.retryOptions;
  if (!policy || fn.trigger.type === 'serviceBusTrigger') return executor.execute(fn, execution);
  const maxRetryCount = policy.maxRetryCount ?? 0;
  let exception: RetryContext['exception'];
  for (let retryCount = 0; ; retryCount++) {
    const retryContext = { retryCount, maxRetryCount, ...(exception && { exception }) };
    try {
      return await executor.execute(fn, { ...execution, retryContext });
    } catch (error) {
      const isLast = maxRetryCount !== -1 && retryCount >= maxRetryCount;
      if (isLast || signal.aborted) throw error;
      exception = wrapException(fn.name, error);
      await delay(delayMs(policy, retryCount), undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** How .NET renders a worker's failure; the app reads it as `context.retryContext.exception`. */
function wrapException(functionName: string, error: unknown): { message: string } {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return {
    message: `Microsoft.Azure.WebJobs.Host.FunctionInvocationException : Exception while executing function: Functions.${functionName} ---> Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException : Result: Failure\nException: ${message}\nStack: ${stack}`,
  };
}

function delayMs(policy: RetryOptions, retryCount: number): number {
  const secondsOf = (interval: { seconds?: number } | undefined, fallback: number) =>
    (interval?.seconds ?? fallback) * 1000;
  if (policy.retryStrategy === 'fixedDelay') return secondsOf(policy.delayInterval, 0);
  const minimum = secondsOf(policy.minimumInterval, 0);
  const maximum = secondsOf(policy.maximumInterval, 0);
  // Pretend: doubled from the minimum, without .NET's random spread.
  return Math.min(maximum, minimum * 2 ** retryCount);
}
