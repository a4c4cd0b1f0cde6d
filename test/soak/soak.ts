// Runs a property over histories seed by seed: what the test suite does with a hundred, `npm run soak` does with any
// number. The same seed draws, and over doubles shrinks to, the same history.
import fc from 'fast-check';
import { checkChronicle } from './check-chronicle.ts';
import type { Chronicle } from './chronicle.ts';
import { type History, histories } from './history.ts';

export interface Stage {
  readonly kind: 'memory' | 'embedded';
  /** Whether to look for a smaller history that fails too; what happens in real time does not happen twice. */
  readonly shrinks?: boolean;
  play(history: History): Promise<Chronicle>;
}

export interface Failure {
  readonly seed: number;
  readonly kind: Stage['kind'];
  readonly complaints: readonly string[];
  /** The smallest history found that fails. */
  readonly shrunk: History;
  readonly shrinks: number;
}

const MOST_STEPS = { memory: 45, embedded: 20 };

/** Plays the history of one seed; undefined if every promise was kept. */
export async function soakSeed(
  seed: number,
  { kind, play, shrinks = false }: Stage,
  tell: (chronicle: Chronicle) => void = () => {},
): Promise<Failure | undefined> {
  const property = fc.asyncProperty(histories(MOST_STEPS[kind]), async (drawn) => {
    const chronicle = await play(drawn);
    tell(chronicle);
    const complaints = checkChronicle(chronicle);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  const { failed, counterexample, numShrinks, errorInstance } = await fc.check(property, {
    ...{ seed, numRuns: 1 },
    endOnFailure: !shrinks,
  });
  if (!failed || !counterexample) return undefined;
  const complaints = String((errorInstance as Error).stack).split('\n');
  return { seed, kind, complaints, shrunk: counterexample[0], shrinks: numShrinks };
}

/** What was broken, the smallest history found that breaks it, and how to see it again. */
export function describeFailure({ seed, kind, complaints, shrunk, shrinks }: Failure): string {
  const { steps, ...circumstances } = shrunk;
  return [
    `Seed ${seed} fails:`,
    ...complaints.map((complaint) => `  ${complaint}`),
    `Replay it: npm run soak -- --kind ${kind} --first ${seed} --seeds 1`,
    `${shrinks > 0 ? `Shrunk ${shrinks} times to` : 'Its history'}: ${JSON.stringify(circumstances)}`,
    ...steps.map((step) => `  ${JSON.stringify(step)}`),
  ].join('\n');
}
