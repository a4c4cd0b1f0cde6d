// Resource Graph's `resourcechanges` over time: each creation once, after a while, or never.
import type { Creation, CreationPage, ResourceGraph } from '../../shared/resource-graph.ts';
import type { Chronicle, Incarnation } from './chronicle.ts';
import type { History } from './history.ts';

interface Change extends Creation {
  readonly shownFromMs: number;
}

export class ModelChanges {
  readonly #chronicle: Chronicle;
  readonly #history: History;
  readonly #random: () => number;
  readonly #changes = new Map<Incarnation, Change>();

  constructor(chronicle: Chronicle, history: History, random: () => number) {
    this.#chronicle = chronicle;
    this.#history = history;
    this.#random = random;
  }

  /** Pages are as small as ARM's; what comes late may lie on one that was read already. */
  list(
    ...[scopes, since, page, nowMs]: [...Parameters<ResourceGraph['listCreations']>, number]
  ): CreationPage {
    const isIn = ({ resourceId }: Creation) =>
      scopes.some((scope) => resourceId.toLowerCase().startsWith(`${scope.toLowerCase()}/`));
    const all = this.#chronicle.incarnations
      .map((incarnation) => this.#changeOf(incarnation))
      .filter((one) => one.shownFromMs <= nowMs && one.changeTime >= since && isIn(one))
      .sort((a, b) => (a.changeTime < b.changeTime ? -1 : 1));
    const start = Number(page ?? 0);
    const end = start + this.#history.pageSize;
    const creations = all
      .slice(start, end)
      .map(({ resourceId, changeTime }) => ({ resourceId, changeTime }));
    return { creations, ...(end < all.length && { nextPage: String(end) }) };
  }

  #changeOf(incarnation: Incarnation): Change {
    const known = this.#changes.get(incarnation);
    if (known) return known;
    const { id, createdAtMs } = incarnation;
    const change = {
      resourceId: id,
      changeTime: new Date(createdAtMs + Math.floor(this.#random() * 5_000)).toISOString(),
      shownFromMs: createdAtMs + this.#delayMs(),
    };
    this.#changes.set(incarnation, change);
    return change;
  }

  #delayMs(): number {
    if (this.#history.feed === 'prompt') return 5_000 + this.#random() * 60_000;
    const dice = this.#random();
    if (dice < 0.3) return Number.POSITIVE_INFINITY;
    return 5_000 + dice * this.#chronicle.overlapMs;
  }
}
