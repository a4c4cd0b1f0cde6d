// What an Event Hubs trigger gives its function beside the body (azure-sdk-for-net, EventHubTriggerBindingStrategy.cs).
import type { ReceivedEventData } from '@azure/event-hubs';
import {
  addStrings,
  addSystemData,
  applyBody,
  type BindingData,
  jsonData,
  longsData,
  propertyBag,
  stringsData,
} from './binding-data.ts';
import { formatDateTime, formatDateTimeOffset } from './dot-net-text.ts';
import type { Execution } from './executor.ts';
import type { EventHubTrigger } from './host-function.ts';
import { type AmqpBody, batchInput, bodyText, singleInput } from './message-body.ts';

/** The partition from which the events come. */
export interface TriggerPartition {
  readonly partitionId: string;
  /** Whether a checkpoint follows this run. */
  readonly isCheckpointingAfterInvocation: boolean;
}

type Invocation = Pick<Execution, 'input' | 'triggerMetadata' | 'details'>;

/** One event, one run. Throws for a body that can't be bound. */
export function singleInvocation(
  functionName: string,
  trigger: EventHubTrigger,
  event: ReceivedEventData,
  partition: TriggerPartition | undefined,
): Invocation {
  const data = partition ? partitionData(trigger, partition) : {};
  addStrings(data, {
    PartitionKey: textOf(event.partitionKey),
    Offset: numericOffsetOf(event),
    OffsetString: textOf(event.offset),
  });
  data.SequenceNumber = jsonData(event.sequenceNumber);
  data.EnqueuedTimeUtc = jsonData(formatDateTime(event.enqueuedTimeUtc));
  data.Properties = jsonData(propertiesOf(event));
  data.SystemProperties = jsonData(systemPropertiesOf(event));
  addSystemData(data, functionName);
  const body = amqpBodyOf(event);
  if (trigger.bodyType === 'string') applyBody(data, bodyText(body));
  return {
    input: singleInput(body, trigger.bodyType),
    triggerMetadata: data,
    ...(partition && { details: detailsOf(partition, [event]) }),
  };
}

/** A batch, one run. Throws if one of its bodies can't be bound. */
export function batchInvocation(
  functionName: string,
  trigger: EventHubTrigger,
  events: readonly ReceivedEventData[],
  partition: TriggerPartition,
): Invocation {
  const data = partitionData(trigger, partition);
  data.PartitionKeyArray = stringsData(events.map(({ partitionKey }) => textOf(partitionKey)));
  data.OffsetArray = stringsData(events.map(numericOffsetOf));
  data.OffsetStringArray = stringsData(events.map(({ offset }) => textOf(offset)));
  data.SequenceNumberArray = longsData(events.map(({ sequenceNumber }) => BigInt(sequenceNumber)));
  data.EnqueuedTimeUtcArray = jsonData(
    events.map((event) => formatDateTime(event.enqueuedTimeUtc)),
  );
  data.PropertiesArray = jsonData(events.map(propertiesOf));
  data.SystemPropertiesArray = jsonData(events.map(systemPropertiesOf));
  addSystemData(data, functionName);
  return {
    input: batchInput(events.map(amqpBodyOf), trigger.bodyType),
    triggerMetadata: data,
    details: detailsOf(partition, events, '-'),
  };
}

function partitionData(trigger: EventHubTrigger, partition: TriggerPartition): BindingData {
  const context = jsonData({
    IsCheckpointingAfterInvocation: partition.isCheckpointingAfterInvocation,
    FullyQualifiedNamespace: trigger.connection.fullyQualifiedNamespace,
    EventHubName: trigger.eventHubName,
    ConsumerGroup: trigger.consumerGroup,
    PartitionId: partition.partitionId,
  });
  return { TriggerPartitionContext: context, PartitionContext: context };
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

/** Azure: -1 for an offset that is no number, as hubs with geo-replication have it. */
const numericOffsetOf = ({ offset }: ReceivedEventData): string =>
  /^-?\d+$/.test(String(offset)) ? String(offset) : '-1';

/** The application's properties; the SDK's own copy has numbers for dates. */
const propertiesOf = (event: ReceivedEventData): object =>
  propertyBag(event.getRawAmqpMessage().applicationProperties);

/** AMQP's names of the message's properties, under which .NET has them. */
const AMQP_NAMES: Readonly<Record<string, string>> = {
  messageId: 'message-id',
  userId: 'user-id',
  to: 'to',
  subject: 'subject',
  replyTo: 'reply-to',
  correlationId: 'correlation-id',
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  absoluteExpiryTime: 'absolute-expiry-time',
  creationTime: 'creation-time',
  groupId: 'group-id',
  groupSequence: 'group-sequence',
  replyToGroupId: 'reply-to-group-id',
};

function systemPropertiesOf(event: ReceivedEventData): object {
  const { messageAnnotations = {}, properties = {} } = event.getRawAmqpMessage();
  const all: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(messageAnnotations)) all[name] = systemValue(value);
  for (const [name, value] of Object.entries(properties)) {
    const known = AMQP_NAMES[name];
    if (known && value !== undefined && value !== null) all[known] = systemValue(value);
  }
  return {
    ...all,
    SequenceNumber: event.sequenceNumber,
    Offset: Number(numericOffsetOf(event)),
    OffsetString: event.offset ?? null,
    PartitionKey: event.partitionKey ?? null,
    EnqueuedTimeUtc: formatDateTime(event.enqueuedTimeUtc),
  };
}

function systemValue(value: unknown): unknown {
  if (value instanceof Date) return formatDateTimeOffset(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function amqpBodyOf(event: ReceivedEventData): AmqpBody {
  return { body: event.body, bodyType: event.getRawAmqpMessage().bodyType ?? 'data' };
}

/** Azure: `PartionId` is how it is spelled (EventHubTriggerInput.cs). */
function detailsOf(
  { partitionId }: TriggerPartition,
  events: readonly ReceivedEventData[],
  to?: '-',
): string {
  const ends = to === undefined ? [events.at(0)] : [events.at(0), events.at(-1)];
  const range = (of: (event: ReceivedEventData) => unknown) =>
    ends.map((event) => event && of(event)).join(to);
  return [
    `PartionId: ${partitionId}`,
    `Offset: ${range(({ offset }) => offset)}`,
    `EnqueueTimeUtc: ${range(({ enqueuedTimeUtc }) => `${enqueuedTimeUtc.toISOString().slice(0, -1)}0000+00:00`)}`,
    `SequenceNumber: ${range(({ sequenceNumber }) => sequenceNumber)}`,
    `Count: ${events.length}`,
  ].join(', ');
}
