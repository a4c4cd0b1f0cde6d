// Histories in which a scan once broke a promise, as `npm run soak` shrank them. Some did for certain latencies only.
import { type History, noTrouble, type Step, type Trouble } from './history.ts';

const create = (count = 1, more: { lateness?: number; aheadMs?: number } = {}): Step => ({
  ...{ kind: 'create', count, lateness: 0, aheadMs: 0, isUndated: false },
  ...more,
});
const pass = (ms: number): Step => ({ kind: 'pass', ms });
const run = (trouble: Partial<Trouble> = {}): Step => ({
  kind: 'run',
  trouble: { ...noTrouble, ...trouble },
});
const remove = (pick = 0, createAgain = false): Step => ({ kind: 'delete', pick, createAgain });

const HOUR_MS = 3_600_000;
const plain: Omit<History, 'steps' | 'entropy'> = {
  overlapMs: 48 * HOUR_MS,
  lookbackMs: 24 * HOUR_MS,
  hasTwoScopes: false,
  feed: 'none',
  pageSize: 1,
  disorder: 0,
};
const slow = (call: number, delayMs: number) => ({ call, kind: 'slow', delayMs }) as const;
const fails = (call: number) => ({ call, kind: 'unavailable', delayMs: 0 }) as const;

export const knownHistories = {
  /** A pass is cut on its second page; what is listed on its first meanwhile is as old as the overlap when it ends. */
  'listed late on a page that a cut pass had read': {
    ...plain,
    overlapMs: 10 * 60_000,
    steps: [
      create(3),
      run({ list: [fails(3)] }),
      pass(10_000),
      create(8),
      pass(HOUR_MS),
      create(4),
      run(),
    ],
  },
  /** One scope forgets what it needs no more before the other has begun to look back further. */
  'in two scopes, looked back further than the overlap': {
    ...plain,
    overlapMs: 10 * 60_000,
    hasTwoScopes: true,
    pageSize: 5,
    steps: [create(), pass(HOUR_MS), create(), run({ list: [fails(3)] }), pass(HOUR_MS), run()],
  },
  /** Claiming, handing on and settling take seconds each, and another run is waiting. */
  'handed on slowly beside another run': {
    ...plain,
    steps: [
      create(2),
      run({ stateDelayMs: 4_000, receiver: [slow(1, 7_000)] }),
      pass(25_000),
      run(),
      pass(10_000),
      run(),
    ],
  },
  /** The process stands still when it has claimed and not yet handed on. */
  'claimed, then frozen until another run has handed it on': {
    ...plain,
    steps: [create(), run({ freezeAt: 10, freezeMs: 600_000 }), pass(120_000), run()],
  },
  /** Only a slow run has seen it before it was deleted; a faster one has left its time behind. */
  'deleted, and older than the overlap, when a slow run hands it on': {
    ...plain,
    overlapMs: 10 * 60_000,
    steps: [
      create(3),
      pass(HOUR_MS),
      run({ list: [slow(4, 90_000)] }),
      pass(10_000),
      create(),
      remove(0),
      remove(0),
      remove(0),
      run(),
    ],
  },
  /** The feed shows both creations, ARM only the second resource. */
  'created again before the feed showed it': {
    ...plain,
    feed: 'prompt',
    steps: [run(), pass(10_000), create(), remove(0, true), pass(HOUR_MS), run()],
  },
} satisfies Readonly<Record<string, Omit<History, 'entropy'>>>;
