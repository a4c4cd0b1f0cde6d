import { sameId } from './resource-id.ts';

/** A principal of the embedded tenant: what Entra ID would know about it. */
export interface Principal {
  /** Object id; role assignments name it. */
  readonly principalId: string;
  /** Application (client) id; token requests and SQL users name it. */
  readonly clientId: string;
  readonly kind: 'ManagedIdentity' | 'User' | 'Application' | 'Group';
  readonly displayName: string;
  /** For a managed identity: the user-assigned identity's id, or the id of the resource that has the system-assigned one. */
  readonly resourceId?: string;
}

/** The principals of the one tenant. A token of a principal that is not here is refused everywhere. */
export class Directory {
  readonly tenantId: string;
  readonly #byPrincipalId = new Map<string, Principal>();

  constructor(tenantId: string) {
    this.tenantId = tenantId;
  }

  add(principal: Principal): void {
    this.#byPrincipalId.set(principal.principalId.toLowerCase(), principal);
  }

  remove(principalId: string): void {
    this.#byPrincipalId.delete(principalId.toLowerCase());
  }

  find(principalId: string): Principal | undefined {
    return this.#byPrincipalId.get(principalId.toLowerCase());
  }

  findByClientId(clientId: string): Principal | undefined {
    const wanted = clientId.toLowerCase();
    return this.all().find((principal) => principal.clientId.toLowerCase() === wanted);
  }

  findByResourceId(resourceId: string): Principal | undefined {
    return this.all().find(
      (principal) => principal.resourceId !== undefined && sameId(principal.resourceId, resourceId),
    );
  }

  all(): readonly Principal[] {
    return [...this.#byPrincipalId.values()];
  }
}
