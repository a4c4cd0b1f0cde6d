// Plays a history: the real runScan, as many at a time as the history has it, over doubles of Azure in virtual time.
import { createRandom } from '../../local/azure/faults/random.ts';
import { remainingMs } from '../../shared/deadline.ts';
import { AppError } from '../../shared/errors.ts';
import { operations } from '../../shared/operations.ts';
import type { ResourceGraph } from '../../shared/resource-graph.ts';
import type { ResourceManager } from '../../shared/resource-manager.ts';
import { runScan } from '../../shared/scan/run-scan.ts';
import { AppProcess } from './app-process.ts';
import { Chronicle, type Run } from './chronicle.ts';
import { type History, type ListFault, noTrouble, type Trouble } from './history.ts';
import { GROUP, ModelArm, SUBSCRIPTION } from './model-arm.ts';
import { ModelChanges } from './model-changes.ts';
import { connectReceiver } from './model-receiver.ts';
import { ModelState } from './model-state.ts';
import { VirtualTime } from './virtual-time.ts';

const SILENT = { info() {}, warn() {}, error() {} };
const QUIET_RUNS = 4;
/** How often the list is read where the feed is followed. */
const RECONCILE_MS = 24 * 3_600_000;

/** Everything that happened, up to runs in a quiet at the end. The same history gives the same chronicle. */
export async function playHistory(history: History): Promise<Chronicle> {
  const player = new Player(history);
  const undo = player.time.install(createRandom(history.entropy ^ 0x5eed));
  try {
    await player.play();
  } finally {
    undo();
  }
  return player.chronicle;
}

class Player {
  readonly time = new VirtualTime();
  readonly chronicle: Chronicle;
  readonly #history: History;
  readonly #random: () => number;
  readonly #arm: ModelArm;
  readonly #changes: ModelChanges;
  readonly #state: ModelState;

  constructor(history: History) {
    this.#history = history;
    this.#random = createRandom(history.entropy);
    this.chronicle = new Chronicle(history);
    this.#arm = new ModelArm(this.chronicle, history, this.#random);
    this.#changes = new ModelChanges(this.chronicle, history, createRandom(history.entropy + 1));
    this.#state = new ModelState(this.chronicle, this.time, this.#random);
  }

  async play(): Promise<void> {
    for (const step of this.#history.steps) {
      const { nowMs } = this.time;
      if (step.kind === 'create') this.#arm.create(step, nowMs);
      if (step.kind === 'delete') this.#arm.remove(step.pick, step.createAgain, nowMs);
      if (step.kind === 'run') this.#start(step.trouble);
      if (step.kind === 'kill') this.#killOne(step.pick);
      if (step.kind === 'moveMachineClock') this.time.machineOffsetMs = step.offsetMs;
      await this.time.pass(step.kind === 'pass' ? step.ms : 1);
    }
    await this.#fallQuiet();
  }

  /** All that is late is listed, no createdTime is ahead, every living run has ended, claims of the dead are old. */
  async #fallQuiet(): Promise<void> {
    await this.time.pass(this.#history.overlapMs + 3 * 3_600_000 + RECONCILE_MS);
    for (let count = 0; count < QUIET_RUNS; count++) {
      const { run, ended } = this.#start(noTrouble);
      await this.time.until(ended);
      this.chronicle.quietRuns.push(run);
      await this.time.pass(60_000);
    }
  }

  #start(trouble: Trouble): { readonly run: Run; readonly ended: Promise<void> } {
    const process = new AppProcess(trouble, this.time);
    const { timeLimitMs } = trouble;
    const run = this.chronicle.started({ process, startedAtMs: this.time.nowMs, timeLimitMs });
    const { lookbackMs, overlapMs, hasTwoScopes } = this.#history;
    const scanned = process.run(() =>
      runScan({
        scopes: hasTwoScopes ? [GROUP, SUBSCRIPTION] : [GROUP],
        ...{ lookbackMs, overlapMs, timeLimitMs },
        resourceManager: this.#connectArm(run, trouble.list),
        blobs: this.#state.connect(run, trouble),
        publish: connectReceiver(this.chronicle, this.time, run, trouble.receiver),
        log: SILENT,
        ...(this.#history.feed !== 'none' && {
          feed: { resourceGraph: this.#connectGraph(run, trouble.list), reconcileMs: RECONCILE_MS },
        }),
      }),
    );
    const ended = scanned.then(
      (report) => {
        run.report = report;
        run.endedAtMs = this.time.nowMs;
      },
      (error: unknown) => {
        run.error = error;
        run.endedAtMs = this.time.nowMs;
      },
    );
    return { run, ended };
  }

  #killOne(pick: number): void {
    const living = this.chronicle.runs.filter(
      ({ endedAtMs, process }) => endedAtMs === undefined && !process.isDead,
    );
    living[pick % Math.max(1, living.length)]?.process.kill();
  }

  #connectGraph(run: Run, faults: readonly ListFault[]): ResourceGraph {
    const call = this.#createCall(run, faults);
    return {
      listCreations: (scopes, since, page) =>
        call(
          () => this.#changes.list(scopes, since, page, this.time.nowMs),
          // Azure: who may read nothing gets the same answer as if nothing had happened.
          () => ({ creations: [] }),
        ),
    };
  }

  /** Calls of one run to one service, each of which takes time and may meet its fault. */
  #createCall(
    run: Run,
    faults: readonly ListFault[],
  ): <T>(effect: () => T, denied?: () => T) => Promise<T> {
    let calls = 0;
    return async <T>(effect: () => T, denied?: () => T): Promise<T> => {
      calls += 1;
      const fault = faults.find((one) => one.call === calls);
      await run.process.point();
      await this.time.sleep(30 + this.#random() * 300);
      if (fault?.kind === 'slow') await this.time.sleep(fault.delayMs);
      const failure = fault && fault.kind !== 'slow' ? listFailures[fault.kind]() : undefined;
      const result = fault?.kind === 'denied' && denied ? denied() : (failure ?? effect());
      await this.time.sleep(20 + this.#random() * 50);
      await run.process.point();
      if (result instanceof AppError) throw result;
      return result;
    };
  }

  #connectArm(run: Run, faults: readonly ListFault[]): ResourceManager {
    const call = this.#createCall(run, faults);
    return {
      probe: (scope) => call(() => operations.readScope(scope)),
      listPage: async (scope, page) => {
        const listed = await call(() => this.#arm.list(scope, page, this.time.nowMs));
        if (!listed) throw listFailures.stale();
        // An answer that comes too late is not heard.
        if (remainingMs() > 0) for (const key of listed.keys) run.shown.add(key);
        return listed;
      },
    };
  }
}

const listFailures = {
  throttled: () => armFailure('THROTTLED', 429),
  unavailable: () => armFailure('TARGET_UNAVAILABLE', 500),
  denied: () => armFailure('ACCESS_DENIED', 403),
  stale: () => armFailure('UNEXPECTED', 400),
};

function armFailure(code: AppError['code'], status: number): AppError {
  const words = { message: `resource-manager answered ${status}.`, nextStep: 'Try again.' };
  return new AppError({ code, status, target: 'resource-manager', ...words });
}
