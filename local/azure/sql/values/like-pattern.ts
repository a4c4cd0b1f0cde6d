// LIKE: https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql

/** One step of a pattern: a run of any characters (`%`), or a test of one. */
type Step = 'many' | ((character: string) => boolean);

export interface LikePattern {
  readonly steps: readonly Step[];
  /** A bracket that is not closed matches nothing. */
  readonly isNever: boolean;
}

const patterns = new Map<string, LikePattern>();
const MOST_KEPT = 500;

export function likePattern(
  pattern: string,
  escapeCharacter: string | undefined,
  isExact: boolean,
): LikePattern {
  const key = `${isExact ? 1 : 0}${escapeCharacter ?? ''}\0${pattern}`;
  let found = patterns.get(key);
  if (!found) {
    const steps = stepsOf(pattern, escapeCharacter, isExact);
    found = { steps: steps ?? [], isNever: steps === undefined };
    if (patterns.size >= MOST_KEPT) patterns.clear();
    patterns.set(key, found);
  }
  return found;
}

/**
 * Whether the whole text matches. In time of the product of both lengths: only the last `%` is tried again, as what
 * one before it could give, it can as well.
 */
export function matches({ steps, isNever }: LikePattern, text: string): boolean {
  if (isNever) return false;
  let [at, step] = [0, 0];
  let [retryStep, retryAt] = [-1, 0];
  while (at < text.length) {
    const current = steps[step];
    if (current === 'many') {
      [retryStep, retryAt] = [step, at];
      step++;
    } else if (current?.(text.charAt(at))) {
      at++;
      step++;
    } else if (retryStep >= 0) {
      step = retryStep + 1;
      at = ++retryAt;
    } else return false;
  }
  while (steps[step] === 'many') step++;
  return step === steps.length;
}

function stepsOf(
  pattern: string,
  escapeCharacter: string | undefined,
  isExact: boolean,
): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (escapeCharacter && character === escapeCharacter && at + 1 < pattern.length) {
      steps.push(oneOf([[pattern.charAt(++at)]], false, isExact));
    } else if (character === '%') {
      if (steps.at(-1) !== 'many') steps.push('many');
    } else if (character === '_') steps.push(() => true);
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return undefined;
      steps.push(setOf(pattern.slice(at + 1, end), isExact));
      at = end;
    } else steps.push(oneOf([[character]], false, isExact));
  }
  return steps;
}

/** One character, or the first and the last of a range. */
type Range = readonly [string, string?];

/** `a-z`, `^abc`. */
function setOf(inner: string, isExact: boolean): Step {
  const isNegated = inner.startsWith('^');
  const members = isNegated ? inner.slice(1) : inner;
  const ranges: Range[] = [];
  for (let at = 0; at < members.length; at++) {
    const isRange = members.charAt(at + 1) === '-' && at + 2 < members.length;
    ranges.push(isRange ? [members.charAt(at), members.charAt(at + 2)] : [members.charAt(at)]);
    if (isRange) at += 2;
  }
  return oneOf(ranges, isNegated, isExact);
}

function oneOf(ranges: readonly Range[], isNegated: boolean, isExact: boolean): Step {
  const fold = (text: string) => (isExact ? text : text.toUpperCase());
  const folded = ranges.map(([first, last = first]) => [fold(first), fold(last)] as const);
  return (character) => {
    const own = fold(character);
    return folded.some(([first, last]) => own >= first && own <= last) !== isNegated;
  };
}
