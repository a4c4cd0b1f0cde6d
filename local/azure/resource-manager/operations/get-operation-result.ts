import { ServiceError } from '../../http/service-error.ts';
import type { Operation } from '../arm-context.ts';
import { requireSubscription } from '../require-existing.ts';

/** Poll of a 202: 202 again with the same Location, then the final answer [R12]. */
export const getOperationResult: Operation = (
  arm,
  request,
  { subscriptionId, operationId = '' },
) => {
  requireSubscription(arm, subscriptionId);
  const result = arm.asyncOperations.find(operationId);
  if (result === undefined) {
    // Pretend: code and words.
    throw new ServiceError(404, 'NotFound', `The operation '${operationId}' was not found.`, {
      fromGateway: true,
    });
  }
  if (result !== 'running') return result;
  return { status: 202, headers: { Location: request.http.url.href, 'Retry-After': '0' } };
};
