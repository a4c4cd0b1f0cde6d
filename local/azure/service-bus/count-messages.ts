// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/message-counters.
import type { EntityCounts } from '../providers/provider.ts';
import { sameId } from '../resource-id.ts';
import type { EntitySize } from './entities/entity-size.ts';
import type { QueuePair } from './entities/queue-pair.ts';
import type { ServiceBusNamespace } from './service-bus-namespace.ts';

/** What lies in the queue, topic or subscription with this ARM id; undefined if there is none. */
export function countMessages(
  namespaces: Iterable<ServiceBusNamespace>,
  resourceId: string,
): EntityCounts | undefined {
  for (const namespace of namespaces) {
    for (const { settings, pair, intake } of namespace.queues) {
      if (sameId(settings.resourceId, resourceId)) return countPair(pair, intake.size);
    }
    for (const topic of namespace.topics) {
      if (sameId(topic.settings.resourceId, resourceId)) {
        return {
          activeMessageCount: 0,
          deadLetterMessageCount: 0,
          scheduledMessageCount: topic.scheduled.scheduledCount,
          sizeInBytes: topic.intake.size.bytes,
        };
      }
      for (const { settings, pair } of topic.subscriptions) {
        // Azure: the size is the topic's; a subscription shows none.
        if (sameId(settings.resourceId, resourceId)) return countPair(pair, undefined);
      }
    }
  }
  return undefined;
}

function countPair(
  { main, deadLetters }: QueuePair,
  size: Pick<EntitySize, 'bytes'> | undefined,
): EntityCounts {
  return {
    activeMessageCount: main.messageCount - main.scheduledCount,
    deadLetterMessageCount: deadLetters.messageCount,
    scheduledMessageCount: main.scheduledCount,
    sizeInBytes: size?.bytes ?? 0,
  };
}
