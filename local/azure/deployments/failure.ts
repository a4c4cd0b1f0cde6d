import { ServiceError, type ServiceErrorDetail } from '../http/service-error.ts';
import type { DeploymentFailure } from './deployment.ts';
import { PendingLookup } from './expression/expression-scope.ts';

/** A nested deployment that failed: its failure stands inside of its parent's. */
export class NestedDeploymentFailed extends ServiceError {
  constructor(deploymentId: string, failure: DeploymentFailure) {
    // Source: Azure/avslabs#3, microsoft/mwt-ds#8.
    super(
      409,
      'ResourceDeploymentFailure',
      "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.",
      { target: deploymentId, details: [failure] },
    );
  }
}

/** An error in ARM's terms. What is none of Azure's refusals is ours, and says so. */
export function failureOf(error: unknown): DeploymentFailure {
  if (error instanceof ServiceError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.target !== undefined && { target: error.target }),
      ...(error.details.length > 0 && { details: error.details }),
    };
  }
  if (error instanceof PendingLookup) return { code: 'InvalidTemplate', message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'InternalServerError', message };
}

/** [R16] */
export function deploymentFailed(
  deploymentId: string,
  details: readonly ServiceErrorDetail[],
): DeploymentFailure {
  return {
    code: 'DeploymentFailed',
    target: deploymentId,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details,
  };
}

/** Source: Azure/azure-policy#1442. */
export function outputsFailed(
  failed: readonly { readonly name: string; readonly reason: string }[],
): DeploymentFailure {
  const names = failed.map(({ name }) => `'${name}'`).join(',');
  return {
    code: 'DeploymentOutputEvaluationFailed',
    message: `Unable to evaluate template outputs: ${names}. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details.`,
    details: failed.map(({ name, reason }) => ({
      code: 'DeploymentOutputEvaluationFailed',
      target: name,
      message: `The template output '${name}' is not valid: ${reason}.`,
    })),
  };
}
