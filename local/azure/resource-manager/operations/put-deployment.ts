import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { completeMode } from '../complete-mode.ts';
import { operationStatusId } from '../deployment-records.ts';
import { deploymentId, parseDeploymentRequest } from '../deployment-request.ts';
import { requireWriteOnAll } from '../preflight-authorization.ts';
import { renderDeployment } from '../render-deployment.ts';
import { requireSubscription } from '../require-existing.ts';
import { isTenantScope, subscriptionOf } from '../scope-parts.ts';

/** PUT of a deployment: checked whole, accepted with 201 (200 if its name is known), then run. */
export const putDeployment: Operation = (arm, request, values) => {
  const { caller, origin, apiVersion } = request;
  if (!isTenantScope(values)) requireSubscription(arm, subscriptionOf(values));
  const id = deploymentId(arm, values);
  requireAction(arm, caller, 'Microsoft.Resources/deployments/write', id);
  const deployment = parseDeploymentRequest(arm, request, values);
  const earlier = arm.deploymentRecords.find(id);
  requireNotActive(earlier?.state, deployment.name);
  const { validatedResources } = arm.deployments.validate(deployment);
  requireWriteOnAll(arm, caller, validatedResources);
  const { accepted, done } = arm.deployments.start(deployment);
  if (deployment.mode === 'Complete') void done.then((record) => completeMode(arm, caller, record));
  const status = `${origin}${accepted.id}/operationStatuses/${operationStatusId(accepted)}`;
  return {
    status: earlier ? 200 : 201,
    headers: {
      'Azure-AsyncOperation': `${encodeURI(status)}?api-version=${encodeURIComponent(apiVersion)}`,
      // Pretend: Azure sends none here; 0 keeps pollers from waiting (other-clients.md).
      'Retry-After': '0',
    },
    body: renderDeployment(accepted),
  };
};

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-deployment-active */
function requireNotActive(state: string | undefined, name: string): void {
  if (state !== 'Accepted' && state !== 'Running') return;
  throw new ServiceError(
    409,
    'DeploymentActive',
    `Unable to edit or replace deployment '${name}': previous deployment is still active. ` +
      'Please see https://aka.ms/arm-deployment-operations for usage details.',
    { fromGateway: true },
  );
}
