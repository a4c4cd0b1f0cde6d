import type { DeploymentRecord } from '../../deployments/deployment.ts';
import { ServiceError } from '../../http/service-error.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { deploymentId, requireDeploymentScope } from '../deployment-request.ts';
import { renderDeployment } from '../render-deployment.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

export const getDeployment: Operation = (arm, request, values) => ({
  status: 200,
  body: renderDeployment(
    requireDeployment(arm, request, values, 'Microsoft.Resources/deployments/read'),
  ),
});

/** 204 if there is one, 404 without a body if not. */
export const headDeployment: Operation = (arm, { caller }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const id = deploymentId(arm, values);
  requireAction(arm, caller, 'Microsoft.Resources/deployments/read', id);
  return { status: arm.deploymentRecords.find(id) ? 204 : 404 };
};

export const exportDeploymentTemplate: Operation = (arm, request, values) => {
  const action = 'Microsoft.Resources/deployments/exportTemplate/action';
  const record = requireDeployment(arm, request, values, action);
  return { status: 200, body: { template: record.template } };
};

/** Takes the record away, not what it deployed. Azure: https://learn.microsoft.com/rest/api/resources/deployments/delete */
export const deleteDeployment: Operation = (arm, { caller }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const id = deploymentId(arm, values);
  requireAction(arm, caller, 'Microsoft.Resources/deployments/delete', id);
  arm.deploymentRecords.remove(id);
  return { status: 204 };
};

/** The record that the caller may see. Throws 403, 404 `ResourceGroupNotFound` or `DeploymentNotFound`. */
export function requireDeployment(
  arm: ArmContext,
  { caller }: ArmRequest,
  values: RouteValues,
  action: string,
  belowId = '',
): DeploymentRecord {
  requireSubscription(arm, subscriptionOf(values));
  const id = deploymentId(arm, values);
  requireAction(arm, caller, action, id + belowId);
  requireDeploymentScope(arm, values);
  const record = arm.deploymentRecords.find(id);
  if (record) return record;
  throw new ServiceError(
    404,
    'DeploymentNotFound',
    `Deployment '${values.deploymentName}' could not be found.`,
    { fromGateway: true },
  );
}
