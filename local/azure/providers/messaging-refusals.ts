// Refusals that Microsoft.ServiceBus and Microsoft.EventHub share: the resource provider's own, and those of the
// broker behind it, which come with a sub-code, a tracking id and the entity.
import { randomUUID } from 'node:crypto';
import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { ProviderServices } from './provider.ts';

/** By the resource provider: `BadRequest`. Source of the code: https://learn.microsoft.com/azure/event-hubs/resource-manager-exceptions */
export function refuseNamespace(message: string): ServiceError {
  return new ServiceError(400, 'BadRequest', message);
}

/**
 * By the broker. Code and frame: [hashicorp/terraform-provider-azurerm#28576, Azure/azure-sdk-for-js#23105,
 * Azure/azure-service-bus#306]
 */
export function refuseEntity(
  services: Pick<ProviderServices, 'clock'>,
  id: ResourceId,
  text: string,
): ServiceError {
  return new ServiceError(400, 'MessagingGatewayBadRequest', frame(services, id, 40000, text));
}

/** Source: https://learn.microsoft.com/azure/event-hubs/resource-manager-exceptions */
export function tooMany(
  services: Pick<ProviderServices, 'clock'>,
  id: ResourceId,
  kind: string,
  max: number,
): ServiceError {
  const text =
    `The maximum number of resources of type ${kind} has been reached or exceeded. ` +
    `Actual: ${max}, Max allowed: ${max}.`;
  return new ServiceError(409, 'Conflict', frame(services, id, 40300, text));
}

/** What the broker of this Azure does not do, and would be missed. */
export function refuseUnserved(id: ResourceId, what: string): ServiceError {
  // Pretend: Azure does it.
  return new ServiceError(
    400,
    'PropertyNotServed',
    `The embedded Azure does not serve ${what} (${id.fullName}).`,
  );
}

function frame(
  { clock }: Pick<ProviderServices, 'clock'>,
  { fullName }: ResourceId,
  subCode: number,
  text: string,
): string {
  const [namespace = '', ...path] = fullName.split('/');
  const tracker = `${namespace.toLowerCase()}.servicebus.windows.net:${path.join('/')}`;
  const time = new Date(clock.nowMs()).toISOString().slice(0, 19);
  return (
    `SubCode=${subCode}. ${text} To know more visit https://aka.ms/sbResourceMgrExceptions. . ` +
    `TrackingId:${randomUUID()}_G0, SystemTracker:${tracker}, Timestamp:${time}`
  );
}
