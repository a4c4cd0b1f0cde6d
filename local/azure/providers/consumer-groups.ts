import { EVENT_HUB_API_VERSIONS } from './messaging-api-versions.ts';
import { type MessagingEntity, openEntity } from './messaging-entity.ts';
import { tooMany } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readString } from './read-property.ts';

/** Every hub is born with it. */
export const DEFAULT_GROUP = '$Default';

/** Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const MAX_GROUPS = { Basic: 1, Standard: 20, Premium: 100 } as const;

/** Source: https://learn.microsoft.com/rest/api/eventhub/consumer-groups/create-or-update; [R32] */
export function consumerGroups(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.EventHub/namespaces/eventhubs/consumergroups',
    apiVersions: EVENT_HUB_API_VERSIONS,
    listed: false,
    put(request) {
      const { id } = request;
      const entity = openEntity(services, request);
      const { given, existing, namespaceName, location } = entity;
      requireMoreThanBasic(entity);
      requireGroupName(entity);
      if (!existing) requireRoom(services, entity);
      const now = new Date(services.clock.nowMs()).toISOString();
      const userMetadata = readString(given, 'userMetadata');
      const [, eventHubName = ''] = id.fullName.split('/');
      services.eventHubs?.putConsumerGroup({
        namespaceName,
        eventHubName,
        name: id.name,
        resourceId: id.id,
      });
      const properties = {
        createdAt: existing?.properties.createdAt ?? now,
        updatedAt: now,
        ...(userMetadata !== undefined && { userMetadata }),
      };
      return { properties, ...(location && { location }) };
    },
    remove({ name }) {
      const [namespaceName = '', eventHubName = '', group = ''] = name.split('/');
      services.eventHubs?.removeConsumerGroup(namespaceName, eventHubName, group);
    },
  };
}

/** Azure: refused even for `$Default`, which is there [CompositionalIT/farmer#924, hashicorp/terraform-provider-azurerm#17575]. */
function requireMoreThanBasic({ tier, namespaceName, refuse }: MessagingEntity): void {
  if (tier !== 'Basic') return;
  throw refuse(
    "The operation cannot be done on entity type 'ConsumerGroup' because the namespace " +
      `'${namespaceName}' is using 'Basic' tier.`,
  );
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub */
function requireGroupName({ id, refuse }: MessagingEntity): void {
  const isName = /^[A-Za-z0-9](?:[\w.-]{0,48}[A-Za-z0-9])?$/.test(id.name);
  if (isName || id.name.toLowerCase() === DEFAULT_GROUP.toLowerCase()) return;
  // Pretend: the words.
  throw refuse(`'${id.name}' is no name of a consumer group.`);
}

function requireRoom(services: ProviderServices, { id, tier }: MessagingEntity): void {
  const prefix = `${id.parentId}/consumergroups/`.toLowerCase();
  const siblings = services
    .listResources()
    .filter((each) => each.id.toLowerCase().startsWith(prefix));
  const max = MAX_GROUPS[tier];
  if (siblings.length >= max) throw tooMany(services, id, 'ConsumerGroup', max);
}
