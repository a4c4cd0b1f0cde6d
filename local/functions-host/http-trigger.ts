import { isAllowed, keyLevelOf } from './authorization.ts';
import { type Executor, HOST_API_REASON } from './executor.ts';
import { readBody, toRpcHttp, writeRpcResponse } from './http-data.ts';
import { findRoute, type HttpFunction, type MatchedRoute } from './http-route.ts';
import type { HttpExchange } from './http-server.ts';
import { streamToFunction } from './http-stream.ts';
import type { Keys } from './keys.ts';

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
const DEFAULT_BODY_LIMIT_BYTES = 104_857_600;

export interface HttpTriggerOptions {
  readonly functions: readonly HttpFunction[];
  readonly executor: Executor;
  /** Undefined: no key is checked, as with `func start`. */
  readonly keys: Keys | undefined;
  /** Where the library listens if the app has set `enableHttpStream`. */
  readonly streamUri: string | undefined;
  /** The setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT. */
  readonly bodyLimitBytes: number | undefined;
}

/** Answers the request by the function whose route fits; false if none does. */
export async function handleHttpTrigger(
  exchange: HttpExchange,
  options: HttpTriggerOptions,
): Promise<boolean> {
  const { target, request, response } = exchange;
  const route = findRoute(options.functions, target.method, target.path);
  if (!route) return false;
  const refusal = refuse(exchange, route, options);
  if (refusal !== undefined) {
    request.resume();
    response.writeHead(refusal, refusal === 413 ? { connection: 'close' } : {}).end();
    return true;
  }
  const { executor, streamUri } = options;
  if (streamUri !== undefined) {
    await streamToFunction(exchange, route, executor, streamUri);
    return true;
  }
  const body = await readBody(request);
  const { returnValue } = await executor.execute(route.fn, {
    input: toRpcHttp(target, route.params, body),
    reason: HOST_API_REASON,
    traceParent: target.headers.get('traceparent'),
  });
  writeRpcResponse(response, returnValue);
  return true;
}

function refuse(
  { target }: HttpExchange,
  { fn }: MatchedRoute,
  { keys, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES }: HttpTriggerOptions,
): number | undefined {
  const level = keys ? keyLevelOf(keys, target, fn.name) : undefined;
  if (level !== undefined && !isAllowed(level, fn.trigger.authLevel)) return 401;
  // Azure: the master key reaches a disabled function (FunctionInvocationMiddleware.cs).
  if (fn.disabled && level !== 'admin') return 404;
  // Pretend: 413 as Kestrel says it; what the real host makes of it has not been seen.
  if (Number(target.headers.get('content-length') ?? 0) > bodyLimitBytes) return 413;
  return undefined;
}
