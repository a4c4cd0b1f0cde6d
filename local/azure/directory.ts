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
  /** Of an application: what tokens for it may name as audience, beside its client id: `api://orders`. */
  readonly identifierUris?: readonly string[];
}

/** The principals of the one tenant. A token of a principal that is not here is refused everywhere. */
export class Directory {
  readonly tenantId: string;
  readonly #byPrincipalId = new Map<string, Principal>();
  /** Object ids of members by that of their group, lower case. */
  readonly #members = new Map<string, Set<string>>();

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

  /** A group may be a member too. */
  addMember(groupId: string, memberId: string): void {
    const members = this.#members.get(groupId.toLowerCase()) ?? new Set();
    this.#members.set(groupId.toLowerCase(), members.add(memberId.toLowerCase()));
  }

  removeMember(groupId: string, memberId: string): void {
    this.#members.get(groupId.toLowerCase())?.delete(memberId.toLowerCase());
  }

  /** Groups that are there and have the principal in them, directly or through another group. */
  groupsOf(principalId: string): readonly Principal[] {
    if (this.#members.size === 0) return [];
    const found = new Set([principalId.toLowerCase()]);
    for (const id of found) {
      for (const [groupId, members] of this.#members) if (members.has(id)) found.add(groupId);
    }
    return this.all().filter(
      (each) => each.kind === 'Group' && found.has(each.principalId.toLowerCase()),
    );
  }

  all(): readonly Principal[] {
    return [...this.#byPrincipalId.values()];
  }
}
