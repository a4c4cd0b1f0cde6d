import type { Blobs } from '../blobs.ts';
import { remainingMs, sleep } from '../deadline.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_BLOB, type Checkpoint, emptyCheckpoint } from './checkpoint.ts';
import { parseCheckpoint } from './parse-checkpoint.ts';

const ATTEMPTS = 20;

/** The checkpoint blob. Every change is a function of the newest version, so two runs can't undo each other. */
export class CheckpointStore {
  readonly #blobs: Pick<Blobs, 'read' | 'write'>;
  #checkpoint: Checkpoint = emptyCheckpoint;
  #etag: string | undefined;
  #serverTimeMs = 0;
  #readAtMs = 0;

  constructor(blobs: Pick<Blobs, 'read' | 'write'>) {
    this.#blobs = blobs;
  }

  /** The newest version that this run has seen. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** The storage service's clock now, from its last answer and the time since. */
  get serverTime(): Date {
    return new Date(this.#serverTimeMs + performance.now() - this.#readAtMs);
  }

  /** Throws AppError; CONFIG_INVALID if the blob is not a checkpoint. */
  async load(): Promise<void> {
    const { text, etag, serverTime } = await this.#blobs.read(CHECKPOINT_BLOB);
    this.#serverTimeMs = serverTime.getTime();
    this.#readAtMs = performance.now();
    this.#checkpoint = text === undefined ? emptyCheckpoint : parseCheckpoint(text, serverTime);
    this.#etag = etag;
  }

  /**
   * Applies `change` to the newest version and writes it, unless it returns what it was given.
   * Whoever loses a race (412) reads again and repeats, so `change` must be repeatable.
   */
  async update(change: (checkpoint: Checkpoint) => Checkpoint): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // Others count on it that a run changes nothing after its time.
      if (remainingMs() === 0) throw timeIsUp();
      const changed = change(this.#checkpoint);
      if (changed === this.#checkpoint) return;
      const etag = await this.#blobs.write(CHECKPOINT_BLOB, JSON.stringify(changed), this.#etag);
      if (etag !== undefined) {
        this.#checkpoint = changed;
        this.#etag = etag;
        return;
      }
      await sleep(Math.random() * 50 * attempt);
      await this.load();
    }
    throw new AppError({
      code: 'TARGET_UNAVAILABLE',
      target: 'blobs',
      message: `Other writers changed ${CHECKPOINT_BLOB} ${ATTEMPTS} times in a row.`,
      nextStep: 'Find out how many scans run at once.',
    });
  }
}

function timeIsUp(): AppError {
  return new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'blobs',
    message: `The time of this run is up, so ${CHECKPOINT_BLOB} was left as it is.`,
    nextStep: 'The next run goes on from there.',
  });
}
