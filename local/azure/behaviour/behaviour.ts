import type { Resource } from '../resource-manager/resource.ts';
import { DAY_SECONDS } from '../tokens/create-tokens.ts';
import { type BehaviourOrder, type ListDelay, parseBehaviourOrder } from './behaviour-order.ts';

/** How Azure behaves where it is slow, or chooses for itself; all of it can be changed at run time. */
export class Behaviour {
  #tokenLifetimeSeconds = DAY_SECONDS;
  #grantDelayMs = 0;
  #listDelay: ListDelay | undefined;
  #changeDelay: ListDelay | undefined;
  #listPageSize: number | undefined;
  #pausedDatabases: (id: string) => boolean = () => false;

  /** Changes what `order` names and leaves the rest. Throws ServiceError 400 that names a wrong field. */
  set(order: BehaviourOrder): void {
    const parsed = parseBehaviourOrder(order);
    const { tokenLifetimeSeconds, grantDelayMs, listDelayMs, changeDelayMs } = parsed;
    this.#tokenLifetimeSeconds = tokenLifetimeSeconds ?? this.#tokenLifetimeSeconds;
    this.#grantDelayMs = grantDelayMs ?? this.#grantDelayMs;
    this.#listDelay = listDelayMs ?? this.#listDelay;
    this.#changeDelay = changeDelayMs ?? this.#changeDelay;
    this.#listPageSize = parsed.listPageSize ?? this.#listPageSize;
    this.#pausedDatabases = parsed.pausedDatabases ?? this.#pausedDatabases;
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

  /** Most resources on a page of `GET …/resources`; undefined: Azure's own. */
  get listPageSize(): number | undefined {
    return this.#listPageSize;
  }

  /** From a change of a resource until Resource Graph's `resourcechanges` has it, by the clock. */
  changeDelayMs(resource: Resource): number {
    return this.#changeDelay?.(resource) ?? 0;
  }

  /** Whether a SQL database sleeps, as a serverless one does: logins are refused until it does no more. */
  isPaused(databaseId: string): boolean {
    return this.#pausedDatabases(databaseId);
  }
}
