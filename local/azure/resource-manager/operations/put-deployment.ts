import type { DeploymentRecord } from '../../deployments/deployment.ts';
import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { completeMode } from '../complete-mode.ts';
import { operationStatusId } from '../deployment-records.ts';
import { deploymentId, parseDeploymentRequest } from '../deployment-request.ts';
import { toDotNetTime } from '../dot-net-time.ts';
import { requireWriteOnAll } from '../preflight-authorization.ts';
import { renderDeployment } from '../render-deployment.ts';
import { requireSubscription } from '../require-existing.ts';
import { isTenantScope, subscriptionOf } from '../scope-parts.ts';

const WEEK_SECONDS = 7 * 24 * 3600;

/** PUT of a deployment: checked whole, accepted with 201 (200 if its name is known), then run. */
export const putDeployment: Operation = (arm, request, values) => {
  const { caller, origin, apiVersion } = request;
  if (!isTenantScope(values)) requireSubscription(arm, subscriptionOf(values));
  const id = deploymentId(arm, values);
  requireAction(arm, caller, 'Microsoft.Resources/deployments/write', id);
  const deployment = parseDeploymentRequest(arm, request, values);
  const earlier = arm.deploymentRecords.find(id);
  requireNotActive(earlier);
  const { validatedResources } = arm.deployments.validate(deployment);
  requireWriteOnAll(arm, caller, validatedResources);
  const { accepted, done } = arm.deployments.start(deployment);
  if (deployment.mode === 'Complete') void done.then((record) => completeMode(arm, caller, record));
  const status = `${origin}${accepted.id}/operationStatuses/${operationStatusId(accepted)}`;
  return {
    status: earlier ? 200 : 201,
    headers: {
      'Azure-AsyncOperation': `${encodeURI(status)}?api-version=${encodeURIComponent(apiVersion)}`,
      // Pretend: Azure sends none here [R1]; 0 keeps pollers from waiting.
      'Retry-After': '0',
    },
    body: renderDeployment(accepted),
  };
};

/** A deployment that has not ended expires after a week. [microsoft/mwt-ds#29, microsoft/azure-pipelines-tasks#5320] */
function requireNotActive(earlier: DeploymentRecord | undefined): void {
  if (earlier?.state !== 'Accepted' && earlier?.state !== 'Running') return;
  const seconds = earlier.startedMs / 1000;
  throw new ServiceError(
    409,
    'DeploymentActive',
    `Unable to edit or replace deployment '${earlier.name}': previous deployment from ` +
      `'${toDotNetTime(seconds)}' is still active (expiration time is '${toDotNetTime(seconds + WEEK_SECONDS)}'). ` +
      'Please see https://aka.ms/arm-deploy for usage details.',
    { fromGateway: true },
  );
}
