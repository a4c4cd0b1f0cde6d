import type { Executor } from './executor.ts';
import { runHooks, withReadOnly } from './hooks.ts';
import type { HttpServer } from './http-server.ts';
import type { HostLog } from './log.ts';
import type { WorkerApp } from './worker-app.ts';

/** ASP.NET's own limit for running requests; then 10 s for listeners and 5 s for hooks, as the real host. */
const LIMITS_MS = { requests: 30_000, listeners: 10_000, hooks: 5_000 };

export interface StopHostOptions {
  readonly app: WorkerApp;
  readonly server: HttpServer;
  /** What starts runs by itself: timers, message listeners. */
  readonly listeners: readonly { stop(): Promise<void> }[];
  readonly executor: Executor;
  readonly log: HostLog;
}

/**
 * Azure: the port closes at once and running requests finish; then the listeners stop; then the app's appTerminate
 * hooks run (azure-functions-host, WebJobsScriptHostService.cs, GrpcWorkerChannel.cs).
 */
export async function stopHost(options: StopHostOptions): Promise<void> {
  const { app, server, listeners, executor, log } = options;
  const warn = (message: string) => log({ level: 'warning', category: 'Host.General', message });
  // No new run begins while requests finish.
  const listenersStopped = Promise.all(listeners.map((listener) => listener.stop()));
  await server.stop(LIMITS_MS.requests);
  const idle = Promise.all([listenersStopped, executor.idle()]);
  if (!(await within(idle, LIMITS_MS.listeners))) warn('Listeners were still running after 10 s.');
  const context = withReadOnly(
    {},
    { hookData: () => app.appLevelHookData, appHookData: () => app.appHookData },
  );
  const hooks = runHooks(app.hooks.appTerminate, context).catch((error) =>
    warn(`An appTerminate hook failed: ${error instanceof Error ? error.stack : error}`),
  );
  if (!(await within(hooks, LIMITS_MS.hooks))) warn('appTerminate hooks were cut off after 5 s.');
}

/** Whether it ended in time; a failure counts as ended. */
async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), limitMs);
  const done = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([done, late.promise]);
  clearTimeout(timer);
  return inTime;
}
