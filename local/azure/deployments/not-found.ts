import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';

/** [R6] */
export function resourceNotFound(id: string): ServiceError {
  const parsed = parseResourceId(id);
  const group =
    parsed?.resourceGroup === undefined ? '' : ` under resource group '${parsed.resourceGroup}'`;
  const shown = parsed ? `${parsed.type}/${parsed.fullName}` : id;
  return new ServiceError(
    404,
    'ResourceNotFound',
    `The Resource '${shown}'${group} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    { fromGateway: true },
  );
}

/** [R4] */
export function groupNotFound(name: string): ServiceError {
  return new ServiceError(
    404,
    'ResourceGroupNotFound',
    `Resource group '${name}' could not be found.`,
    {
      fromGateway: true,
    },
  );
}

/** [R3] */
export function subscriptionNotFound(subscriptionId: string): ServiceError {
  return new ServiceError(
    404,
    'SubscriptionNotFound',
    `The subscription '${subscriptionId}' could not be found.`,
    { fromGateway: true },
  );
}
