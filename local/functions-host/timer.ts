// One timer that runs its function on schedule (azure-webjobs-sdk-extensions, Timers/Listener/TimerListener.cs).
import type { Executor } from './executor.ts';
import type { HostFunction, TimerTrigger } from './host-function.ts';
import type { HostLog } from './log.ts';
import { executeWithRetry } from './retry.ts';
import {
  checkPastDue,
  encodeScheduleStatus,
  type ScheduleMonitor,
  type ScheduleStatus,
  toLocalTime,
} from './schedule-status.ts';
import type { TypedData } from './worker-contract.ts';

export type TimerFunction = HostFunction & { readonly trigger: TimerTrigger };

export interface TimerOptions {
  readonly fn: TimerFunction;
  readonly executor: Executor;
  readonly log: HostLog;
  /** Undefined: nothing outlives the process. */
  readonly monitor: ScheduleMonitor | undefined;
}

export interface Timer {
  /** No run begins any more; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/** setTimeout holds 24.8 days; Azure's timer has the same limit. */
const MAX_WAIT_MS = 24 * 86_400_000;

type RunKind = 'scheduled' | 'pastDue' | 'runOnStartup';

/** Name of the timer in storage. */
export const timerNameOf = (fn: HostFunction) => `Host.Functions.${fn.name}`;

/** Reads the status and starts the schedule. Throws what the monitor throws: then nothing has started. */
export async function startTimer(options: TimerOptions): Promise<Timer> {
  const { fn, monitor, log } = options;
  const { schedule, runOnStartup } = fn.trigger;
  const nowMs = Date.now();
  const stored = await monitor?.read(timerNameOf(fn));
  const { status, changed, pastDue } = checkPastDue(stored, schedule, nowMs);
  if (monitor && changed) await monitor.write(timerNameOf(fn), status);
  log({
    level: 'debug',
    category: 'Host.Triggers.Timer',
    message: `The next occurrence of the '${fn.name}' schedule (${schedule.description}) will be ${toLocalTime(status.nextMs)}.`,
  });
  const first: RunKind = pastDue ? 'pastDue' : runOnStartup ? 'runOnStartup' : 'scheduled';
  // Azure: the first run of a timer without a stored status sees an empty LastUpdated
  // (seen with WebHost 4.1037).
  const current = stored ? status : { ...status, lastUpdatedMs: undefined };
  return runSchedule(options, current, first);
}

function runSchedule(options: TimerOptions, initial: ScheduleStatus, first: RunKind): Timer {
  const { schedule } = options.fn.trigger;
  const stopping = new AbortController();
  let status = initial;
  let timeout: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const waitUntil = (atMs: number, kind: RunKind) => {
    if (stopping.signal.aborted) return;
    const waitMs = Math.max(0, atMs - Date.now());
    if (waitMs > MAX_WAIT_MS) timeout = setTimeout(() => waitUntil(atMs, kind), MAX_WAIT_MS);
    else timeout = setTimeout(() => void begin(kind), waitMs);
  };
  const begin = (kind: RunKind) => {
    running = run(kind);
    return running;
  };
  const run = async (kind: RunKind) => {
    // A timer may fire a little early: the occurrence counts, or it would come twice.
    const startedMs = Date.now();
    const countedMs = kind === 'scheduled' ? Math.max(startedMs, status.nextMs) : startedMs;
    await runOnce(options, status, kind, stopping.signal);
    status = { lastMs: countedMs, nextMs: schedule.next(countedMs), lastUpdatedMs: countedMs };
    await options.monitor?.write(timerNameOf(options.fn), status);
    waitUntil(status.nextMs, 'scheduled');
  };

  waitUntil(first === 'scheduled' ? status.nextMs : Date.now(), first);
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timeout);
      await running;
    },
  };
}

/** A failed run changes nothing about the schedule; it has been logged. */
async function runOnce(
  { fn, executor, monitor }: TimerOptions,
  status: ScheduleStatus,
  kind: RunKind,
  signal: AbortSignal,
): Promise<void> {
  const details = {
    scheduled: undefined,
    pastDue: `UnscheduledInvocationReason: IsPastDue, OriginalSchedule: ${toLocalTime(status.nextMs)}`,
    runOnStartup: 'UnscheduledInvocationReason: RunOnStartup',
  }[kind];
  const execution = {
    input: timerInput(fn.trigger, monitor && status, kind === 'pastDue'),
    reason: `Timer fired at ${toLocalTime(Date.now())}`,
    ...(details !== undefined && { details }),
  };
  await executeWithRetry(executor, fn, execution, signal).catch(() => undefined);
}

/** What the function gets. */
export function timerInput(
  trigger: TimerTrigger,
  status: ScheduleStatus | undefined,
  isPastDue: boolean,
): TypedData {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: trigger.schedule.adjustForDst },
      ScheduleStatus: status ? encodeScheduleStatus(status) : null,
      IsPastDue: isPastDue,
    }),
  };
}
