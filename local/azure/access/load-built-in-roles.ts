import { readdirSync, readFileSync } from 'node:fs';
import type { RoleDefinition } from './access.ts';

/** A role as the files in `role-definitions/` have it: Azure's members, without those that are the same for all. */
interface RoleFileEntry {
  /** The well-known GUID, lower case. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/**
 * Azure's built-in roles that templates commonly assign, with their published actions.
 * A role that is not here does not exist for the embedded Azure: assigning it is refused, never ignored.
 * They are JSON and not modules because 20 modules cost 20 ms of every start, and reading them one.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export function loadBuiltInRoles(): RoleDefinition[] {
  const folder = new URL('./role-definitions/', import.meta.url);
  return readdirSync(folder).flatMap((file) => {
    const entries: RoleFileEntry[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return entries.map(toRoleDefinition);
  });
}

function toRoleDefinition(entry: RoleFileEntry): RoleDefinition {
  const { actions = [], notActions = [], dataActions = [], notDataActions = [] } = entry;
  return {
    id: entry.name,
    roleName: entry.roleName,
    type: 'BuiltInRole',
    description: entry.description,
    assignableScopes: ['/'],
    permissions: [{ actions, notActions, dataActions, notDataActions }],
  };
}
