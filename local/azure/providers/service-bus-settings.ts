// The settings that queues, topics and subscriptions share, with Azure's limits.
// Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
import type { Resource } from '../resource-manager/resource.ts';
import { formatTimeSpan } from './iso-duration.ts';
import { readFlag, readWhole } from './loose-values.ts';
import {
  type MessagingEntity,
  readCount,
  readDuration,
  readFixedFlag,
  refuseSet,
} from './messaging-entity.ts';
import type { EntityCounts, ProviderServices } from './provider.ts';
import { type Properties, readString } from './read-property.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FOREVER = Number.POSITIVE_INFINITY;

const SIZES_MB = [1024, 2048, 3072, 4096, 5120];
const PREMIUM_SIZES_MB = [...SIZES_MB, 10240, 20480, 40960, 81920];
/** Azure: a partitioned entity has sixteen partitions of this size on the Standard tier [Azure/azure-sdk-assets]. */
const PARTITIONS = 16;
const DEFAULT_MESSAGE_KB = 256;

/** What a receiver of a queue or subscription meets. */
export function readReceiverSettings(entity: MessagingEntity, kind: string) {
  return {
    lockDurationMs: readLockDuration(entity),
    maxDeliveryCount: readCount(entity, 'maxDeliveryCount', { fallback: 10, min: 1, max: 2000 }),
    requiresSession: readFixedFlag(entity, 'requiresSession', kind),
    deadLetteringOnMessageExpiration:
      readFlag(entity.given, 'deadLetteringOnMessageExpiration') ?? false,
  };
}

/** What a sender to a queue or topic meets. */
export function readSenderSettings(entity: MessagingEntity, kind: string) {
  return {
    maxSizeInMegabytes: readMaxSize(entity),
    maxMessageSizeInKilobytes: readMaxMessageSize(entity),
    requiresDuplicateDetection: readFixedFlag(entity, 'requiresDuplicateDetection', kind),
    duplicateDetectionHistoryTimeWindowMs: readDuration(
      entity,
      'duplicateDetectionHistoryTimeWindow',
      { fallback: 10 * MINUTE_MS, minMs: 20 * SECOND_MS, maxMs: 7 * DAY_MS },
    ),
  };
}

/** Azure: 14 days at most on the Basic tier [Azure/azure-service-bus#306]. */
export function readTimeToLive(entity: MessagingEntity): number {
  const name = 'defaultMessageTimeToLive';
  if (entity.tier !== 'Basic') {
    return readDuration(entity, name, { fallback: FOREVER, minMs: SECOND_MS, maxMs: FOREVER });
  }
  const limits = { fallback: 14 * DAY_MS, minMs: SECOND_MS, maxMs: 14 * DAY_MS };
  return readDuration(
    entity,
    name,
    limits,
    () =>
      "The property value for 'DefaultMessageTimeToLive' must be between 00:00:01 and 14.00:00:00 when the " +
      `namespace '${entity.namespaceName}' is using 'Basic' tier.\nParameter name: DefaultMessageTimeToLive.`,
  );
}

/** Kept and shown. Pretend: an idle entity is not deleted. */
export function readAutoDelete(entity: MessagingEntity): number {
  const limits = { fallback: FOREVER, minMs: 5 * MINUTE_MS, maxMs: FOREVER };
  return readDuration(entity, 'autoDeleteOnIdle', limits);
}

/** Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-auto-forwarding */
export function refuseForwarding(entity: MessagingEntity): void {
  refuseSet(entity, ['forwardTo', 'forwardDeadLetteredMessagesTo']);
}

/**
 * Azure: what a queue of the Basic tier cannot have [hashicorp/terraform-provider-azurerm#27285,
 * paolosalvatori/ServiceBusExplorer#745].
 */
export function refuseOnBasic(entity: MessagingEntity): void {
  if (entity.tier !== 'Basic') return;
  const flags = ['requiresDuplicateDetection', 'requiresSession', 'enableExpress'];
  const wanted = flags.filter((name) => readFlag(entity.given, name) === true);
  const idle = readString(entity.given, 'autoDeleteOnIdle');
  const isKept =
    idle === undefined ||
    (entity.existing !== undefined && idle === entity.existing.properties.autoDeleteOnIdle);
  const name = isKept ? wanted[0] : 'autoDeleteOnIdle';
  if (name === undefined) return;
  const what = entity.existing ? 'cannot be changed' : 'cannot be set when creating a Queue';
  throw entity.refuse(
    `The property '${name[0]?.toUpperCase()}${name.slice(1)}' ${what} because the namespace ` +
      `'${entity.namespaceName}' is using 'Basic' tier.`,
  );
}

