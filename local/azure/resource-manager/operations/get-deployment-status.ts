import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { toErrorBody } from '../arm-error.ts';
import { operationStatusId } from '../deployment-records.ts';
import { requireDeployment } from './get-deployment.ts';

/** Poll of `Azure-AsyncOperation`: the run that it was made for, or 404 once another took its place. */
export const getDeploymentStatus: Operation = (arm, request, values) => {
  const { operationId = '' } = values;
  const action = 'Microsoft.Resources/deployments/operationStatuses/read';
  const below = `/operationStatuses/${operationId}`;
  const record = requireDeployment(arm, request, values, action, below);
  // Pretend: code and words.
  if (operationStatusId(record) !== operationId) {
    throw new ServiceError(
      404,
      'DeploymentOperationNotFound',
      `The deployment operation '${operationId}' could not be found.`,
      { fromGateway: true },
    );
  }
  const headers = { 'Retry-After': '0' };
  if (record.state === 'Accepted' || record.state === 'Running') {
    return { status: 200, headers, body: { status: record.state } };
  }
  const { error, state } = record;
  if (!error) return { status: 200, body: { status: state } };
  const shown = { ...toErrorBody(error), target: error.target ?? record.id };
  return { status: 200, body: { status: state, error: orderedError(shown) } };
};

/** Recorded order: code, target, message, details. */
function orderedError(error: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { code, target, message, ...rest } = error;
  return { code, target, message, ...rest };
}
