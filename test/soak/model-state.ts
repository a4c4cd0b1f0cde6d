// The blob service's side of the scan's state: ETags as Azure has them, calls that take time, and what can befall one.
import type { BlobContent, Blobs } from '../../shared/blobs.ts';
import { remainingMs } from '../../shared/deadline.ts';
import { AppError } from '../../shared/errors.ts';
import { CHECKPOINT_BLOB } from '../../shared/scan/checkpoint.ts';
import type { Chronicle, Run } from './chronicle.ts';
import type { StateFault, Trouble } from './history.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As shared/blobs.ts: no call takes longer. */
const CALL_MS = 10_000;

const SLOW_MS = 1_000;

interface Version {
  readonly text: string;
  readonly etag: string;
}

export class ModelState {
  readonly #chronicle: Chronicle;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #blobs = new Map<string, Version>();
  #versionCount = 0;

  constructor(chronicle: Chronicle, time: VirtualTime, random: () => number) {
    this.#chronicle = chronicle;
    this.#time = time;
    this.#random = random;
  }

  /** The client of one run. */
  connect(run: Run, { state: faults, stateDelayMs }: Trouble): Pick<Blobs, 'read' | 'write'> {
    let calls = 0;
    const call = async <T>(effect: () => T, repeated: (result: T) => T): Promise<T> => {
      calls += 1;
      const fault = faults.find((one) => one.call === calls);
      if (fault && fault.kind !== 'slow') run.stateFailed = true;
      await run.process.point();
      const answer = this.#transmit(fault, stateDelayMs, effect, repeated);
      const limitMs = Math.max(1, Math.min(CALL_MS, remainingMs() - 100));
      const isLate = this.#time.sleep(limitMs).then(() => 'late' as const);
      const startedAtMs = this.#time.nowMs;
      const settled = await Promise.race([answer, isLate]);
      if (this.#time.nowMs - startedAtMs > SLOW_MS) run.stateSlow = true;
      await run.process.point();
      if (settled === 'late') run.stateFailed = true;
      if (settled === 'late' || settled === 'lost') throw unavailable();
      return settled.result;
    };
    return {
      read: (name) =>
        call(
          () => this.#read(name),
          (content) => content,
        ),
      write: (name, text, ifMatch) =>
        call(
          () => this.#write(name, text, ifMatch),
          (etag) => (ifMatch === 'overwrite' ? etag : undefined),
        ),
    };
  }

  async #transmit<T>(
    fault: StateFault | undefined,
    delayMs: number,
    effect: () => T,
    repeated: (result: T) => T,
  ): Promise<'lost' | { readonly result: T }> {
    const slowMs = fault?.kind === 'slow' ? fault.delayMs : delayMs;
    const way = () => this.#time.sleep(2 + this.#random() * (30 + slowMs));
    await way();
    if (fault?.kind === 'unavailable') return 'lost';
    const result = effect();
    await way();
    if (fault?.kind === 'inDoubt') return 'lost';
    return { result: fault?.kind === 'repeated' ? repeated(result) : result };
  }

  #read(name: string): BlobContent {
    const serverTime = new Date(this.#time.nowMs - (this.#time.nowMs % 1_000)); // Date has seconds
    return { ...this.#blobs.get(name), serverTime };
  }

  #write(
    name: string,
    text: string,
    ifMatch: string | undefined | 'overwrite',
  ): string | undefined {
    if (ifMatch !== 'overwrite' && ifMatch !== this.#blobs.get(name)?.etag) return undefined;
    const etag = `"${++this.#versionCount}"`;
    this.#blobs.set(name, { text, etag });
    if (name === CHECKPOINT_BLOB) this.#chronicle.written(text, this.#time.nowMs);
    return etag;
  }
}

function unavailable(): AppError {
  return new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'blobs',
    message: 'blobs gave no answer.',
    nextStep: 'Try again.',
  });
}
