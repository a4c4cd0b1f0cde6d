import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { renderRoleDefinition } from '../render-role-definition.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/** Throws 404 `RoleDefinitionDoesNotExist`. Source: https://learn.microsoft.com/rest/api/authorization/role-definitions/get */
export const getRoleDefinition: Operation = (arm, { caller }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  requireAction(arm, caller, 'Microsoft.Authorization/roleDefinitions/read', scope || '/');
  const { roleDefinitionId = '' } = values;
  const role = arm.access.findDefinition(roleDefinitionId);
  if (role) return { status: 200, body: renderRoleDefinition(role, subscriptionOf(values)) };
  throw new ServiceError(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${roleDefinitionId.replaceAll('-', '')}' does not exist.`,
  );
};
