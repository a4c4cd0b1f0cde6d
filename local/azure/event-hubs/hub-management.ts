// `$management` of a hub: what the SDKs' getEventHubProperties and getPartitionProperties ask for.
// Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol; field names of the SDKs.
import { AmqpError } from '../amqp/amqp-error.ts';
import { arrayOf, typed } from '../amqp/codec/amqp-value.ts';
import type {
  ManagementOperation,
  ManagementRequest,
  ManagementResponse,
} from '../amqp/messaging-node.ts';
import type { EventHub } from './event-hub.ts';

const HUB = 'com.microsoft:eventhub';
const PARTITION = 'com.microsoft:partition';
/** DateTime.MinValue, 0001-01-01: an empty partition's last event. */
const NEVER_MS = -62_135_596_800_000;

/** Senders ask for partition ids as readers do, so either right is enough. */
export function readOperation(hub: EventHub): ManagementOperation {
  return { rights: ['Listen', 'Send'], handle: (request) => read(hub, request) };
}

function read(hub: EventHub, { properties }: ManagementRequest): ManagementResponse {
  if (properties.type === HUB) return { body: describeHub(hub) };
  if (properties.type === PARTITION) return { body: describePartition(hub, properties.partition) };
  throw new AmqpError('amqp:not-implemented', `The type '${properties.type}' is not implemented.`);
}

function describeHub({ name, createdAtMs, partitions }: EventHub) {
  return {
    name,
    type: HUB,
    created_at: typed('timestamp', createdAtMs),
    partition_count: typed('int', partitions.length),
    partition_ids: arrayOf(
      'string',
      partitions.map(({ id }) => id),
    ),
    georeplication_factor: typed('int', 1),
  };
}

function describePartition(hub: EventHub, partitionId: unknown) {
  const partition = hub.partition(String(partitionId));
  const { firstSequenceNumber, lastSequenceNumber, lastOffset, lastEnqueuedAtMs, isEmpty } =
    partition.properties;
  return {
    name: hub.name,
    type: PARTITION,
    partition: partition.id,
    begin_sequence_number: typed('long', firstSequenceNumber),
    last_enqueued_sequence_number: typed('long', lastSequenceNumber),
    last_enqueued_offset: lastOffset,
    last_enqueued_time_utc: typed('timestamp', lastEnqueuedAtMs ?? NEVER_MS),
    is_partition_empty: isEmpty,
  };
}
