interface Entry {
  readonly place: number;
  /** Undefined: a hole, where something was removed. */
  key: string | undefined;
}

/**
 * Keys in ascending order of their places. A page that begins anywhere costs what it holds, not what lies before
 * it: lists of 100,000 resources are read 1,000 at a time.
 */
export class ResourceOrder {
  #entries: Entry[] = [];
  #holes = 0;

  /** `place` is higher than all before. */
  append(place: number, key: string): void {
    this.#entries.push({ place, key });
  }

  remove(place: number): void {
    const entry = this.#entries[this.#indexAfter(place) - 1];
    if (entry?.place !== place || entry.key === undefined) return;
    entry.key = undefined;
    this.#holes += 1;
    if (this.#holes * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.filter(({ key }) => key !== undefined);
    this.#holes = 0;
  }

  /** Keys whose place is higher. Not to be held while something is removed. */
  *after(place: number): Generator<string> {
    for (let index = this.#indexAfter(place); index < this.#entries.length; index++) {
      const key = this.#entries[index]?.key;
      if (key !== undefined) yield key;
    }
  }

  /** Index of the first entry with a higher place. */
  #indexAfter(place: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.place ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
