import type { Resource } from '../resource-manager/resource.ts';
import { formatDuration } from './iso-duration.ts';
import { readFlag } from './loose-values.ts';
import { SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import {
  entityNames,
  type MessagingEntity,
  openEntity,
  readStatus,
  requireEntityName,
  requireUnshared,
} from './messaging-entity.ts';
import type { ProviderServices, ResourceProvider, TopicSettings } from './provider.ts';
import type { Properties } from './read-property.ts';
import {
  readAutoDelete,
  readPartitioning,
  readSenderSettings,
  readTimeToLive,
  showCounts,
  showDates,
  shownSize,
  withCounts,
} from './service-bus-settings.ts';

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/topics/create-or-update; [R30] */
export function serviceBusTopics(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ServiceBus/namespaces/topics',
    apiVersions: SERVICE_BUS_API_VERSIONS,
    listed: false,
    put(request) {
      const entity = openEntity(services, request);
      requireTopics(entity);
      requireEntityName(entity, 260);
      requireUnshared(services, entity, 'queues');
      const settings = readSettings(entity);
      const properties = show(services, entity, settings);
      services.serviceBus?.putTopic(settings);
      return { properties, ...(entity.location && { location: entity.location }) };
    },
    remove(topic) {
      const [namespaceName = '', name = ''] = entityNames({ fullName: topic.name });
      services.serviceBus?.removeTopic(namespaceName, name);
    },
    current: (topic) => ({
      ...withCounts(services, topic),
      subscriptionCount: countSubscriptions(services, topic),
    }),
  };
}

function readSettings(entity: MessagingEntity): TopicSettings {
  const [, name = ''] = entityNames(entity.id);
  return {
    namespaceName: entity.namespaceName,
    name,
    resourceId: entity.id.id,
    status: readStatus(entity, ['Active', 'Disabled', 'SendDisabled']),
    defaultMessageTimeToLiveMs: readTimeToLive(entity),
    ...readSenderSettings(entity, 'Topic'),
  };
}

/** In the order of [R30]. */
function show(
  services: ProviderServices,
  entity: MessagingEntity,
  settings: TopicSettings,
): Properties {
  const enablePartitioning = readPartitioning(entity, 'Topic');
  const counts = showCounts(services.serviceBus?.countMessages?.(entity.id.id));
  const windowMs = settings.duplicateDetectionHistoryTimeWindowMs;
  return {
    maxMessageSizeInKilobytes: settings.maxMessageSizeInKilobytes,
    defaultMessageTimeToLive: formatDuration(settings.defaultMessageTimeToLiveMs),
    maxSizeInMegabytes: shownSize(entity, settings, enablePartitioning),
    requiresDuplicateDetection: settings.requiresDuplicateDetection,
    duplicateDetectionHistoryTimeWindow: formatDuration(windowMs),
    enableBatchedOperations: readFlag(entity.given, 'enableBatchedOperations') ?? true,
    sizeInBytes: counts.sizeInBytes,
    status: settings.status,
    supportOrdering: readFlag(entity.given, 'supportOrdering') ?? false,
    autoDeleteOnIdle: formatDuration(readAutoDelete(entity)),
    enablePartitioning,
    enableExpress: readFlag(entity.given, 'enableExpress') ?? false,
    ...showDates(services, entity.existing),
    subscriptionCount: countSubscriptions(services, entity.id),
    countDetails: counts.countDetails,
  };
}

/** Azure: seen with a deployment of a topic into a Basic namespace, in these words (docs: service-bus-resource-manager-exceptions). */
function requireTopics({ tier, namespaceName, refuse }: MessagingEntity): void {
  if (tier !== 'Basic') return;
  throw refuse(
    `Cannot operate on type Topic because the namespace '${namespaceName}' is using 'Basic' tier.`,
  );
}

function countSubscriptions(
  { listResources }: ProviderServices,
  { id }: Pick<Resource, 'id'>,
): number {
  const prefix = `${id.toLowerCase()}/subscriptions/`;
  return listResources().filter((each) => {
    const other = each.id.toLowerCase();
    return other.startsWith(prefix) && !other.slice(prefix.length).includes('/');
  }).length;
}
