import { randomBytes } from 'node:crypto';
import { runHooks, runLogHooks, withReadOnly } from './hooks.ts';
import type { HostLog } from './log.ts';
import type { RegisteredFunction, WorkerApp } from './worker-app.ts';
import type {
  CoreInvocationContext,
  FunctionCallback,
  InvocationRequest,
  InvocationResponse,
} from './worker-contract.ts';

/**
 * Runs one function once, in the order of the real worker (azure-functions-nodejs-worker,
 * src/eventHandlers/InvocationHandler.ts): arguments, preInvocation hooks, function, postInvocation hooks, response.
 * Throws what the function or a hook throws.
 */
export async function invoke(
  app: WorkerApp,
  fn: RegisteredFunction,
  request: InvocationRequest,
  log: HostLog,
): Promise<InvocationResponse> {
  if (!app.programmingModel) throw new Error('The app has not loaded @azure/functions.');
  const hookData = {};
  let invocationContext: unknown;
  const shared = {
    hookData: () => hookData,
    appHookData: () => app.appHookData,
    invocationContext: () => invocationContext,
  };
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: fn.metadata,
    state: undefined,
    log(level, category, message) {
      const record = runLogHooks(app.hooks.log, { level, category, message }, shared);
      const suffix = category === 'user' ? '.User' : '';
      log({
        level: record.level,
        category: `Function.${fn.metadata.name}${suffix}`,
        message: record.message,
      });
    },
  };
  const model = await app.programmingModel.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  invocationContext = context;

  const before: { inputs: unknown[]; functionCallback: FunctionCallback } = withReadOnly(
    { inputs, functionCallback: fn.callback },
    shared,
  );
  await inState(core, 'preInvocationHooks', () => runHooks(app.hooks.preInvocation, before));

  const after: { inputs: unknown[]; result: unknown; error: unknown } = withReadOnly(
    { inputs: before.inputs, result: null, error: null },
    shared,
  );
  await inState(core, 'invocation', async () => {
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error('Unknown error');
    }
  });
  await inState(core, 'postInvocationHooks', () => runHooks(app.hooks.postInvocation, after));

  if (after.error !== null && after.error !== undefined) throw after.error;
  return await model.getResponse(context, after.result);
}

async function inState(
  core: CoreInvocationContext,
  state: NonNullable<CoreInvocationContext['state']>,
  step: () => Promise<void>,
): Promise<void> {
  core.state = state;
  try {
    await step();
  } finally {
    core.state = undefined;
  }
}

/** W3C Trace Context: a fresh root, or the caller's if its header is well-formed. */
export function traceParentOf(header: string | undefined): string {
  if (header !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header)) {
    const [version, traceId, , flags] = header.split('-');
    return `${version}-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
  }
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
