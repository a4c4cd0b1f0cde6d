// Runs a property over histories seed by seed: what the test suite does with a hundred, `npm run soak` does with any
// number. The same seed draws, and shrinks to, the same history.
import fc from 'fast-check';
import { checkChronicle } from './check-chronicle.ts';
import type { Chronicle } from './chronicle.ts';
import { type History, history } from './history.ts';

export interface Failure {
  readonly seed: number;
  readonly complaints: readonly string[];
  /** The smallest history found that fails. */
  readonly shrunk: History;
  readonly shrinks: number;
}

/** Plays the history of one seed; undefined if every promise was kept. */
export async function soakSeed(
  seed: number,
  play: (drawn: History) => Promise<Chronicle>,
): Promise<Failure | undefined> {
  const property = fc.asyncProperty(history, async (drawn) => {
    const complaints = checkChronicle(await play(drawn));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  const { failed, counterexample, numShrinks, errorInstance } = await fc.check(property, {
    seed,
    numRuns: 1,
  });
  if (!failed || !counterexample) return undefined;
  const complaints = String((errorInstance as Error).message).split('\n');
  return { seed, complaints, shrunk: counterexample[0], shrinks: numShrinks };
}

/** What was broken, the smallest history found that breaks it, and how to see it again. */
export function describeFailure({ seed, complaints, shrunk, shrinks }: Failure): string {
  const { steps, ...circumstances } = shrunk;
  return [
    `Seed ${seed} fails:`,
    ...complaints.map((complaint) => `  ${complaint}`),
    `Replay it: npm run soak -- --first ${seed} --seeds 1`,
    `Shrunk ${shrinks} times to: ${JSON.stringify(circumstances)}`,
    ...steps.map((step) => `  ${JSON.stringify(step)}`),
  ].join('\n');
}
