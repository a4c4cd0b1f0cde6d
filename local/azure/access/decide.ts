import { isWithinScope } from '../resource-id.ts';
import type { AccessRequest, Decision, RoleAssignment } from './access.ts';
import { explainDenial } from './explain-denial.ts';
import type { RoleDefinitions } from './role-definitions.ts';

/**
 * Azure RBAC: the union of what the principal's roles allow at the scope or above it, and nothing else.
 * `assignments`: those of the principal and of its groups. One whose role is unknown grants nothing.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
 */
export function decide(
  request: AccessRequest,
  assignments: readonly RoleAssignment[],
  definitions: RoleDefinitions,
): Decision {
  const { action, isDataAction, scope } = request;
  const weighed = assignments.flatMap((assignment) => {
    const role = definitions.find(assignment.roleDefinitionId);
    if (!role) return [];
    const allows = definitions.permissionsOf(role).allows(action, isDataAction);
    return [{ assignment, role, allows, inScope: isWithinScope(scope, assignment.scope) }];
  });
  const granting = weighed.find(({ inScope, allows }) => inScope && allows);
  if (!granting) return { ...request, allowed: false, why: explainDenial(request, weighed) };
  const { assignment, role } = granting;
  const why = `${role.roleName} on ${assignment.scope || '/'} allows it.`;
  return { ...request, allowed: true, assignment, why };
}
