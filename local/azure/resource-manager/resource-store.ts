import type { Resource } from './resource.ts';

export interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
}

/** What ARM knows: subscriptions, and resources (groups included) in the order of their creation. */
export class ResourceStore {
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #resources = new Map<string, Resource>();
  /** Places in the list, ascending; they outlive deletions, so that a page can go on from one. */
  readonly #places = new Map<string, number>();
  #lastPlace = 0;

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
    if (!this.#resources.has(key)) this.#places.set(key, ++this.#lastPlace);
    this.#resources.set(key, resource);
  }

  remove(id: string): void {
    this.#resources.delete(id.toLowerCase());
    this.#places.delete(id.toLowerCase());
  }

  placeOf(resource: Resource): number {
    return this.#places.get(resource.id.toLowerCase()) ?? 0;
  }

  all(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  /** Children and extension resources at any depth, not the resource itself. */
  below(id: string): readonly Resource[] {
    const prefix = `${id.toLowerCase()}/`;
    return this.all().filter((resource) => resource.id.toLowerCase().startsWith(prefix));
  }
}
