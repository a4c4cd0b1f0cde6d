import type { ServiceResponse } from '../../http/json-service.ts';
import type { ArmContext, ArmRequest, Operation } from '../arm-context.ts';
import { hasAnyRole, requireAction } from '../authorization.ts';
import { createReadableFilter, isListed, isListedYet } from '../readable-resources.ts';
import { renderListed } from '../render-resource.ts';
import { requireGroup, requireSubscription } from '../require-existing.ts';
import { parseResourceFilter } from '../resource-filter.ts';
import { nextListLink, parseListQuery } from '../resource-list-query.ts';

export const listResourcesOfSubscription: Operation = (arm, request, { subscriptionId = '' }) => {
  requireSubscription(arm, subscriptionId);
  const scope = `/subscriptions/${subscriptionId}`;
  return listResources(arm, request, scope, 'Microsoft.Resources/subscriptions/resources/read');
};

export const listResourcesOfGroup: Operation = (arm, request, values) => {
  const { subscriptionId = '', resourceGroupName = '' } = values;
  requireSubscription(arm, subscriptionId);
  const scope = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
  const action = 'Microsoft.Resources/subscriptions/resourceGroups/resources/read';
  return listResources(arm, request, scope, action);
};

/**
 * Azure: refused only if the caller has no role on or in the scope; else filtered to what it may read.
 * A page covers `$top` candidates *before* the filter, so it may be empty and still have a nextLink
 * [R14], [R15].
 */
function listResources(
  arm: ArmContext,
  request: ArmRequest,
  scope: string,
  action: string,
): ServiceResponse {
  const { caller, query } = request;
  if (!hasAnyRole(arm, caller, scope)) requireAction(arm, caller, action, scope);
  requireGroup(arm, scopeParts(scope));
  const { top, expand, after } = parseListQuery(query);
  const matches = parseResourceFilter(query.get('$filter') ?? '');
  const isReadable = createReadableFilter(arm, caller, scope);
  const prefix = `${scope.toLowerCase()}/`;
  const candidates = arm.store
    .all()
    .filter((resource) => resource.id.toLowerCase().startsWith(prefix) && isListed(arm, resource))
    .filter((resource) => arm.store.placeOf(resource) > after && isListedYet(arm, resource));
  const page = candidates.slice(0, top);
  const last = page.at(-1);
  const value = page
    .filter((resource) => matches(resource) && isReadable(resource))
    .map((resource) => renderListed(resource, expand));
  if (!last || candidates.length <= top) return { status: 200, body: { value } };
  const nextLink = nextListLink(request, scope, arm.store.placeOf(last));
  return { status: 200, body: { value, nextLink } };
}

function scopeParts(scope: string) {
  const [, , subscriptionId, , resourceGroup] = scope.split('/');
  return {
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(resourceGroup !== undefined && { resourceGroup }),
  };
}
