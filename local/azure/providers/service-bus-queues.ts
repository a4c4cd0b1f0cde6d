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
import type { ProviderServices, QueueSettings, ResourceProvider } from './provider.ts';
import type { Properties } from './read-property.ts';
import {
  readAutoDelete,
  readPartitioning,
  readReceiverSettings,
  readSenderSettings,
  readTimeToLive,
  refuseForwarding,
  refuseOnBasic,
  showCounts,
  showDates,
  shownSize,
  withCounts,
} from './service-bus-settings.ts';

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/queues/create-or-update; [R31] */
export function serviceBusQueues(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ServiceBus/namespaces/queues',
    apiVersions: SERVICE_BUS_API_VERSIONS,
    listed: false,
    put(request) {
      const entity = openEntity(services, request);
      requireEntityName(entity, 260);
      requireUnshared(services, entity, 'topics');
      refuseForwarding(entity);
      refuseOnBasic(entity);
      const settings = readSettings(entity);
      const properties = show(services, entity, settings);
      services.serviceBus?.putQueue(settings);
      return { properties, ...(entity.location && { location: entity.location }) };
    },
    remove(queue) {
      const [namespaceName = '', name = ''] = entityNames({ fullName: queue.name });
      services.serviceBus?.removeQueue(namespaceName, name);
    },
    current: (queue) => withCounts(services, queue),
  };
}

function readSettings(entity: MessagingEntity): QueueSettings {
  const [, name = ''] = entityNames(entity.id);
  return {
    namespaceName: entity.namespaceName,
    name,
    resourceId: entity.id.id,
    status: readStatus(entity, ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']),
    defaultMessageTimeToLiveMs: readTimeToLive(entity),
    ...readReceiverSettings(entity, 'Queue'),
    ...readSenderSettings(entity, 'Queue'),
  };
}

/** In the order of [R48]. */
function show(
  services: ProviderServices,
  entity: MessagingEntity,
  settings: QueueSettings,
): Properties {
  const enablePartitioning = readPartitioning(entity, 'Queue');
  const counts = showCounts(services.serviceBus?.countMessages?.(entity.id.id));
  const windowMs = settings.duplicateDetectionHistoryTimeWindowMs;
  return {
    maxMessageSizeInKilobytes: settings.maxMessageSizeInKilobytes,
    lockDuration: formatDuration(settings.lockDurationMs),
    maxSizeInMegabytes: shownSize(entity, settings, enablePartitioning),
    requiresDuplicateDetection: settings.requiresDuplicateDetection,
    requiresSession: settings.requiresSession,
    defaultMessageTimeToLive: formatDuration(settings.defaultMessageTimeToLiveMs),
    deadLetteringOnMessageExpiration: settings.deadLetteringOnMessageExpiration,
    enableBatchedOperations: readFlag(entity.given, 'enableBatchedOperations') ?? true,
    duplicateDetectionHistoryTimeWindow: formatDuration(windowMs),
    maxDeliveryCount: settings.maxDeliveryCount,
    sizeInBytes: counts.sizeInBytes,
    messageCount: counts.messageCount,
    status: settings.status,
    autoDeleteOnIdle: formatDuration(readAutoDelete(entity)),
    enablePartitioning,
    enableExpress: readFlag(entity.given, 'enableExpress') ?? false,
    countDetails: counts.countDetails,
    ...showDates(services, entity.existing),
  };
}
