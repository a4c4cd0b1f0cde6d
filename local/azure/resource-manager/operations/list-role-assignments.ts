import type { RoleAssignment } from '../../access/access.ts';
import { isWithinScope, parseResourceId, sameId } from '../../resource-id.ts';
import type { ArmContext, Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { invalidFilter } from '../gateway-errors.ts';
import { findAny } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription, requireSurroundings } from '../require-existing.ts';
import { roleAssignmentType } from '../resource-type-names.ts';
import { subscriptionOf } from '../scope-parts.ts';

/**
 * At, above and, without `atScope()`, below the scope. `$filter`: `atScope()`, `assignedTo('…')`,
 * `principalId eq '…'`, joined by and.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 */
export const listRoleAssignments: Operation = (arm, { caller, query }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  requireAction(arm, caller, 'Microsoft.Authorization/roleAssignments/read', scope || '/');
  const probe = parseResourceId(`${scope}/providers/Microsoft.Authorization/roleAssignments/-`);
  if (probe) requireSurroundings(arm, probe, 'read');
  const { atScope, principalId } = parseFilter(query.get('$filter') ?? '');
  const value = allAssignments(arm)
    .filter(
      (assignment) =>
        isWithinScope(scope, assignment.scope) ||
        (!atScope && isWithinScope(assignment.scope, scope)),
    )
    .filter((each) => principalId === undefined || sameId(each.principalId, principalId))
    .flatMap(({ id }) => {
      const parsed = parseResourceId(id);
      const resource = parsed && findAny(arm, parsed);
      return resource ? [renderResource(resource)] : [];
    });
  return { status: 200, body: { value } };
};

type Listed = Pick<RoleAssignment, 'id' | 'scope' | 'principalId'>;

/** Those that grant something, and those that ARM keeps although they grant nothing (conditions). */
function allAssignments({ access, store }: ArmContext): readonly Listed[] {
  const granting = access.listAssignments();
  const known = new Set(granting.map(({ id }) => id.toLowerCase()));
  const others = store
    .all()
    .filter(({ id, type }) => type === roleAssignmentType && !known.has(id.toLowerCase()))
    .map(({ id, properties }) => ({
      id,
      scope: String(properties.scope),
      principalId: String(properties.principalId),
    }));
  return [...granting, ...others];
}

function parseFilter(filter: string): { atScope: boolean; principalId?: string } {
  const result: { atScope: boolean; principalId?: string } = { atScope: false };
  for (const part of filter.split(/\s+and\s+/i)) {
    const term = part.trim();
    if (term === '') continue;
    const principal =
      /^(?:assignedTo|principalId)\s*(?:\(|eq)\s*'([^']*)'\s*\)?$/i.exec(term)?.[1] ?? undefined;
    if (/^atScope\(\)$/i.test(term)) result.atScope = true;
    else if (principal !== undefined) result.principalId = principal;
    else throw invalidFilter(filter);
  }
  return result;
}
