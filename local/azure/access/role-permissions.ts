import type { RoleDefinition } from './access.ts';
import { compileActionPatterns } from './action-pattern.ts';

/** What a role allows, compiled: it is asked on every request. */
export interface RolePermissions {
  allows(action: string, isDataAction: boolean): boolean;
}

/**
 * `notActions` take away from the `actions` beside them and never from another role:
 * they are not a deny.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions
 */
export function compilePermissions(definition: RoleDefinition): RolePermissions {
  const blocks = definition.permissions.map((permission) => ({
    actions: compileActionPatterns(permission.actions),
    notActions: compileActionPatterns(permission.notActions),
    dataActions: compileActionPatterns(permission.dataActions),
    notDataActions: compileActionPatterns(permission.notDataActions),
  }));
  return {
    allows: (action, isDataAction) =>
      blocks.some((block) =>
        isDataAction
          ? block.dataActions(action) && !block.notDataActions(action)
          : block.actions(action) && !block.notActions(action),
      ),
  };
}
