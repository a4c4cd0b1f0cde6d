import { formatDuration } from './iso-duration.ts';
import { readFlag } from './loose-values.ts';
import { SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import {
  entityNames,
  type MessagingEntity,
  openEntity,
  readStatus,
  requireEntityName,
} from './messaging-entity.ts';
import { refuseUnserved } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider, SubscriptionSettings } from './provider.ts';
import type { Properties } from './read-property.ts';
import { DEFAULT_RULE } from './service-bus-rules.ts';
import {
  readAutoDelete,
  readReceiverSettings,
  readTimeToLive,
  refuseForwarding,
  showCounts,
  showDates,
  withCounts,
} from './service-bus-settings.ts';

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/subscriptions/create-or-update; [R30], [R33] */
export function serviceBusSubscriptions(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ServiceBus/namespaces/topics/subscriptions',
    apiVersions: SERVICE_BUS_API_VERSIONS,
    listed: false,
    put(request) {
      const { id, existing, caller } = request;
      const entity = openEntity(services, request);
      requireEntityName(entity, 50);
      refuseForwarding(entity);
      if (readFlag(entity.given, 'isClientAffine')) throw refuseUnserved(id, "'isClientAffine'");
      const settings = readSettings(entity);
      const properties = show(services, entity, settings);
      services.serviceBus?.putSubscription(settings);
      if (!existing) {
        services.keepChild(`${id.id}/rules/${DEFAULT_RULE.name}`, DEFAULT_RULE.properties, caller);
      }
      return { properties, ...(entity.location && { location: entity.location }) };
    },
    remove(subscription) {
      const [namespaceName = '', topicName = '', name = ''] = entityNames({
        fullName: subscription.name,
      });
      services.serviceBus?.removeSubscription(namespaceName, topicName, name);
    },
    current: (subscription) => withCounts(services, subscription),
  };
}

function readSettings(entity: MessagingEntity): SubscriptionSettings {
  const [, topicName = '', name = ''] = entityNames(entity.id);
  return {
    namespaceName: entity.namespaceName,
    topicName,
    name,
    resourceId: entity.id.id,
    status: readStatus(entity, ['Active', 'Disabled', 'ReceiveDisabled']),
    defaultMessageTimeToLiveMs: readTimeToLive(entity),
    ...readReceiverSettings(entity, 'Subscription'),
    deadLetteringOnFilterEvaluationExceptions:
      readFlag(entity.given, 'deadLetteringOnFilterEvaluationExceptions') ?? true,
  };
}

/** In the order of [R33]. */
function show(
  services: ProviderServices,
  entity: MessagingEntity,
  settings: SubscriptionSettings,
): Properties {
  const counts = showCounts(services.serviceBus?.countMessages?.(entity.id.id));
  return {
    isClientAffine: false,
    lockDuration: formatDuration(settings.lockDurationMs),
    requiresSession: settings.requiresSession,
    defaultMessageTimeToLive: formatDuration(settings.defaultMessageTimeToLiveMs),
    deadLetteringOnMessageExpiration: settings.deadLetteringOnMessageExpiration,
    deadLetteringOnFilterEvaluationExceptions: settings.deadLetteringOnFilterEvaluationExceptions,
    messageCount: counts.messageCount,
    maxDeliveryCount: settings.maxDeliveryCount,
    status: settings.status,
    enableBatchedOperations: readFlag(entity.given, 'enableBatchedOperations') ?? true,
    ...showDates(services, entity.existing),
    countDetails: counts.countDetails,
    autoDeleteOnIdle: formatDuration(readAutoDelete(entity)),
  };
}
