import { v5 as uuidV5 } from 'uuid';
import type { Directory, Principal } from '../directory.ts';

/** Namespace of ARM's `guid()` (golden/engine.json), so that ids can be foretold from the resource id. */
const NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';

/**
 * Gives a principal to a user-assigned identity or to the resource of a system-assigned one.
 * Pretend: Entra ID gives random ids; ours are derived from the resource id and the count of earlier principals,
 * so the first is the same in every run and an identity made anew is a new principal, as in Azure.
 */
export class ManagedIdentities {
  readonly #directory: Directory;
  readonly #created = new Map<string, number>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  find(resourceId: string): Principal | undefined {
    return this.#directory.findByResourceId(resourceId);
  }

  findOrCreate(resourceId: string, displayName: string): Principal {
    const present = this.find(resourceId);
    if (present) return present;
    const key = resourceId.toLowerCase();
    const count = this.#created.get(key) ?? 0;
    this.#created.set(key, count + 1);
    const suffix = count === 0 ? '' : `-${count}`;
    const principal: Principal = {
      principalId: uuidV5(`principal-${key}${suffix}`, NAMESPACE),
      clientId: uuidV5(`client-${key}${suffix}`, NAMESPACE),
      kind: 'ManagedIdentity',
      displayName,
      resourceId,
    };
    this.#directory.add(principal);
    return principal;
  }

  /** Role assignments for the principal stay, as orphans. */
  remove(resourceId: string): void {
    const principal = this.find(resourceId);
    if (principal) this.#directory.remove(principal.principalId);
  }
}
