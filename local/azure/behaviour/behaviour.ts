import type { Resource } from '../resource-manager/resource.ts';
import { DAY_SECONDS } from '../tokens/create-tokens.ts';
import { type BehaviourOrder, type ListDelay, parseBehaviourOrder } from './behaviour-order.ts';

/** How Azure behaves where it is slow, or chooses for itself; all of it can be changed at run time. */
export class Behaviour {
  #tokenLifetimeSeconds = DAY_SECONDS;
  #grantDelayMs = 0;
  #listDelay: ListDelay | undefined;

  /** Changes what `order` names and leaves the rest. Throws ServiceError 400 that names a wrong field. */
  set(order: BehaviourOrder): void {
    const { tokenLifetimeSeconds, grantDelayMs, listDelayMs } = parseBehaviourOrder(order);
    this.#tokenLifetimeSeconds = tokenLifetimeSeconds ?? this.#tokenLifetimeSeconds;
    this.#grantDelayMs = grantDelayMs ?? this.#grantDelayMs;
    this.#listDelay = listDelayMs ?? this.#listDelay;
  }

  /** Of tokens issued from now on. */
  get tokenLifetimeSeconds(): number {
    return this.#tokenLifetimeSeconds;
  }

  /** From a role assignment made or removed from now on until its effect, by the clock. */
  get grantDelayMs(): number {
    return this.#grantDelayMs;
  }

  /** From the creation of a resource until `GET …/resources` lists it, by the clock; its own GET shows it at once. */
  listDelayMs(resource: Resource): number {
    return this.#listDelay?.(resource) ?? 0;
  }
}
