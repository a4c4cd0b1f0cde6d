import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { acquireBlobLease } from './blob-lease.ts';
import { createBlobScheduleMonitor } from './blob-schedule-monitor.ts';
import type { Executor } from './executor.ts';
import type { HostFunction } from './host-function.ts';
import {
  connectHostStorage,
  explainStorageFailure,
  type HostStorageSettings,
} from './host-storage.ts';
import { runLockedListener } from './locked-listener.ts';
import type { HostLog } from './log.ts';
import type { ScheduleMonitor } from './schedule-status.ts';
import { startTimer, type Timer, type TimerFunction, timerInput, timerNameOf } from './timer.ts';
import type { LogLevel, TypedData } from './worker-contract.ts';

export interface TimersOptions {
  readonly functions: readonly HostFunction[];
  readonly executor: Executor;
  readonly log: HostLog;
  /** Undefined: every timer runs in this process alone, without a stored status. */
  readonly storage: HostStorageSettings | undefined;
  readonly hostId: string;
}

export interface Timers {
  /** What a timer gets when it is run by hand: the stored status, which stays as it is. */
  inputFor(fn: HostFunction): Promise<TypedData>;
  /** No run begins any more; resolves when the running ones have ended and the locks are given back. */
  stop(): Promise<void>;
}

const isTimer = (fn: HostFunction): fn is TimerFunction => fn.trigger.type === 'timerTrigger';

/** Starts the app's timers in the background; never throws, what goes wrong is in the log. */
export function startTimers(options: TimersOptions): Timers {
  const timers = options.functions.filter(isTimer);
  if (timers.length === 0) return { inputFor: async () => ({}), stop: async () => undefined };
  return options.storage
    ? startStoredTimers(timers, options, options.storage)
    : startPlainTimers(timers, options);
}

const saysIn = (log: HostLog) => (level: LogLevel, message: string) =>
  log({ level, category: 'Host.Triggers.Timer', message });

/** Without host storage. */
function startPlainTimers(timers: readonly TimerFunction[], options: TimersOptions): Timers {
  const { executor, log } = options;
  // Pretend: timers run without host storage, which the real host does not do.
  saysIn(log)(
    'warning',
    'No host storage is set (AzureWebJobsStorage__blobServiceUri): timers run without a stored status, so a missed run is not noticed.',
  );
  const enabled = timers.filter(({ disabled }) => !disabled);
  const started = enabled.map((fn) => startTimer({ fn, executor, log, monitor: undefined }));
  return {
    inputFor: async (fn) => inputWith(fn, undefined),
    async stop() {
      await Promise.all((await Promise.all(started)).map((timer) => timer.stop()));
    },
  };
}

async function inputWith(
  fn: HostFunction,
  monitor: ScheduleMonitor | undefined,
): Promise<TypedData> {
  if (!isTimer(fn)) return {};
  const monitored = fn.trigger.useMonitor ? monitor : undefined;
  return timerInput(fn.trigger, await monitored?.read(timerNameOf(fn)), false);
}

function startStoredTimers(
  timers: readonly TimerFunction[],
  options: TimersOptions,
  settings: HostStorageSettings,
): Timers {
  const { executor, log, hostId } = options;
  const say = saysIn(log);
  const stopping = new AbortController();
  const explain = (error: unknown) => explainStorageFailure(error, settings);
  const connected = connectHostStorage(settings);
  const monitored = connected.then((container) =>
    createBlobScheduleMonitor(container, settings, hostId, log),
  );
  monitored.catch(() => undefined);
  const listen = (fn: TimerFunction) =>
    runLockedListener({
      acquire: async () =>
        acquireBlobLease(await connected, `locks/${hostId}/${timerNameOf(fn)}.Listener`),
      start: async (): Promise<Timer> => {
        const monitor = fn.trigger.useMonitor ? await monitored : undefined;
        return startTimer({ fn, executor, log, monitor });
      },
      onFailure: (error) =>
        say(
          'error',
          `The listener for function 'Functions.${fn.name}' was unable to start: ${explain(error)} It is tried again.`,
        ),
      onLockedElsewhere: () =>
        say(
          'information',
          `The timer of '${fn.name}' runs in another host with the id '${hostId}'.`,
        ),
      explain,
      signal: stopping.signal,
    });
  const enabled = timers.filter(({ disabled }) => !disabled);
  const running = [
    ...enabled.map(listen),
    holdHostLock(connected, hostId, stopping.signal, explain, say),
  ];
  return {
    inputFor: (fn) =>
      monitored
        .then((monitor) => inputWith(fn, monitor))
        .catch((error: unknown) => {
          throw new Error(explain(error), { cause: error });
        }),
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** The primary host's lock: `locks/<hostId>/host`. Nothing of ours depends on it, but other hosts of the app see it. */
function holdHostLock(
  connected: Promise<ContainerClient>,
  hostId: string,
  signal: AbortSignal,
  explain: (error: unknown) => string,
  say: (level: LogLevel, message: string) => void,
): Promise<void> {
  const instanceId = randomUUID().replaceAll('-', '');
  return runLockedListener({
    acquire: async () => acquireBlobLease(await connected, `locks/${hostId}/host`),
    start: async () => {
      say('information', `Host lock lease acquired by instance ID '${instanceId}'.`);
      return { stop: async () => undefined };
    },
    // A timer's failure says it already.
    onFailure: () => undefined,
    onLockedElsewhere: () => undefined,
    explain,
    signal,
  });
}
