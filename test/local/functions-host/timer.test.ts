// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Execution, Executor } from '../../../local/functions-host/executor.ts';
import { parseSchedule } from '../../../local/functions-host/schedule.ts';
import type {
  ScheduleMonitor,
  ScheduleStatus,
} from '../../../local/functions-host/schedule-status.ts';
import { startTimer, type TimerFunction } from '../../../local/functions-host/timer.ts';
import { startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

describe('timers without host storage', () => {
  it('run on schedule and at start, without a status; 20: with their retry policy', async () => {
    const host = await startHostProcess('timer-app', {
      env: { WATCHED_SCHEDULE: '0 0 0 1 * *', AzureWebJobs_off_Disabled: 'true' },
    });
    await host.printed(/No host storage is set \(AzureWebJobsStorage__blobServiceUri\)/);
    await host.printed(/atStart ran with .*"scheduleStatus":null,"isPastDue":false/);
    await host.printed('Trigger Details: UnscheduledInvocationReason: RunOnStartup');
    await host.printed(
      /Executing 'Functions\.ticking' \(Reason='Timer fired at \d{4}-.*\+00:00', Id=/,
    );
    await host.printed(/ticking ran with/);
    assert.doesNotMatch(host.output(), /(watched|constant|off) ran with/);

    await send(host.baseUrl, '/admin/functions/retried', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await host.printed(/attempt 3: /);
    const attempts = [...host.output().matchAll(/attempt \d: (.*)/g)].map(([, json = '']) =>
      JSON.parse(json),
    );
    assert.equal(new Set(attempts.map(([id]) => id)).size, 3, 'each has an id of its own');
    assert.deepEqual(
      attempts.map(([, count, max]) => [count, max]),
      [
        [0, 2],
        [1, 2],
        [2, 2],
      ],
    );
    const [, , , first] = attempts[0];
    const [, , , second] = attempts[1];
    assert.equal(first, 'none');
    assert.match(
      second,
      /^Microsoft\.Azure\.WebJobs\.Host\.FunctionInvocationException : Exception while executing function: Functions\.retried ---> /,
    );
    assert.match(second, /failed at attempt 1/);
    await send(host.baseUrl, '/admin/functions/constant', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await host.printed(/constant ran with \{"schedule":\{"adjustForDST":false\}/);
    await host.stop();
  });
});

const START_MS = Date.UTC(2026, 10, 25, 10, 0, 30);
const MINUTE_MS = 60_000;

/** A timer on a clock that the test moves, and what it did. */
async function startTimerAt(
  context: TestContext,
  expression: string,
  { stored, runOnStartup = false }: { stored?: ScheduleStatus; runOnStartup?: boolean } = {},
) {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START_MS });
  const runs: { atMs: number; input: Record<string, unknown>; end: (error?: Error) => void }[] = [];
  const written: ScheduleStatus[] = [];
  const executor: Executor = {
    execute(_fn: unknown, { input }: Execution) {
      const { promise, resolve, reject } = Promise.withResolvers<{ invocationId: string }>();
      const end = (error?: Error) => (error ? reject(error) : resolve({ invocationId: '' }));
      runs.push({ atMs: Date.now(), input: JSON.parse(input.json ?? ''), end });
      return promise;
    },
    idle: async () => undefined,
  };
  const monitor: ScheduleMonitor = {
    read: async () => stored,
    write: async (_name, status) => void written.push(status),
  };
  const schedule = parseSchedule(expression);
  const fn: TimerFunction = {
    name: 'timed',
    disabled: false,
    registered: {
      metadata: { name: 'timed', functionId: 'timed', bindings: {} },
      callback: () => undefined,
      scriptFile: undefined,
    },
    trigger: {
      type: 'timerTrigger',
      bindingName: 'timer',
      expression,
      schedule,
      runOnStartup,
      useMonitor: true,
    },
  };
  const timer = await startTimer({ fn, executor, log: () => undefined, monitor });
  const advance = async (milliseconds: number) => {
    context.mock.timers.tick(milliseconds);
    await nextTurn();
  };
  return { timer, runs, written, advance };
}

describe('the schedule of a timer', () => {
  it('17: never overlaps, and missed ticks become one that fires at once', async (context) => {
    const { runs, advance } = await startTimerAt(context, '0 * * * * *');
    await advance(30_000);
    assert.deepEqual(
      runs.map(({ atMs }) => atMs),
      [START_MS + 30_000],
    );
    await advance(3.5 * MINUTE_MS);
    assert.equal(runs.length, 1, 'still running');
    runs[0]?.end();
    await nextTurn();
    await advance(0);
    assert.equal(runs.length, 2, 'at once, although three ticks were missed');
    runs[1]?.end();
    await nextTurn();
    await advance(30_000);
    assert.equal(runs.length, 3, 'counted from the start of the last run: back on the grid');
  });

  it('17: an interval counts from the start of the last run', async (context) => {
    const { runs, advance } = await startTimerAt(context, '00:05:00');
    await advance(5 * MINUTE_MS);
    assert.equal(runs.length, 1);
    await advance(2 * MINUTE_MS);
    runs[0]?.end();
    await nextTurn();
    await advance(3 * MINUTE_MS);
    assert.equal(runs.length, 2);
  });

  it('17, 18: an error changes neither the schedule nor that the status is written', async (context) => {
    const { runs, written, advance } = await startTimerAt(context, '0 * * * * *');
    await advance(30_000);
    runs[0]?.end(new Error('failed'));
    await nextTurn();
    assert.deepEqual(written.at(-1), {
      lastMs: START_MS + 30_000,
      nextMs: START_MS + 90_000,
      lastUpdatedMs: START_MS + 30_000,
    });
    await advance(MINUTE_MS);
    assert.equal(runs.length, 2);
  });

  it('18: past due runs once at once, before runOnStartup', async (context) => {
    const stored = {
      lastMs: START_MS - 10 * MINUTE_MS - 30_000,
      nextMs: START_MS - 9 * MINUTE_MS - 30_000,
      lastUpdatedMs: START_MS - 10 * MINUTE_MS - 30_000,
    };
    const { runs, written, advance } = await startTimerAt(context, '0 * * * * *', {
      stored,
      runOnStartup: true,
    });
    assert.deepEqual(written, [], 'nothing to write before the run');
    await advance(0);
    assert.equal(runs[0]?.input.IsPastDue, true);
    runs[0]?.end();
    await nextTurn();
    await advance(0);
    assert.equal(runs.length, 1);
  });

  it('18: a status whose next run is to come starts nothing', async (context) => {
    const lastMs = START_MS - 30_000;
    const stored = { lastMs, nextMs: START_MS + 30_000, lastUpdatedMs: lastMs };
    const { runs, advance } = await startTimerAt(context, '0 * * * * *', { stored });
    await advance(29_999);
    assert.equal(runs.length, 0);
    await advance(1);
    assert.equal(runs[0]?.input.IsPastDue, false);
  });

  it('waits longer than setTimeout can', async (context) => {
    const { runs, advance } = await startTimerAt(context, '60:00:00:00');
    for (let day = 0; day < 60; day++) {
      assert.equal(runs.length, 0);
      await advance(24 * 60 * MINUTE_MS);
    }
    assert.equal(runs.length, 1);
  });

  it('a schedule that never comes keeps quiet', async (context) => {
    const { runs, advance, timer } = await startTimerAt(context, '0 0 0 31 2 *');
    await advance(100 * 24 * 60 * MINUTE_MS);
    assert.equal(runs.length, 0);
    await timer.stop();
  });

  it('stops: the running one is waited for, none follows', async (context) => {
    const { timer, runs, advance } = await startTimerAt(context, '0 * * * * *');
    await advance(30_000);
    let stopped = false;
    const stopping = timer.stop().then(() => {
      stopped = true;
    });
    await nextTurn();
    assert.equal(stopped, false);
    runs[0]?.end();
    await stopping;
    await advance(10 * MINUTE_MS);
    assert.equal(runs.length, 1);
  });
});
