// Histories of an Azure and an app, as fast-check draws and shrinks them. A history with its entropy is all there is
// to a run over doubles: it replays exactly.
import fc from 'fast-check';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What befalls the n-th call (from 1) of a run. */
export interface CallFault<Kind extends string> {
  readonly call: number;
  readonly kind: Kind;
  /** For `slow`. */
  readonly delayMs: number;
}

/** `stale`: the page's address is too old. */
export type ListFault = CallFault<'throttled' | 'unavailable' | 'denied' | 'stale' | 'slow'>;
/** `inDoubt`: done, and the answer is lost. `repeated`: the same, and the client's second try meets its first. */
export type StateFault = CallFault<'unavailable' | 'inDoubt' | 'repeated' | 'slow'>;
/** `half`: throws after half of them. */
export type ReceiverFault = CallFault<'refused' | 'half' | 'slow'>;

/** What goes wrong in one run. */
export interface Trouble {
  readonly killAt?: number;
  readonly freezeAt?: number;
  readonly freezeMs?: number;
  readonly timeLimitMs: number;
  /** Every call to the state may take so long on its way, and on its way back. */
  readonly stateDelayMs: number;
  readonly list: readonly ListFault[];
  readonly state: readonly StateFault[];
  readonly receiver: readonly ReceiverFault[];
}

export type Step =
  | {
      readonly kind: 'create';
      readonly count: number;
      /** Share of the overlap after which lists show it: 0 at once, 1 at the last moment. */
      readonly lateness: number;
      /** createdTime ahead of the clock. */
      readonly aheadMs: number;
      readonly isUndated: boolean;
    }
  | { readonly kind: 'delete'; readonly pick: number; readonly createAgain: boolean }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'run'; readonly trouble: Trouble }
  | { readonly kind: 'kill'; readonly pick: number }
  | { readonly kind: 'moveMachineClock'; readonly offsetMs: number };

export interface History {
  readonly overlapMs: number;
  readonly lookbackMs: number;
  /** One group, or the subscription and a group in it. */
  readonly hasTwoScopes: boolean;
  /** Whether the scan follows Resource Graph's changes, and how well those follow what happens. */
  readonly feed: 'none' | 'prompt' | 'poor';
  readonly pageSize: number;
  readonly disorder: number;
  readonly entropy: number;
  readonly steps: readonly Step[];
}

function faults<Kind extends string>(
  kinds: readonly Kind[],
  { calls, delaysMs }: { calls: number; delaysMs: readonly number[] },
): fc.Arbitrary<readonly CallFault<Kind>[]> {
  const fault = fc.record({
    call: fc.integer({ min: 1, max: calls }),
    kind: fc.constantFrom(...kinds),
    delayMs: fc.constantFrom(...delaysMs),
  });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(fault, { minLength: 1, maxLength: 3 }) },
  );
}

/** No call is slower than the app's clients wait; a receiver may be slower than the scan waits. */
const trouble: fc.Arbitrary<Trouble> = fc
  .record({
    fate: fc.oneof(
      { weight: 6, arbitrary: fc.constant({}) },
      { weight: 3, arbitrary: fc.record({ killAt: fc.integer({ min: 1, max: 50 }) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          freezeAt: fc.integer({ min: 1, max: 50 }),
          freezeMs: fc.constantFrom(2 * SECOND, 15 * SECOND, 40 * SECOND, 10 * MINUTE),
        }),
      },
    ),
    timeLimitMs: fc.constantFrom(240 * SECOND, 240 * SECOND, 30 * SECOND, 5 * SECOND),
    stateDelayMs: fc.constantFrom(0, 0, 0, 0, SECOND, 4 * SECOND),
    list: faults(['throttled', 'unavailable', 'denied', 'stale', 'slow'], {
      calls: 8,
      delaysMs: [2 * SECOND, 20 * SECOND, 90 * SECOND],
    }),
    state: faults(['unavailable', 'inDoubt', 'repeated', 'slow', 'slow'], {
      calls: 10,
      delaysMs: [SECOND, 4 * SECOND, 9 * SECOND],
    }),
    receiver: faults(['refused', 'half', 'slow', 'slow'], {
      calls: 2,
      delaysMs: [SECOND, 7 * SECOND, 30 * SECOND],
    }),
  })
  .map(({ fate, ...rest }) => ({ ...fate, ...rest }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 8 })),
      lateness: fc.constantFrom(0, 0, 0, 0.00001, 0.001, 0.5, 0.999, 1),
      aheadMs: fc.constantFrom(0, 0, 0, 0, 0, 3 * MINUTE, 2 * HOUR),
      isUndated: fc.constantFrom(false, false, false, false, false, false, true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      pick: fc.nat(30),
      createAgain: fc.boolean(),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(
        fc.integer({ min: 1, max: 3 * SECOND }),
        fc.constantFrom(10 * SECOND, 25 * SECOND, MINUTE, 5 * MINUTE),
        fc.constantFrom(HOUR, 5 * HOUR, 24 * HOUR, 47 * HOUR, 48 * HOUR),
      ),
    }),
  },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('run' as const), trouble }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), pick: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('moveMachineClock' as const),
      offsetMs: fc.constantFrom(-48 * HOUR, -10 * MINUTE, 0, 10 * MINUTE, 72 * HOUR),
    }),
  },
);

export function histories(mostSteps: number): fc.Arbitrary<History> {
  return fc.record({
    overlapMs: fc.constantFrom(48 * HOUR, 48 * HOUR, 6 * HOUR, 10 * MINUTE),
    lookbackMs: fc.constantFrom(24 * HOUR, 10 * MINUTE),
    hasTwoScopes: fc.boolean(),
    feed: fc.constantFrom('none', 'none', 'none', 'prompt', 'poor'),
    pageSize: fc.integer({ min: 1, max: 5 }),
    disorder: fc.constantFrom(0, 0.1, 0.3),
    entropy: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    steps: fc.array(step, { minLength: 8, maxLength: mostSteps, size: 'max' }),
  });
}

/** A run in which nothing goes wrong. */
export const noTrouble: Trouble = {
  timeLimitMs: 240_000,
  stateDelayMs: 0,
  list: [],
  state: [],
  receiver: [],
};
