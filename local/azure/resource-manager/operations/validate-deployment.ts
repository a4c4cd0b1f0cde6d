import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { deploymentId, parseDeploymentRequest } from '../deployment-request.ts';
import { requireWriteOnAll } from '../preflight-authorization.ts';
import { renderValidation } from '../render-deployment.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/** What `az deployment … create` asks first. Changes nothing. */
export const validateDeployment: Operation = (arm, request, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const action = 'Microsoft.Resources/deployments/validate/action';
  requireAction(arm, request.caller, action, deploymentId(arm, values));
  const deployment = parseDeploymentRequest(arm, request, values);
  const { record, validatedResources } = arm.deployments.validate(deployment);
  requireWriteOnAll(arm, request.caller, validatedResources);
  return { status: 200, body: renderValidation(record, validatedResources) };
};
