// How a list falls into pages while what it lists changes: a walk shows at least what was listed when it began and
// stayed. More is not promised: what came later shows or not, and what may still be listed late may hide once more.

/** What a page layout has to know of a listed thing. */
export interface Listed {
  readonly key: string;
  /** Until then it may be missing in a walk though others have shown it. */
  readonly steadyFromMs: number;
}

interface Walk {
  /** Key → number of its page. */
  readonly pageOf: Map<string, number>;
  readonly pageCount: number;
  readonly beganAtMs: number;
}

/** How old a page's address may be. */
const PAGE_LIFETIME_MS = 6 * 3_600_000;

export interface LayoutRules {
  readonly pageSize: number;
  /** Chance of each thing to be moved, listed twice, or of a page to be empty. */
  readonly disorder: number;
  readonly random: () => number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Names the next page; absent on the last one. */
  readonly next?: string;
}

export class PageLayout {
  readonly #rules: LayoutRules;
  readonly #walks: Walk[] = [];

  constructor(rules: LayoutRules) {
    this.#rules = rules;
  }

  /** `page`: undefined for the first one. Undefined: there is no such page any more. */
  turn<T extends Listed>(
    all: readonly T[],
    nowMs: number,
    page: string | undefined,
  ): Page<T> | undefined {
    const [walkNumber = 0, pageNumber = 0] = page?.split('-').map(Number) ?? [
      this.#begin(all, nowMs),
      0,
    ];
    const walk = this.#walks[walkNumber];
    if (!walk || nowMs - walk.beganAtMs > PAGE_LIFETIME_MS) return undefined;
    for (const item of all) this.#place(item, walk);
    const items = all.flatMap((item) => this.#show(item, walk, pageNumber, nowMs));
    const isLast = pageNumber + 1 >= walk.pageCount;
    return { items, ...(isLast ? {} : { next: `${walkNumber}-${pageNumber + 1}` }) };
  }

  #begin(all: readonly Listed[], nowMs: number): number {
    const { pageSize, random } = this.#rules;
    const order = all
      .map((item) => ({ item, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
    const pageOf = new Map<string, number>();
    let page = 0;
    for (let index = 0; index < order.length; index += pageSize) {
      while (this.#happens()) page += 1; // an empty one
      for (const { key } of order.slice(index, index + pageSize)) pageOf.set(key, page);
      page += 1;
    }
    return this.#walks.push({ pageOf, pageCount: Math.max(1, page), beganAtMs: nowMs }) - 1;
  }

  /** What came after the walk began lies anywhere. */
  #place({ key }: Listed, { pageOf, pageCount }: Walk): void {
    if (pageOf.has(key)) return;
    pageOf.set(key, Math.floor(this.#rules.random() * pageCount));
  }

  #show<T extends Listed>(item: T, { pageOf }: Walk, page: number, nowMs: number): T[] {
    const isHere = pageOf.get(item.key) === page;
    if (isHere && nowMs <= item.steadyFromMs && this.#happens()) {
      pageOf.set(item.key, page - 1);
      return [];
    }
    return [...(isHere ? [item] : []), ...(this.#happens() ? [item] : [])];
  }

  #happens(): boolean {
    return this.#rules.random() < this.#rules.disorder;
  }
}
