// What namespaces of Service Bus and Event Hubs have in common: names under servicebus.windows.net, tiers, dates.
import type { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { readFlag, readWhole } from './loose-values.ts';
import { refuseNamespace } from './messaging-refusals.ts';
import type { MessagingNamespaceSettings, ProviderServices, PutRequest } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';

export type Tier = MessagingNamespaceSettings['sku'];

export interface NamespaceSku {
  readonly name: Tier;
  readonly tier: Tier;
  readonly capacity?: number;
}

/** Services whose namespaces share the zone servicebus.windows.net. */
const SHARED_ZONE = new Set(
  ['ServiceBus', 'EventHub', 'Relay', 'NotificationHubs'].map((name) =>
    `Microsoft.${name}/namespaces`.toLowerCase(),
  ),
);

/** Six to fifty letters, digits and hyphens: https://learn.microsoft.com/rest/api/servicebus/create-namespace */
export const NAMESPACE_NAME = /^(?=.{6,50}$)(?!.*-(?:sb|mgmt)$)[a-z][a-z0-9-]*[a-z0-9]$/i;

/** [Azure/azure-service-bus#269] */
export const INVALID_NAME = 'The specified service namespace is invalid.';

/** [Azure/azure-sdk-for-python#18884, Azure/azure-cli#16137] */
export const NAME_IN_USE =
  'The specified name is not available. For more information visit https://aka.ms/eventhubsarmexceptions.';

/** Throws 400 for a name that is none, or that another namespace of the shared zone has. */
export function requireNamespaceName(services: ProviderServices, id: ResourceId): void {
  if (!NAMESPACE_NAME.test(id.name)) throw refuseNamespace(INVALID_NAME);
  if (isNamespaceNameTaken(services.listResources(), id)) throw refuseNamespace(NAME_IN_USE);
}

/** Whether a namespace other than `id` has its name. */
export function isNamespaceNameTaken(
  resources: readonly Resource[],
  id: { readonly name: string; readonly id?: string },
): boolean {
  return resources.some(
    (each) =>
      SHARED_ZONE.has(each.type.toLowerCase()) &&
      each.name.toLowerCase() === id.name.toLowerCase() &&
      each.id.toLowerCase() !== id.id?.toLowerCase(),
  );
}

/** The tier, with `capacity` where it counts. Throws 400. */
export function readSku(
  { body, existing }: PutRequest,
  capacities: (tier: Tier) => readonly number[],
): NamespaceSku {
  const given = (body.sku ?? existing?.sku) as Properties | undefined;
  const name = toTier(readString(given, 'name') ?? 'Standard');
  const before = toTier(readString(existing?.sku as Properties | undefined, 'name') ?? '');
  if (name === undefined) throw badSku(`'${readString(given, 'name')}' is no SKU of a namespace.`);
  if (before !== undefined && (before === 'Premium') !== (name === 'Premium')) {
    throw badSku(`A namespace of the ${before} tier cannot become one of the ${name} tier.`);
  }
  const allowed = capacities(name);
  const [fallback] = allowed;
  if (fallback === undefined) return { name, tier: name };
  const capacity = readWhole(given, 'capacity') ?? fallback;
  if (!allowed.includes(capacity)) {
    throw badSku(`The capacity ${capacity} is not valid for the ${name} tier.`);
  }
  return { name, tier: name, capacity };
}

export const PREMIUM_CAPACITIES = [1, 2, 4, 8, 16];

function toTier(name: string): Tier | undefined {
  return (['Basic', 'Standard', 'Premium'] as const).find(
    (tier) => tier.toLowerCase() === name.toLowerCase(),
  );
}

/** Pretend: the words. */
function badSku(problem: string): ServiceError {
  return refuseNamespace(problem);
}

/** Properties that a GET shows, `own` in their place, in the order of [R30] and [R32]. */
export function showNamespace(
  { clock }: ProviderServices,
  { id, body, existing }: PutRequest,
  own: Properties = {},
): Properties {
  const given = body.properties;
  const now = new Date(clock.nowMs()).toISOString();
  const encryption = readObject(given, 'encryption');
  return {
    minimumTlsVersion: readString(given, 'minimumTlsVersion') ?? '1.2',
    publicNetworkAccess: readString(given, 'publicNetworkAccess') ?? 'Enabled',
    disableLocalAuth: readFlag(given, 'disableLocalAuth') ?? false,
    zoneRedundant: readFlag(given, 'zoneRedundant') ?? false,
    ...own,
    ...(encryption && { encryption }),
    provisioningState: 'Succeeded',
    // Azure: lower case here, as given in the endpoint [R33].
    metricId: `${id.subscriptionId}:${id.name.toLowerCase()}`,
    createdAt: existing?.properties.createdAt ?? now,
    updatedAt: now,
    serviceBusEndpoint: `https://${id.name}.servicebus.windows.net:443/`,
    status: 'Active',
  };
}
