import type { Resource } from './resource.ts';
import { ResourceOrder } from './resource-order.ts';

export interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Told of each change after it: absent `before` is a creation, absent `after` a deletion. */
export type ResourceObserver = (change: {
  readonly before?: Resource;
  readonly after?: Resource;
  /** Object id of who deleted it. */
  readonly removedBy?: string;
}) => void;

/** What ARM knows: subscriptions, and resources (groups included) in the order of their creation. */
export class ResourceStore {
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #resources = new Map<string, Resource>();
  /** Places in the list, ascending; they outlive deletions, so that a page can go on from one. */
  readonly #places = new Map<string, number>();
  readonly #order = new ResourceOrder();
  /** By lower-case id of a group, for what lies in it. */
  readonly #orderInGroup = new Map<string, ResourceOrder>();
  readonly #observe: ResourceObserver;
  #lastPlace = 0;

  constructor(observe: ResourceObserver = () => {}) {
    this.#observe = observe;
  }

  /** Takes the place of one that is there. */
  addSubscription(subscription: Subscription): void {
    this.#subscriptions.set(subscription.subscriptionId.toLowerCase(), subscription);
  }

  findSubscription(subscriptionId: string): Subscription | undefined {
    return this.#subscriptions.get(subscriptionId.toLowerCase());
  }

  subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  find(id: string): Resource | undefined {
    return this.#resources.get(id.toLowerCase());
  }

  findGroup(subscriptionId: string, name: string): Resource | undefined {
    return this.find(`/subscriptions/${subscriptionId}/resourceGroups/${name}`);
  }

  /** Replacing a resource keeps its place. */
  save(resource: Resource): void {
    const key = resource.id.toLowerCase();
    const before = this.#resources.get(key);
    if (!before) this.#append(key);
    this.#resources.set(key, resource);
    this.#observe({ ...(before && { before }), after: resource });
  }

  /** `removedBy`: object id of the caller. */
  remove(id: string, removedBy?: string): void {
    const key = id.toLowerCase();
    const before = this.#resources.get(key);
    const place = this.#places.get(key);
    if (!before || place === undefined) return;
    this.#resources.delete(key);
    this.#places.delete(key);
    this.#order.remove(place);
    this.#orderInGroup.get(groupOf(key) ?? '')?.remove(place);
    this.#observe({ before, ...(removedBy !== undefined && { removedBy }) });
  }

  placeOf(resource: Resource): number {
    return this.#places.get(resource.id.toLowerCase()) ?? 0;
  }

  all(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  /** What lies below `scope` and has a higher place, in order; costs no more than what is taken of it. */
  *listAfter(scope: string, place: number): Generator<Resource> {
    const prefix = `${scope.toLowerCase()}/`;
    const group = groupOf(prefix);
    const order = group === undefined ? this.#order : this.#orderInGroup.get(group);
    for (const key of order?.after(place) ?? []) {
      const resource = this.#resources.get(key);
      if (resource && key.startsWith(prefix)) yield resource;
    }
  }

  /** Children and extension resources at any depth, not the resource itself. */
  below(id: string): readonly Resource[] {
    return [...this.listAfter(id, 0)];
  }

  #append(key: string): void {
    const place = ++this.#lastPlace;
    this.#places.set(key, place);
    this.#order.append(place, key);
    const group = groupOf(key);
    if (group === undefined) return;
    const order = this.#orderInGroup.get(group) ?? new ResourceOrder();
    order.append(place, key);
    this.#orderInGroup.set(group, order);
  }
}

/** `/subscriptions/s/resourcegroups/g` of a lower-case id that lies in a group; undefined for any other. */
function groupOf(key: string): string | undefined {
  return /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\//.exec(key)?.[1];
}
