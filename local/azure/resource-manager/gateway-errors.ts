// Refusals by ARM itself, in the words of [R3], [R4], [R6] and [R9] where no other source is named.
import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';

const fromGateway = { fromGateway: true };

export function subscriptionNotFound(subscriptionId: string): ServiceError {
  return new ServiceError(
    404,
    'SubscriptionNotFound',
    `The subscription '${subscriptionId}' could not be found.`,
    fromGateway,
  );
}

export function resourceGroupNotFound(name: string): ServiceError {
  return new ServiceError(
    404,
    'ResourceGroupNotFound',
    `Resource group '${name}' could not be found.`,
    fromGateway,
  );
}

export function resourceNotFound(id: ResourceId): ServiceError {
  const group = id.resourceGroup === undefined ? '' : ` under resource group '${id.resourceGroup}'`;
  return new ServiceError(
    404,
    'ResourceNotFound',
    `The Resource '${id.type}/${id.fullName}'${group} was not found. ` +
      'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
    fromGateway,
  );
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource */
export function parentResourceNotFound(id: ResourceId, verb: 'read' | 'write'): ServiceError {
  const type = id.type.slice(id.type.indexOf('/') + 1);
  return new ServiceError(
    404,
    'ParentResourceNotFound',
    `Failed to perform '${verb}' on resource(s) of type '${type}', ` +
      `because the parent resource '${id.parentId ?? id.scope}' could not be found.`,
    fromGateway,
  );
}

export function invalidResourceNamespace(namespace: string): ServiceError {
  return new ServiceError(
    404,
    'InvalidResourceNamespace',
    `The resource namespace '${namespace}' is invalid.`,
    fromGateway,
  );
}

/**
 * [Azure/azure-powershell#4247, Azure/terraform-provider-azapi#936] for the sentence.
 * Pretend: code and frame; Azure sends `{Message}` alone.
 */
export function methodNotAllowed(method: string): ServiceError {
  return new ServiceError(
    405,
    'MethodNotAllowed',
    `The requested resource does not support http method '${method}'.`,
    fromGateway,
  );
}

/** The body is no JSON, or not of the expected form. */
export function invalidRequestContent(problem: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${problem}'.`,
    fromGateway,
  );
}

export function locationRequired(): ServiceError {
  return new ServiceError(
    400,
    'LocationRequired',
    'The location property is required for this definition.',
    fromGateway,
  );
}

/** Azure/azure-sdk-for-net#18748 shows the quoting. */
export function invalidFilter(filter: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidFilterInQueryString',
    `Invalid $filter '${filter}' specified in the query string.`,
    fromGateway,
  );
}
