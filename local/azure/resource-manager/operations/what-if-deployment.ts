import { ServiceError } from '../../http/service-error.ts';
import { isWithinScope, parseResourceId } from '../../resource-id.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from '../arm-context.ts';
import { toErrorBody } from '../arm-error.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { deploymentId, parseDeploymentRequest } from '../deployment-request.ts';
import { parseObjectBody } from '../parse-json-body.ts';
import { requireWriteOnAll } from '../preflight-authorization.ts';
import { isHidden } from '../read-resource.ts';
import { createReadableFilter, isListed } from '../readable-resources.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription } from '../require-existing.ts';
import type { Resource } from '../resource.ts';
import { subscriptionOf } from '../scope-parts.ts';

/**
 * 202 with a Location whose answer holds the changes; a bad template shows only there [R18], [R19].
 * Pretend: bodies are not compared, so a resource that is there is deployed again (`Deploy`) where Azure says
 * `Modify` or `NoChange`, and what does not exist yet has no `after`.
 */
export const whatIfDeployment: Operation = (arm, request, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const action = 'Microsoft.Resources/deployments/whatIf/action';
  requireAction(arm, request.caller, action, deploymentId(arm, values));
  const body = predict(arm, request, values);
  const id = arm.asyncOperations.start(Promise.resolve({ status: 200, body }));
  const location =
    `${request.origin}/subscriptions/${subscriptionOf(values)}/operationresults/${id}` +
    `?api-version=${encodeURIComponent(request.apiVersion)}`;
  return { status: 202, headers: { Location: location, 'Retry-After': '0' } };
};

function predict(arm: ArmContext, request: ArmRequest, values: RouteValues): unknown {
  const deployment = parseDeploymentRequest(arm, request, values);
  try {
    const { record, validatedResources } = arm.deployments.validate(deployment);
    requireWriteOnAll(arm, request.caller, validatedResources);
    const show = presentation(arm, request, canonicalScope(arm, values.scope ?? ''));
    const named = validatedResources.map(({ id }) =>
      show(id, arm.store.find(id) ? 'Deploy' : 'Create'),
    );
    const { subscriptionId, resourceGroup } = deployment.scope;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
    const others = resourceGroup === undefined ? [] : arm.store.below(group);
    const rest = others
      .filter((resource) => isListed(arm, resource))
      .filter(({ id }) => !validatedResources.some((named) => isWithinScope(named.id, id)))
      .map(({ id }) => show(id, deployment.mode === 'Complete' ? 'Delete' : 'Ignore'));
    const changes = [...named, ...rest].sort((a, b) => a.resourceId.localeCompare(b.resourceId));
    return { status: 'Succeeded', properties: { correlationId: record.correlationId, changes } };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { status: 'Failed', error: toErrorBody(error) };
  }
}

type ChangeType = 'Create' | 'Deploy' | 'Ignore' | 'Delete';

interface Change {
  readonly resourceId: string;
  readonly changeType: ChangeType;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * How a change is told: by id alone where the request says so or the caller may not read the resource, else with
 * the resource as it is now; what is left alone looks the same after ([R18]: members from A to Z).
 * Source: https://learn.microsoft.com/rest/api/resources/deployments/what-if (`whatIfSettings.resultFormat`)
 */
function presentation(arm: ArmContext, { http, caller }: ArmRequest, scope: string) {
  const { properties } = parseObjectBody(http.body) as {
    properties?: { whatIfSettings?: { resultFormat?: unknown } | null };
  };
  const format = String(properties?.whatIfSettings?.resultFormat ?? 'FullResourcePayloads');
  const isReadable = createReadableFilter(arm, caller, scope);
  const mayShow = (resource: Resource) => {
    const id = parseResourceId(resource.id);
    return id !== undefined && !isHidden(arm, id) && isReadable(resource);
  };
  return (resourceId: string, changeType: ChangeType): Change => {
    const present = arm.store.find(resourceId);
    if (!present || /^resourceIdOnly$/i.test(format) || !mayShow(present)) {
      return { resourceId, changeType };
    }
    const before = sortMembers(renderResource(present));
    return { resourceId, changeType, before, ...(changeType === 'Ignore' && { after: before }) };
  };
}

function sortMembers(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}
