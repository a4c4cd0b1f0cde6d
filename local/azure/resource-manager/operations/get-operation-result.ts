import type { ServiceResponse } from '../../http/json-service.ts';
import { ServiceError } from '../../http/service-error.ts';
import type { ArmContext, ArmRequest, Operation } from '../arm-context.ts';
import { resourceNotFound } from '../gateway-errors.ts';
import { readResource } from '../read-resource.ts';
import { requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';

/** Poll of a 202: 202 again with the same Location, then the final answer [R12]. */
export const getOperationResult: Operation = (
  arm,
  request,
  { subscriptionId, operationId = '' },
) => {
  requireSubscription(arm, subscriptionId);
  return resultOf(arm, request, operationId);
};

/** The same below the resource that works on; whoever may read the resource may ask [test_webapp_slot_swap.yaml of Azure/azure-cli]. */
export const getResourceOperationResult: Operation = (
  arm,
  request,
  { scope = '', operationId = '' },
) => {
  const id = requireId(scope);
  if (!readResource(arm, request.caller, id)) throw resourceNotFound(id);
  return resultOf(arm, request, operationId);
};

function resultOf(arm: ArmContext, request: ArmRequest, operationId: string): ServiceResponse {
  const result = arm.asyncOperations.find(operationId);
  if (result === undefined) {
    // Pretend: code and words.
    throw new ServiceError(404, 'NotFound', `The operation '${operationId}' was not found.`, {
      fromGateway: true,
    });
  }
  if (result !== 'running') return result;
  return { status: 202, headers: { Location: request.http.url.href, 'Retry-After': '0' } };
}
