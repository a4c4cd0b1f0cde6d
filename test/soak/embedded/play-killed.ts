// Scans in processes of their own, two at a time, that are killed by SIGKILL at a seeded moment: when a call of theirs
// has taken effect at ARM or at the blob service, or a finding was taken, before they hear of it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRandom } from '../../../local/azure/faults/random.ts';
import { CHECKPOINT_BLOB } from '../../../shared/scan/checkpoint.ts';
import type { Finding } from '../../../shared/scan/finding.ts';
import type { ScanReport } from '../../../shared/scan/scan-report.ts';
import { projectDirectory } from '../../support/local-azure.ts';
import { AppProcess } from '../app-process.ts';
import { Chronicle, type HandOn, type Run } from '../chronicle.ts';
import { createArmWitness } from './arm-witness.ts';
import { forgetState } from './forget-state.ts';
import type { EmbeddedAzure } from './open-embedded-azure.ts';
import { ProcessTime } from './process-time.ts';
import { Resources } from './resources.ts';
import type { Witness } from './witness-door.ts';

const HOUR_MS = 3_600_000;
/** Longer than a claim lives. */
const CLAIM_MS = 61_000;
/** About as many moments as a run has. */
const MOMENTS = 14;

type Message =
  | { readonly kind: 'handing on' | 'handed on' }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'ended'; readonly report: ScanReport };

let playCount = 0;

/** `rounds` times a few resources are created, and two processes look for them, of which one or both are killed. */
export async function playKilled(
  embedded: EmbeddedAzure,
  { seed, rounds }: { readonly seed: number; readonly rounds: number },
): Promise<Chronicle> {
  const player = new KilledPlayer(embedded, seed, `k${++playCount}-`);
  await player.play(rounds);
  return player.chronicle;
}

class KilledPlayer {
  readonly chronicle = new Chronicle({
    overlapMs: 48 * HOUR_MS,
    lookbackMs: 24 * HOUR_MS,
    feed: 'none',
  });
  readonly #embedded: EmbeddedAzure;
  readonly #random: () => number;
  readonly #resources: Resources;
  readonly #time: ProcessTime;
  /** Called at each moment of any process. */
  #atMoment = () => {};

  constructor(embedded: EmbeddedAzure, seed: number, prefix: string) {
    this.#embedded = embedded;
    this.#random = createRandom(seed);
    this.#time = new ProcessTime(embedded.clock);
    this.#resources = new Resources(embedded, this.chronicle, prefix);
    const { chronicle } = this;
    const arm = createArmWitness({
      chronicle,
      history: { pageSize: 2, disorder: 0.1 },
      random: this.#random,
      nowMs: () => embedded.clock.nowMs(),
      isOurs: (id) => this.#resources.isOurs(id),
    });
    const saw: Witness['saw'] = ({ method, target, status, requestBody }) => {
      const isCheckpoint = method === 'PUT' && status === 201 && target.includes(CHECKPOINT_BLOB);
      if (isCheckpoint) chronicle.written(requestBody.toString(), embedded.clock.nowMs());
      this.#atMoment();
      return undefined;
    };
    embedded.witnesses = {
      blob: { saw },
      resourceManager: {
        ...arm,
        saw: (exchange) => {
          const changed = arm.saw(exchange);
          if (exchange.method === 'GET') this.#atMoment();
          return changed;
        },
      },
    };
  }

  async play(rounds: number): Promise<void> {
    await forgetState(this.#embedded.app.createServices());
    for (let round = 0; round < rounds; round++) {
      const count = 1 + Math.floor(this.#random() * 4);
      const how = { kind: 'create', lateness: 0, aheadMs: 0, isUndated: false } as const;
      await this.#resources.create({ ...how, count });
      let moment = 0;
      const killAt = 1 + Math.floor(this.#random() * MOMENTS * 2);
      const first = this.#start();
      const second = this.#start();
      this.#atMoment = () => {
        moment += 1;
        if (moment === killAt) first.kill();
        if (moment === killAt + 4 && this.#random() < 0.5) second.kill();
      };
      await first.ended;
      this.#embedded.clock.advanceMs(CLAIM_MS); // so that the second does not wait for it
      await second.ended;
      this.#embedded.clock.advanceMs(CLAIM_MS);
    }
    this.#atMoment = () => {};
    for (let count = 0; count < 2; count++) {
      const { run, ended } = this.#start();
      await ended;
      this.chronicle.quietRuns.push(run);
    }
    await this.#resources.removeAll();
  }

  #start(): { readonly run: Run; readonly ended: Promise<unknown>; kill(): void } {
    const child = startScan(this.#embedded);
    const process = new AppProcess({}, this.#time);
    const startedAtMs = performance.now();
    const run = this.chronicle.started({ process, startedAtMs, timeLimitMs: 90_000 });
    let handOn: HandOn | undefined;
    child.on('message', (message: Message) => {
      if (message.kind === 'handing on') handOn = this.chronicle.handedOn(run, this.#time.nowMs);
      if (message.kind === 'finding' && handOn) this.chronicle.delivered(handOn, message.finding);
      if (message.kind === 'handed on' && handOn) handOn.isTaken = true;
      if (message.kind === 'ended') run.report = message.report;
      this.#atMoment();
      if (child.connected) child.send({}, () => {});
    });
    const ended = once(child, 'exit').then(([code]) => {
      run.endedAtMs = performance.now();
      if (!run.report && !process.isDead) run.error = new Error(`it ended with code ${code}`);
    });
    const kill = () => {
      if (child.exitCode !== null || run.report) return;
      process.kill();
      child.kill('SIGKILL');
    };
    return { run, ended, kill };
  }
}

function startScan({ app, azure, redirect }: EmbeddedAzure): ChildProcess {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER, PATH } = process.env;
  return fork(join(import.meta.dirname, 'scan-process.ts'), {
    env: {
      ...{ PATH, IDENTITY_ENDPOINT, IDENTITY_HEADER },
      ...app.settings,
      NODE_EXTRA_CA_CERTS: azure.certificateAuthority.certificatePath,
      LOCAL_AZURE_REDIRECT: JSON.stringify(redirect),
    },
    execArgv: ['--import', join(projectDirectory, 'local', 'redirect', 'preload.ts')],
  });
}
