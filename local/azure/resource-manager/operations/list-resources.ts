import type { ServiceResponse } from '../../http/json-service.ts';
import type { ArmContext, ArmRequest, Operation } from '../arm-context.ts';
import { hasAnyRole, requireAction } from '../authorization.ts';
import { createReadableFilter, isListed, isListedYet } from '../readable-resources.ts';
import { renderListed } from '../render-resource.ts';
import { requireGroup, requireSubscription } from '../require-existing.ts';
import type { Resource } from '../resource.ts';
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
  const { top, expand, after } = parseListQuery(query, arm.listPageSize?.());
  const matches = parseResourceFilter(query.get('$filter') ?? '');
  const isReadable = createReadableFilter(arm, caller, scope);
  const { page, hasMore } = takePage(arm, scope, after, top);
  const value = page
    .filter((resource) => matches(resource) && isReadable(resource))
    .map((resource) => renderListed(resource, expand));
  const last = page.at(-1);
  if (!last || !hasMore) return { status: 200, body: { value } };
  const nextLink = nextListLink(request, scope, arm.store.placeOf(last));
  return { status: 200, body: { value, nextLink } };
}

function takePage(
  arm: ArmContext,
  scope: string,
  after: number,
  top: number,
): { page: readonly Resource[]; hasMore: boolean } {
  const page: Resource[] = [];
  for (const resource of arm.store.listAfter(scope, after)) {
    if (!isListed(arm, resource) || !isListedYet(arm, resource)) continue;
    if (page.length === top) return { page, hasMore: true };
    page.push(resource);
  }
  return { page, hasMore: false };
}

function scopeParts(scope: string) {
  const [, , subscriptionId, , resourceGroup] = scope.split('/');
  return {
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(resourceGroup !== undefined && { resourceGroup }),
  };
}
