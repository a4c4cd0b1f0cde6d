// Plays a history on the embedded Azure: the app's own clients, unmodified SDKs, TLS, tokens, grants, ETags. Azure's
// clock is moved instead of waited for; what a run is in the middle of happens in real time.
import { createRandom } from '../../../local/azure/faults/random.ts';
import { CHECKPOINT_BLOB } from '../../../shared/scan/checkpoint.ts';
import { runScan } from '../../../shared/scan/run-scan.ts';
import type { Services } from '../../../shared/services.ts';
import { AppProcess } from '../app-process.ts';
import { Chronicle, type Run } from '../chronicle.ts';
import { type History, noTrouble, type Trouble } from '../history.ts';
import { connectReceiver } from '../model-receiver.ts';
import { armFaults } from './arm-faults.ts';
import { createArmWitness } from './arm-witness.ts';
import { forgetState } from './forget-state.ts';
import { mortalServices } from './mortal-services.ts';
import type { EmbeddedAzure } from './open-embedded-azure.ts';
import { ProcessTime } from './process-time.ts';
import { Resources } from './resources.ts';

const SILENT = { info() {}, warn() {}, error() {} };
const HOUR_MS = 3_600_000;
/** Longer than a claim lives. */
const CLAIM_MS = 61_000;
const QUIET_RUNS = 3;
/** How often the list is read where the feed is followed. */
const RECONCILE_MS = 24 * HOUR_MS;

let historyCount = 0;

export async function playEmbedded(embedded: EmbeddedAzure, history: History): Promise<Chronicle> {
  const player = new EmbeddedPlayer(embedded, history, `h${++historyCount}-`);
  await player.play();
  return player.chronicle;
}

class EmbeddedPlayer {
  readonly chronicle: Chronicle;
  readonly #embedded: EmbeddedAzure;
  readonly #history: History;
  readonly #time: ProcessTime;
  readonly #resources: Resources;
  readonly #services: Services;
  #living: Promise<void>[] = [];

  constructor(embedded: EmbeddedAzure, history: History, prefix: string) {
    this.#embedded = embedded;
    this.#history = history;
    this.#time = new ProcessTime(embedded.clock);
    this.chronicle = new Chronicle(history);
    this.#resources = new Resources(embedded, this.chronicle, prefix);
    this.#services = embedded.app.createServices();
    const random = createRandom(history.entropy);
    embedded.witnesses.resourceManager = createArmWitness({
      ...{ chronicle: this.chronicle, history, random },
      nowMs: () => embedded.clock.nowMs(),
      isOurs: (id) => this.#resources.isOurs(id),
    });
    embedded.witnesses.blob = {
      saw: ({ method, target, status, requestBody }) => {
        const isCheckpoint = method === 'PUT' && status === 201 && target.includes(CHECKPOINT_BLOB);
        if (isCheckpoint) this.chronicle.written(requestBody.toString(), embedded.clock.nowMs());
        return undefined;
      },
    };
  }

  async play(): Promise<void> {
    const undo = this.#time.install();
    try {
      await new AppProcess({}, this.#time).run(() => forgetState(this.#services));
      for (const step of this.#history.steps) {
        if (step.kind === 'create') await this.#resources.create(step);
        if (step.kind === 'delete') await this.#resources.remove(step.pick, step.createAgain);
        if (step.kind === 'run') this.#start(step.trouble);
        if (step.kind === 'kill') this.#killOne(step.pick);
        if (step.kind === 'moveMachineClock') {
          this.#time.machineOffsetMs = Math.sign(step.offsetMs) * 600_000;
        }
        await this.#pass(step.kind === 'pass' ? step.ms : 1);
      }
      await this.#fallQuiet();
      await this.#resources.removeAll();
    } finally {
      undo();
    }
  }

  /** A short time passes for real, a hundredth of it; a long one when nobody is running. */
  async #pass(milliseconds: number): Promise<void> {
    const isShort = milliseconds <= 3_000;
    if (isShort) await this.#time.sleep(milliseconds / 100);
    else await this.#allEnded();
    this.#embedded.clock.advanceMs(milliseconds);
  }

  /** Who waits for a claim of the dead is helped by Azure's clock. */
  async #allEnded(): Promise<void> {
    let isOver = false;
    const over = Promise.all(this.#living).then(() => {
      isOver = true;
    });
    while (!isOver) {
      await Promise.race([over, this.#time.sleep(700)]);
      if (!isOver) this.#embedded.clock.advanceMs(CLAIM_MS);
    }
    this.#living = [];
    this.#embedded.faults.clear();
  }

  async #fallQuiet(): Promise<void> {
    await this.#allEnded();
    this.#time.machineOffsetMs = 0;
    this.#embedded.clock.advanceMs(this.#history.overlapMs + HOUR_MS + RECONCILE_MS);
    for (let count = 0; count < QUIET_RUNS; count++) {
      this.chronicle.quietRuns.push(this.#start(noTrouble));
      await this.#allEnded();
      this.#embedded.clock.advanceMs(CLAIM_MS);
    }
  }

  #start(trouble: Trouble): Run {
    const process = new AppProcess(
      { ...(trouble.killAt && { killAt: trouble.killAt }) },
      this.#time,
    );
    const timeLimitMs = 20_000;
    const run = this.chronicle.started({ process, startedAtMs: performance.now(), timeLimitMs });
    armFaults(this.#embedded.faults, trouble);
    const { lookbackMs, overlapMs } = this.#history;
    const receiver = trouble.receiver.map((fault) => ({ ...fault, delayMs: fault.delayMs / 100 }));
    const { resourceGraph, ...clients } = mortalServices(this.#services, run, this.#time);
    const scanned = process.run(() =>
      runScan({
        scopes: [this.#embedded.app.groupId],
        ...{ lookbackMs, overlapMs, timeLimitMs, ...clients },
        publish: connectReceiver(this.chronicle, this.#time, run, receiver),
        log: SILENT,
        ...(this.#history.feed !== 'none' && {
          feed: { resourceGraph, reconcileMs: RECONCILE_MS },
        }),
      }),
    );
    const ended = scanned.then(
      (report) => {
        run.report = report;
        run.endedAtMs = performance.now();
      },
      (error: unknown) => {
        run.error = error;
        run.endedAtMs = performance.now();
      },
    );
    this.#living.push(Promise.race([ended, process.died]));
    return run;
  }

  #killOne(pick: number): void {
    const living = this.chronicle.runs.filter(
      ({ endedAtMs, process }) => endedAtMs === undefined && !process.isDead,
    );
    living[pick % Math.max(1, living.length)]?.process.kill();
  }
}
