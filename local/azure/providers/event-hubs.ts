import type { ServiceError } from '../http/service-error.ts';
import { DEFAULT_GROUP } from './consumer-groups.ts';
import { readFlag, readWhole } from './loose-values.ts';
import { EVENT_HUB_API_VERSIONS } from './messaging-api-versions.ts';
import { type MessagingEntity, openEntity, readStatus } from './messaging-entity.ts';
import { refuseUnserved, tooMany } from './messaging-refusals.ts';
import type { EventHubSettings, ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';

/** Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas#basic-vs-standard-vs-premium-vs-dedicated-tiers */
const LIMITS = {
  Basic: { hubs: 10, partitions: 32, days: 1 },
  Standard: { hubs: 10, partitions: 32, days: 7 },
  Premium: { hubs: 100, partitions: 100, days: 90 },
} as const;

/** Source: https://learn.microsoft.com/rest/api/eventhub/event-hubs/create-or-update; [R32] */
export function eventHubs(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.EventHub/namespaces/eventhubs',
    apiVersions: EVENT_HUB_API_VERSIONS,
    listed: false,
    put(request) {
      const { id, caller } = request;
      const entity = openEntity(services, request);
      const { given, existing, namespaceName, location } = entity;
      requireHubName(entity);
      if (!existing) requireRoom(services, entity);
      if (readFlag(readObject(given, 'captureDescription'), 'enabled')) {
        throw refuseUnserved(id, "'captureDescription'");
      }
      const settings: EventHubSettings = {
        namespaceName,
        name: id.name,
        resourceId: id.id,
        partitionCount: readPartitionCount(entity),
        retentionHours: readRetention(entity),
        status: readStatus(entity, ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']),
      };
      const properties = show(services, entity, settings);
      services.eventHubs?.putEventHub(settings);
      if (!existing) {
        const { createdAt, updatedAt } = properties;
        const groupId = `${id.id}/consumergroups/${DEFAULT_GROUP}`;
        services.keepChild(groupId, { createdAt, updatedAt }, caller);
      }
      return { properties, ...(location && { location }) };
    },
    remove({ name }) {
      const [namespaceName = '', hub = ''] = name.split('/');
      services.eventHubs?.removeEventHub(namespaceName, hub);
    },
  };
}

/** In the order of [R32]. */
function show(
  { clock }: ProviderServices,
  { given, existing }: MessagingEntity,
  { retentionHours, partitionCount, status }: EventHubSettings,
): Properties {
  const now = new Date(clock.nowMs()).toISOString();
  const userMetadata = readString(given, 'userMetadata');
  return {
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: retentionHours },
    messageRetentionInDays: Math.ceil(retentionHours / 24),
    partitionCount,
    ...(userMetadata !== undefined && { userMetadata }),
    status,
    createdAt: existing?.properties.createdAt ?? now,
    updatedAt: now,
    partitionIds: Array.from({ length: partitionCount }, (_, index) => String(index)),
  };
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub */
function requireHubName({ id, refuse }: MessagingEntity): void {
  if (/^[A-Za-z0-9](?:[\w.-]{0,254}[A-Za-z0-9])?$/.test(id.name)) return;
  // Pretend: the words.
  throw refuse(`'${id.name}' is no name of an event hub.`);
}

function requireRoom(services: ProviderServices, { id, tier }: MessagingEntity): void {
  const prefix = `${id.parentId}/eventhubs/`.toLowerCase();
  const siblings = services.listResources().filter((each) => {
    const other = each.id.toLowerCase();
    return other.startsWith(prefix) && !other.slice(prefix.length).includes('/');
  });
  if (siblings.length >= LIMITS[tier].hubs)
    throw tooMany(services, id, 'EventHub', LIMITS[tier].hubs);
}

/**
 * Hours. Azure: seven days where nothing is said, which the Basic tier refuses [Azure/azure-cli#7086].
 * Words: https://learn.microsoft.com/azure/event-hubs/resource-manager-exceptions
 */
function readRetention(entity: MessagingEntity): number {
  const description = readObject(entity.given, 'retentionDescription');
  const policy = readString(description, 'cleanupPolicy') ?? 'Delete';
  if (policy.toLowerCase() !== 'delete')
    throw refuseUnserved(entity.id, `cleanupPolicy '${policy}'`);
  const maxDays = LIMITS[entity.tier].days;
  const hours = readWhole(description, 'retentionTimeInHours');
  const days = readWhole(entity.given, 'messageRetentionInDays') ?? 7;
  const wanted = hours ?? days * 24;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= maxDays * 24) return wanted;
  throw entity.refuse(
    hours === undefined
      ? `The value '${days}' for MessageRetentionInDays is not valid for the ${entity.tier} tier. ` +
          `The value cannot exceed '${maxDays}' day(s).`
      : // Pretend: the words.
        `The value '${hours}' for RetentionTimeInHours is not valid for the ${entity.tier} tier. ` +
          `The value must be between '1' and '${maxDays * 24}' hour(s).`,
  );
}

/** Azure: four where nothing is said [hashicorp/terraform-provider-azurerm#13096]. */
function readPartitionCount({ given, existing, tier, refuse }: MessagingEntity): number {
  const count = readWhole(given, 'partitionCount') ?? 4;
  const before = existing?.properties.partitionCount;
  if (typeof before === 'number' && count !== before) {
    if (tier !== 'Premium') throw partitionsAreFixed(refuse);
    if (count < before) throw refuse('PartitionCount cannot be reduced.');
  }
  const max = LIMITS[tier].partitions;
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  // Pretend: the words, and those for fewer partitions.
  throw refuse(`The value '${count}' for PartitionCount must be between 1 and ${max}.`);
}

/** Seen with a Standard namespace; source of the rule: https://learn.microsoft.com/azure/event-hubs/resource-manager-exceptions */
function partitionsAreFixed(refuse: MessagingEntity['refuse']): ServiceError {
  return refuse(
    'PartitionCount can only be changed on a Dedicated Event Hub cluster or Premium namespace.',
  );
}
