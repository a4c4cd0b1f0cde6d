import { keyLevelOf } from './authorization.ts';
import { HOST_VERSION } from './core-module.ts';
import { type Execution, type Executor, HOST_API_REASON } from './executor.ts';
import { describeFunction } from './function-description.ts';
import type { FunctionInError, HostFunction } from './host-function.ts';
import { readBody } from './http-data.ts';
import type { HttpExchange } from './http-server.ts';
import type { Keys } from './keys.ts';
import type { HostLog } from './log.ts';
import { executeWithRetry } from './retry.ts';
import type { TypedData } from './worker-contract.ts';

export interface AdminOptions {
  readonly functions: readonly HostFunction[];
  readonly errors: readonly FunctionInError[];
  readonly executor: Executor;
  readonly keys: Keys | undefined;
  readonly log: HostLog;
  readonly baseUrl: string;
  readonly hostId: string;
  readonly stopping: AbortSignal;
  /** What a timer function gets when it is run by hand. */
  readonly timerInput: (fn: HostFunction) => Promise<TypedData>;
}

interface AdminCall extends HttpExchange {
  readonly options: AdminOptions;
  /** What the path's variable part holds. */
  readonly name: string;
}

type Operation = (call: AdminCall) => Promise<void> | void;

// Pretend: the part of the admin API that reads or runs; what changes keys, files or the host's state is 404.
/** Method, path and what answers it. */
const OPERATIONS: readonly (readonly [string, RegExp, Operation])[] = [
  ['GET', /^\/admin\/host\/status$/i, getStatus],
  ['GET', /^\/admin\/host\/keys$/i, getHostKeys],
  ['GET', /^\/admin\/host\/systemkeys\/(_master)$/i, getMasterKey],
  ['GET', /^\/admin\/functions$/i, listFunctions],
  ['GET', /^\/admin\/functions\/([^/]+)$/i, getFunction],
  ['POST', /^\/admin\/functions\/([^/]+)$/i, runFunction],
  ['GET', /^\/admin\/functions\/([^/]+)\/status$/i, getFunctionStatus],
  ['GET', /^\/admin\/functions\/([^/]+)\/keys$/i, getFunctionKeys],
];

/** Answers `/admin/…`; false for another path. The ping needs no key, all else the master key if keys are checked. */
export async function handleAdmin(exchange: HttpExchange, options: AdminOptions): Promise<boolean> {
  const { target, response } = exchange;
  const path = target.path.replace(/\/$/, '');
  if (!/^\/admin(\/|$)/i.test(path)) return false;
  if (/^\/admin\/host\/ping$/i.test(path)) {
    response.writeHead(200).end();
    return true;
  }
  if (options.keys && keyLevelOf(options.keys, target) !== 'admin') {
    response.writeHead(401).end();
    return true;
  }
  for (const [method, pattern, operation] of OPERATIONS) {
    const match = pattern.exec(path);
    if (!match || method !== target.method) continue;
    await operation({ ...exchange, options, name: match[1] ?? '' });
    return true;
  }
  response.writeHead(404).end();
  return true;
}

function writeJson({ response }: HttpExchange, body: unknown): void {
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}

function findFunction({ options, name }: AdminCall): HostFunction | undefined {
  return options.functions.find((fn) => fn.name.toLowerCase() === name.toLowerCase());
}

function getStatus(call: AdminCall): void {
  writeJson(call, {
    id: call.options.hostId,
    state: 'Running',
    version: HOST_VERSION,
    versionDetails: HOST_VERSION,
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'NotAllowed',
  });
}

function listFunctions(call: AdminCall): void {
  writeJson(
    call,
    call.options.functions.map((fn) => describeFunction(fn, call.options.baseUrl)),
  );
}

function getFunction(call: AdminCall): void {
  const fn = findFunction(call);
  if (fn) writeJson(call, describeFunction(fn, call.options.baseUrl));
  else call.response.writeHead(404).end();
}

function getFunctionStatus(call: AdminCall): void {
  const failed = call.options.errors.find(
    ({ name }) => name.toLowerCase() === call.name.toLowerCase(),
  );
  if (failed) writeJson(call, { errors: [failed.message] });
  else if (findFunction(call)) writeJson(call, {});
  else call.response.writeHead(404).end();
}

/** Azure: 202 and empty before the function has run, whatever it then does (FunctionsController.cs). */
async function runFunction(call: AdminCall): Promise<void> {
  const { target, request, response, options } = call;
  if (!/^(application|text)\/([^;]+\+)?json\b/i.test(target.headers.get('content-type') ?? '')) {
    request.resume();
    response.writeHead(415).end();
    return;
  }
  const body = await readBody(request);
  const invocation = parseInvocation(body);
  if (!invocation) {
    response.writeHead(400).end();
    return;
  }
  const fn = findFunction(call);
  if (!fn) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(202).end();
  await runByHand(fn, invocation.input, options);
}

/** `{"input": string}`, the input optional. Undefined if it is something else. */
function parseInvocation(body: Buffer): { readonly input: string | undefined } | undefined {
  try {
    const content: unknown = JSON.parse(body.toString());
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined;
    const { input } = content as { input?: unknown };
    if (input === undefined || input === null) return { input: undefined };
    return typeof input === 'object' ? undefined : { input: String(input) };
  } catch {
    return undefined;
  }
}

async function runByHand(
  fn: HostFunction,
  input: string | undefined,
  { executor, log, stopping, timerInput }: AdminOptions,
): Promise<void> {
  let execution: Pick<Execution, 'input' | 'triggerMetadata'>;
  try {
    // Only here: no run by itself needs it.
    const { manualExecution } = await import('./manual-run.ts');
    execution = await manualExecution(fn, input, timerInput);
  } catch (error) {
    // Azure: a timer whose stored status can't be read fails before it runs (TimerTriggerAttributeBindingProvider.cs).
    log({
      level: 'error',
      category: `Function.${fn.name}`,
      message: `Executed 'Functions.${fn.name}' (Failed): ${error instanceof Error ? error.message : error}`,
    });
    return;
  }
  // What the function throws is logged where it is thrown.
  await executeWithRetry(executor, fn, { ...execution, reason: HOST_API_REASON }, stopping).catch(
    () => undefined,
  );
}

function getHostKeys(call: AdminCall): void {
  writeKeys(call, call.options.keys?.host);
}

function getFunctionKeys(call: AdminCall): void {
  const fn = findFunction(call);
  writeKeys(call, fn && call.options.keys?.keysOf(fn.name));
}

function writeKeys(call: AdminCall, keys: ReturnType<Keys['keysOf']> | undefined): void {
  if (!keys) {
    call.response.writeHead(404).end();
    return;
  }
  writeJson(call, { keys: keys.map(({ name, value }) => ({ name, value })), links: [] });
}

function getMasterKey(call: AdminCall): void {
  const { keys } = call.options;
  if (keys) writeJson(call, { name: '_master', value: keys.master });
  else call.response.writeHead(404).end();
}
