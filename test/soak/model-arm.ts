// Resource Manager over time, as the scan sees it through its client: what is created, when lists show it, in which
// pages and in which case of letters.
import type { ListedResource, ResourcePage } from '../../shared/resource-manager.ts';
import type { Chronicle, Incarnation } from './chronicle.ts';
import type { History, Step } from './history.ts';
import { PageLayout } from './page-layout.ts';

export const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
export const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-app`;
const PAGE_ADDRESS = 'https://management.azure.com/page/';

export interface ListedPage extends ResourcePage {
  /** Of the incarnations on it. */
  readonly keys: readonly string[];
}

export class ModelArm {
  readonly #chronicle: Chronicle;
  readonly #history: History;
  readonly #random: () => number;
  readonly #layout: PageLayout;
  #nameCount = 0;

  constructor(chronicle: Chronicle, history: History, random: () => number) {
    this.#chronicle = chronicle;
    this.#history = history;
    this.#random = random;
    this.#layout = new PageLayout({ ...history, random });
  }

  create(
    { count, lateness, aheadMs, isUndated }: Step & { readonly kind: 'create' },
    nowMs: number,
  ) {
    for (let index = 0; index < count; index++) {
      const name = `r${++this.#nameCount}`;
      const isElsewhere = this.#history.hasTwoScopes && this.#random() < 0.3;
      const group = isElsewhere ? `${SUBSCRIPTION}/resourceGroups/rg-other` : GROUP;
      const id = `${group}/providers/Microsoft.Test/things/${name}`;
      this.#add(id, nowMs, isUndated ? undefined : nowMs + aheadMs, lateness);
    }
  }

  /** The n-th of those that are there. */
  remove(pick: number, createAgain: boolean, nowMs: number): void {
    const alive = this.#chronicle.incarnations.filter(({ deletedAtMs }) => !deletedAtMs);
    const removed = alive[pick % Math.max(1, alive.length)];
    if (!removed) return;
    removed.deletedAtMs = nowMs;
    const isNewTime = removed.createdTime !== new Date(nowMs).toISOString();
    if (createAgain && isNewTime) this.#add(removed.id, nowMs, nowMs, 0);
  }

  /** Undefined: the page's address is too old. */
  list(scope: string, page: string | undefined, nowMs: number): ListedPage | undefined {
    const { overlapMs } = this.#chronicle;
    const shown = this.#chronicle.incarnations
      .filter(
        ({ id, listedFromMs, deletedAtMs }) =>
          id.toLowerCase().startsWith(`${scope.toLowerCase()}/`) &&
          listedFromMs <= nowMs &&
          !deletedAtMs,
      )
      .map((incarnation) => ({
        ...incarnation,
        steadyFromMs: steadyFromMs(incarnation, overlapMs),
      }));
    const turned = this.#layout.turn(shown, nowMs, page?.slice(PAGE_ADDRESS.length));
    if (!turned) return undefined;
    return {
      keys: turned.items.map(({ key }) => key),
      resources: turned.items.map((item) => this.#render(item)),
      ...(turned.next ? { nextPage: PAGE_ADDRESS + turned.next } : {}),
    };
  }

  #add(id: string, nowMs: number, createdMs: number | undefined, lateness: number): void {
    const created = createdMs === undefined ? undefined : new Date(createdMs).toISOString();
    const inGroup = id.startsWith(`${GROUP}/`);
    const scopes = [
      ...(inGroup ? [GROUP] : []),
      ...(this.#history.hasTwoScopes ? [SUBSCRIPTION] : []),
    ];
    this.#chronicle.incarnations.push({
      key: `${id.toLowerCase()}|${created}`,
      id,
      ...(created !== undefined && { createdTime: created }),
      scopes: scopes.map((scope) => scope.toLowerCase()),
      createdAtMs: nowMs,
      listedFromMs: nowMs + Math.floor(lateness * this.#chronicle.overlapMs),
    });
  }

  /** Azure: ids come in another case from one list to the next. */
  #render({ id, createdTime }: Incarnation): ListedResource {
    const dice = this.#random();
    const name = id.slice(id.lastIndexOf('/') + 1);
    return {
      id: dice < 0.1 ? id.toUpperCase() : dice < 0.2 ? id.toLowerCase() : id,
      name,
      type: 'Microsoft.Test/things',
      location: 'westeurope',
      ...(createdTime !== undefined && { createdTime: new Date(createdTime) }),
    };
  }
}

/** A resource may be listed, and hide again, until the overlap has passed. */
function steadyFromMs({ createdTime, listedFromMs }: Incarnation, overlapMs: number): number {
  return createdTime === undefined ? listedFromMs : Date.parse(createdTime) + overlapMs;
}
