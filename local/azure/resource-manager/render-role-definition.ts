import type { RoleDefinition } from '../access/access.ts';
import { roleDefinitionType } from './resource-type-names.ts';

/** Pretend: built-in roles all carry the date of Azure RBAC's general availability. */
const BUILT_IN_TIME = '2015-02-02T21:55:09.8806423Z';

/** Keys in the order of [R20]. Azure: the id is subscription-scoped wherever it was asked for [R20], [R21]. */
export function renderRoleDefinition(
  role: RoleDefinition,
  subscriptionId: string | undefined,
): Record<string, unknown> {
  const scope = subscriptionId === undefined ? '' : `/subscriptions/${subscriptionId}`;
  return {
    properties: roleDefinitionProperties(role),
    id: `${scope}/providers/${roleDefinitionType}/${role.id}`,
    type: roleDefinitionType,
    name: role.id,
  };
}

export function roleDefinitionProperties(role: RoleDefinition): Record<string, unknown> {
  return {
    roleName: role.roleName,
    type: role.type,
    description: role.description,
    assignableScopes: role.assignableScopes,
    permissions: role.permissions,
    createdOn: BUILT_IN_TIME,
    updatedOn: BUILT_IN_TIME,
    createdBy: null,
    updatedBy: null,
  };
}
