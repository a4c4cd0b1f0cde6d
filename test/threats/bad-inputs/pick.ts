import { createRandom } from '../../../local/azure/faults/random.ts';

/** Draws from lists and ranges; a seed gives the same draws everywhere. */
export interface Pick {
  below(limit: number): number;
  one<T>(list: readonly [T, ...T[]]): T;
  /** True once in `n`. */
  onceIn(n: number): boolean;
  text(alphabet: string, length: number): string;
}

export function createPick(seed: number): Pick {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    one: (list) => list[below(list.length)] ?? list[0],
    onceIn: (n) => below(n) === 0,
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  };
}
