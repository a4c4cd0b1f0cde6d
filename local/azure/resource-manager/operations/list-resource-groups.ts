import type { Operation } from '../arm-context.ts';
import { hasAnyRole, requireAction } from '../authorization.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription } from '../require-existing.ts';
import { parseResourceFilter } from '../resource-filter.ts';
import { resourceGroupType } from '../resource-type-names.ts';

/** Groups of the subscription that the caller has a role on or in. `$filter` on a tag, `$top`. */
export const listResourceGroups: Operation = (arm, { caller, query }, { subscriptionId = '' }) => {
  requireSubscription(arm, subscriptionId);
  const scope = `/subscriptions/${subscriptionId}`;
  if (!hasAnyRole(arm, caller, scope)) {
    requireAction(arm, caller, 'Microsoft.Resources/subscriptions/resourcegroups/read', scope);
  }
  const matches = parseResourceFilter(query.get('$filter') ?? '');
  const prefix = `${scope.toLowerCase()}/`;
  const top = Number(query.get('$top') ?? Number.POSITIVE_INFINITY);
  const value = arm.store
    .all()
    .filter(({ type, id }) => type === resourceGroupType && id.toLowerCase().startsWith(prefix))
    .filter((group) => matches(group) && hasAnyRole(arm, caller, group.id))
    .slice(0, Number.isFinite(top) ? top : undefined)
    .map(renderResource);
  return { status: 200, body: { value } };
};