/** Pretend: a partitioned entity is served as one broker's, which is one of the orders that Azure allows. */
export function readPartitioning(entity: MessagingEntity, kind: string): boolean {
  return readFixedFlag(entity, 'enablePartitioning', kind);
}

/** `maxSizeInMegabytes` as a GET shows it. */
export function shownSize(
  entity: MessagingEntity,
  { maxSizeInMegabytes }: { maxSizeInMegabytes: number },
  isPartitioned: boolean,
): number {
  return isPartitioned && entity.tier !== 'Premium'
    ? maxSizeInMegabytes * PARTITIONS
    : maxSizeInMegabytes;
}

export function showDates(services: ProviderServices, existing: Resource | undefined): Properties {
  const now = new Date(services.clock.nowMs()).toISOString();
  return {
    createdAt: existing?.properties.createdAt ?? now,
    updatedAt: now,
    accessedAt: '0001-01-01T00:00:00',
  };
}

const NO_COUNTS: EntityCounts = {
  activeMessageCount: 0,
  deadLetterMessageCount: 0,
  scheduledMessageCount: 0,
  sizeInBytes: 0,
};

/** The three members that tell how full an entity is; `messageCount` counts whatever lies in it. */
export function showCounts({ sizeInBytes, ...counts }: EntityCounts = NO_COUNTS) {
  const { activeMessageCount, deadLetterMessageCount, scheduledMessageCount } = counts;
  return {
    sizeInBytes,
    messageCount: activeMessageCount + deadLetterMessageCount + scheduledMessageCount,
    countDetails: {
      activeMessageCount,
      deadLetterMessageCount,
      scheduledMessageCount,
      transferMessageCount: 0,
      transferDeadLetterMessageCount: 0,
    },
  };
}

/** As `ResourceProvider.current`: the counts of this moment, in the places that `put` gave them. */
export function withCounts(services: ProviderServices, { id, properties }: Resource): Properties {
  const shown = showCounts(services.serviceBus?.countMessages?.(id));
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      name in shown ? shown[name as keyof typeof shown] : value,
    ]),
  );
}

function readLockDuration(entity: MessagingEntity): number {
  const limits = { fallback: MINUTE_MS, minMs: 5 * SECOND_MS, maxMs: 5 * MINUTE_MS };
  return readDuration(entity, 'lockDuration', limits, (ms) =>
    // Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions
    ms > limits.maxMs
      ? "The supplied lock time exceeds the allowed maximum of '5' minutes.\nParameter name: LockDuration\n" +
        `Actual value was ${formatTimeSpan(ms)}.`
      : undefined,
  );
}

/** Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions */
function readMaxSize(entity: MessagingEntity): number {
  const size = readWhole(entity.given, 'maxSizeInMegabytes') ?? 1024;
  const allowed = entity.tier === 'Premium' ? PREMIUM_SIZES_MB : SIZES_MB;
  if (allowed.includes(size)) return size;
  // What a GET showed of a partitioned entity may come back.
  if (size === entity.existing?.properties.maxSizeInMegabytes) return size / PARTITIONS;
  throw entity.refuse(
    `The specified value ${size} is invalid. The property 'MaxSizeInMegabytes', must be one of the following ` +
      `values: ${allowed.join(';')}.`,
  );
}

/** Azure: a bare refusal where it is not Premium [MicrosoftDocs/azure-docs#104074]. */
function readMaxMessageSize(entity: MessagingEntity): number {
  const isPremium = entity.tier === 'Premium';
  const size = readWhole(entity.given, 'maxMessageSizeInKilobytes');
  if (size === undefined) return isPremium ? 1024 : DEFAULT_MESSAGE_KB;
  if (isPremium && Number.isInteger(size) && size >= 1024 && size <= 102_400) return size;
  if (!isPremium && size === DEFAULT_MESSAGE_KB) return size;
  throw entity.refuse('Bad Request.');
}
