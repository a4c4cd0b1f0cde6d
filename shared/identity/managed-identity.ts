import type { UserAssignedIdentity } from '../managed-identities.ts';
import type { ListedResource } from '../resource-manager.ts';

/** A managed identity, as the app shows it. */
export interface ManagedIdentity {
  readonly kind: 'userAssigned' | 'systemAssigned';
  readonly name: string;
  /** Of the user-assigned identity, or of the resource that the system-assigned one belongs to. */
  readonly resourceId: string;
  /** Object id of its service principal: what role assignments name. */
  readonly principalId?: string;
  /** What token requests and database users name. Lists don't have that of a system-assigned one. */
  readonly clientId?: string;
  readonly tenantId?: string;
  /** False for a user-assigned identity of another group that a resource in SCAN_SCOPES has. */
  readonly isInScanScopes: boolean;
  /** Ids of the resources in SCAN_SCOPES that can get its tokens. */
  readonly assignedTo: readonly string[];
}

/** By what an identity is known, and in which order identities are listed. Ids differ in case from answer to answer. */
export const keyOf = ({ resourceId }: Pick<ManagedIdentity, 'resourceId'>): string =>
  resourceId.toLowerCase();

/** Puts together what Azure tells in parts: the identities themselves, and the resources that have some. */
export class IdentityCollection {
  readonly #identities = new Map<string, ManagedIdentity>();
  readonly #assignedTo = new Map<string, Map<string, string>>();

  addUserAssigned({ id, name, ...more }: UserAssignedIdentity): void {
    this.#identities.set(id.toLowerCase(), {
      kind: 'userAssigned',
      name,
      resourceId: id,
      ...more,
      isInScanScopes: true,
      assignedTo: [],
    });
  }

  /** Takes a resource of a list; most have no identity. */
  addResource({ id, name, identity }: ListedResource): void {
    if (id === undefined || !identity) return;
    const { principalId, tenantId, userAssignedIdentities } = identity;
    if (principalId) {
      this.#identities.set(id.toLowerCase(), {
        kind: 'systemAssigned',
        name: name ?? nameIn(id),
        resourceId: id,
        principalId,
        ...(tenantId && { tenantId }),
        isInScanScopes: true,
        assignedTo: [],
      });
      this.#assign(id, id);
    }
    for (const [identityId, ids] of Object.entries(userAssignedIdentities ?? {})) {
      this.#addAssigned(identityId, ids);
      this.#assign(identityId, id);
    }
  }

  /** In the order of `keyOf`. */
  all(): readonly ManagedIdentity[] {
    return [...this.#identities.entries()]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, identity]) => ({
        ...identity,
        assignedTo: [...(this.#assignedTo.get(key)?.values() ?? [])].toSorted(),
      }));
  }

  /** What a resource tells of its user-assigned identity: less than the identity's own list, so that wins. */
  #addAssigned(id: string, ids: { readonly principalId?: string; readonly clientId?: string }) {
    const key = id.toLowerCase();
    if (this.#identities.get(key)?.isInScanScopes) return;
    this.#identities.set(key, {
      kind: 'userAssigned',
      name: nameIn(id),
      resourceId: id,
      ...(ids.principalId && { principalId: ids.principalId }),
      ...(ids.clientId && { clientId: ids.clientId }),
      isInScanScopes: false,
      assignedTo: [],
    });
  }

  #assign(identityId: string, resourceId: string): void {
    const key = identityId.toLowerCase();
    const resources = this.#assignedTo.get(key) ?? new Map<string, string>();
    // Scopes may overlap: the same resource comes twice then.
    this.#assignedTo.set(key, resources.set(resourceId.toLowerCase(), resourceId));
  }
}

function nameIn(id: string): string {
  return id.split('/').at(-1) ?? id;
}
