import type { RoleDefinition } from './access.ts';
import { loadBuiltInRoles } from './load-built-in-roles.ts';
import { compilePermissions, type RolePermissions } from './role-permissions.ts';

/** The tenant's role definitions: the built-in ones and those that were added. */
export class RoleDefinitions {
  readonly #byGuid = new Map(loadBuiltInRoles().map((role) => [role.id, role]));
  /** Compiled on first use: of some hundred roles a deployment assigns a handful. */
  readonly #permissions = new Map<string, RolePermissions>();

  add(definition: RoleDefinition): void {
    const guid = toRoleGuid(definition.id);
    this.#byGuid.set(guid, { ...definition, id: guid });
    this.#permissions.delete(guid);
  }

  remove(idOrGuid: string): void {
    const guid = toRoleGuid(idOrGuid);
    this.#byGuid.delete(guid);
    this.#permissions.delete(guid);
  }

  find(idOrGuid: string): RoleDefinition | undefined {
    return this.#byGuid.get(toRoleGuid(idOrGuid));
  }

  all(): readonly RoleDefinition[] {
    return [...this.#byGuid.values()];
  }

  permissionsOf(definition: RoleDefinition): RolePermissions {
    let permissions = this.#permissions.get(definition.id);
    if (!permissions) {
      permissions = compilePermissions(definition);
      this.#permissions.set(definition.id, permissions);
    }
    return permissions;
  }
}

/**
 * Definitions are the same at whichever scope an id names them: only the last segment counts.
 * Templates write `/providers/…`, `/subscriptions/…/providers/…` and even group-scoped ids.
 */
export function toRoleGuid(idOrGuid: string): string {
  return idOrGuid.slice(idOrGuid.lastIndexOf('/') + 1).toLowerCase();
}
