// What happened in a history, as its witnesses saw it: ARM what it created and showed, the blob service each version
// of the checkpoint, the receiver what was handed on. The scan under test writes nothing here.
import type { Finding } from '../../shared/scan/finding.ts';
import type { ScanReport } from '../../shared/scan/scan-report.ts';
import type { AppProcess } from './app-process.ts';
import type { History } from './history.ts';

export interface Incarnation {
  /** `<id in lower case>|<createdTime>`: the same id created again is another one. */
  readonly key: string;
  readonly id: string;
  /** ISO 8601; absent: ARM doesn't know. */
  readonly createdTime?: string;
  /** In lower case. */
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  /** When lists show it. */
  readonly listedFromMs: number;
  deletedAtMs?: number;
}

export interface Run {
  readonly number: number;
  readonly process: AppProcess;
  readonly startedAtMs: number;
  readonly timeLimitMs: number;
  /** Whether a call to its state failed, or its answer was lost. */
  stateFailed: boolean;
  /** Whether a call to its state took seconds. */
  stateSlow: boolean;
  /** Keys of what ARM showed it. */
  readonly shown: Set<string>;
  endedAtMs?: number;
  report?: ScanReport;
  error?: unknown;
}

export interface HandOn {
  readonly run: Run;
  readonly at: number;
  /** Azure's clock. */
  readonly atMs: number;
  /** Whether the receiver said that it took them, in time. */
  isTaken: boolean;
}

export interface Delivery {
  readonly at: number;
  readonly handOn: HandOn;
  readonly finding: Finding;
}

/** One that the blob service took. */
export interface CheckpointVersion {
  readonly at: number;
  /** Azure's clock. */
  readonly atMs: number;
  readonly text: string;
}

export class Chronicle {
  readonly overlapMs: number;
  readonly lookbackMs: number;
  readonly feed: History['feed'];
  readonly incarnations: Incarnation[] = [];
  readonly runs: Run[] = [];
  readonly handOns: HandOn[] = [];
  readonly deliveries: Delivery[] = [];
  readonly versions: CheckpointVersion[] = [];
  /** Runs of the quiet at the end, when nothing fails or changes any more. */
  readonly quietRuns: Run[] = [];
  #position = 0;

  constructor({ overlapMs, lookbackMs, feed }: Pick<History, 'overlapMs' | 'lookbackMs' | 'feed'>) {
    this.overlapMs = overlapMs;
    this.lookbackMs = lookbackMs;
    this.feed = feed;
  }

  started(run: Omit<Run, 'number' | 'stateFailed' | 'stateSlow' | 'shown'>): Run {
    const started = {
      ...run,
      number: this.runs.length + 1,
      stateFailed: false,
      stateSlow: false,
      shown: new Set<string>(),
    };
    this.runs.push(started);
    return started;
  }

  handedOn(run: Run, atMs: number): HandOn {
    const handOn = { run, at: ++this.#position, atMs, isTaken: false };
    this.handOns.push(handOn);
    return handOn;
  }

  delivered(handOn: HandOn, finding: Finding): void {
    this.deliveries.push({ at: ++this.#position, handOn, finding });
  }

  written(text: string, atMs: number): void {
    this.versions.push({ at: ++this.#position, atMs, text });
  }
}
