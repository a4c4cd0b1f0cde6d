import { ServiceError } from '../../http/service-error.ts';
import { isWithinScope } from '../../resource-id.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from '../arm-context.ts';
import { toErrorBody } from '../arm-error.ts';
import { requireAction } from '../authorization.ts';
import { deploymentId, parseDeploymentRequest } from '../deployment-request.ts';
import { requireWriteOnAll } from '../preflight-authorization.ts';
import { isListed } from '../readable-resources.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/**
 * 202 with a Location whose answer holds the changes; a bad template shows only there (recorded.md 1).
 * Pretend: as with `resultFormat: ResourceIdOnly`: what would be created, deployed again or left alone, without
 * before and after.
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
    const named = validatedResources.map(({ id }) => ({
      resourceId: id,
      changeType: arm.store.find(id) ? 'Deploy' : 'Create',
    }));
    const { subscriptionId, resourceGroup } = deployment.scope;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
    const others = resourceGroup === undefined ? [] : arm.store.below(group);
    const rest = others
      .filter((resource) => isListed(arm, resource))
      .filter(({ id }) => !validatedResources.some((named) => isWithinScope(named.id, id)))
      .map(({ id }) => ({
        resourceId: id,
        changeType: deployment.mode === 'Complete' ? 'Delete' : 'Ignore',
      }));
    const changes = [...named, ...rest].sort((a, b) => a.resourceId.localeCompare(b.resourceId));
    return { status: 'Succeeded', properties: { correlationId: record.correlationId, changes } };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { status: 'Failed', error: toErrorBody(error) };
  }
}
