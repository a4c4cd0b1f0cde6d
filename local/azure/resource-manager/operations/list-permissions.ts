import { isWithinScope } from '../../resource-id.ts';
import type { Operation } from '../arm-context.ts';
import { canonicalScope } from '../canonical-id.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/** What the caller itself may do at a scope: the permissions of its roles there. */
export const listPermissions: Operation = (arm, { caller }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  const value = arm.access
    .listEffectiveAssignmentsOf(caller.principalId)
    .filter((assignment) => isWithinScope(scope, assignment.scope))
    .flatMap(
      ({ roleDefinitionId }) => arm.access.findDefinition(roleDefinitionId)?.permissions ?? [],
    );
  return { status: 200, body: { value } };
};
