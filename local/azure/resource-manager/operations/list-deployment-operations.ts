import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { renderOperation } from '../render-deployment.ts';
import { requireDeployment } from './get-deployment.ts';

const READ = 'Microsoft.Resources/deployments/operations/read';

export const listDeploymentOperations: Operation = (arm, request, values) => {
  const record = requireDeployment(arm, request, values, READ);
  const top = Number(request.query.get('$top')) || undefined;
  const value = record.operations
    .slice(0, top)
    .map((operation) => renderOperation(record, operation));
  return { status: 200, body: { value } };
};

export const getDeploymentOperation: Operation = (arm, request, values) => {
  const { operationId = '' } = values;
  const record = requireDeployment(arm, request, values, READ, `/operations/${operationId}`);
  const operation = record.operations.find((each) => each.operationId === operationId);
  if (operation) return { status: 200, body: renderOperation(record, operation) };
  // Pretend: code and words.
  throw new ServiceError(
    404,
    'DeploymentOperationNotFound',
    `The deployment operation '${operationId}' could not be found.`,
    { fromGateway: true },
  );
};
