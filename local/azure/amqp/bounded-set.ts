/** Holds at most `max` items: the oldest is given to `evict` when another comes. */
export class BoundedSet<Item> {
  readonly #items = new Set<Item>();
  readonly #max: number;
  readonly #evict: (item: Item) => void;

  constructor(max: number, evict: (item: Item) => void) {
    this.#max = max;
    this.#evict = evict;
  }

  get size(): number {
    return this.#items.size;
  }

  add(item: Item): void {
    this.#items.add(item);
    if (this.#items.size <= this.#max) return;
    const [oldest] = this.#items;
    if (oldest === undefined) return;
    this.#items.delete(oldest);
    this.#evict(oldest);
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }
}
