// What a Service Bus trigger gives its function beside the body (azure-sdk-for-net, ServiceBusTriggerBindingStrategy.cs).
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
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
import type { ServiceBusTrigger } from './host-function.ts';
import { type AmqpBody, batchInput, bodyText, singleInput } from './message-body.ts';

/** The client that received the messages: .NET's object is in the binding data, too. */
export interface ReceivingClient {
  readonly fullyQualifiedNamespace: string;
  readonly identifier: string;
}

type Invocation = Pick<Execution, 'input' | 'triggerMetadata' | 'details' | 'traceParent'>;

/** One message, one run. `base`: what `clientData` gave. Throws for a body that can't be bound. */
export function singleInvocation(
  functionName: string,
  trigger: ServiceBusTrigger,
  message: ServiceBusReceivedMessage,
  base: BindingData,
): Invocation {
  const data = { ...base };
  addMessage(data, message);
  addSystemData(data, functionName);
  const body = amqpBodyOf(message);
  if (trigger.bodyType === 'string') applyBody(data, bodyText(body));
  const traceParent = message.applicationProperties?.['Diagnostic-Id'];
  return {
    input: singleInput(body, trigger.bodyType),
    triggerMetadata: data,
    details: singleDetails(message),
    ...(typeof traceParent === 'string' && { traceParent }),
  };
}

/** A batch, one run. `base`: what `clientData` gave. Throws if one of its bodies can't be bound. */
export function batchInvocation(
  functionName: string,
  trigger: ServiceBusTrigger,
  messages: readonly ServiceBusReceivedMessage[],
  base: BindingData,
): Invocation {
  const data = { ...base };
  addMessages(data, messages);
  addSystemData(data, functionName);
  return {
    input: batchInput(messages.map(amqpBodyOf), trigger.bodyType),
    triggerMetadata: data,
    details: batchDetails(messages),
  };
}

/** Azure: .NET's actions and client are serialised with what is public of them, next to nothing. */
export function clientData({ fullyQualifiedNamespace, identifier }: ReceivingClient): BindingData {
  const nothing = jsonData({});
  return {
    MessageReceiver: nothing,
    MessageSession: nothing,
    MessageActions: nothing,
    SessionActions: nothing,
    ReceiveActions: nothing,
    Client: jsonData({
      FullyQualifiedNamespace: fullyQualifiedNamespace,
      IsClosed: false,
      TransportType: 0,
      Identifier: identifier,
    }),
  };
}

function addMessage(data: BindingData, message: ServiceBusReceivedMessage): void {
  const strings = stringsOf(message);
  data.DeliveryCount = jsonData(deliveryCountOf(message));
  addStrings(data, {
    DeadLetterSource: message.deadLetterSource,
    LockToken: message.lockToken ?? '00000000-0000-0000-0000-000000000000',
  });
  data.ExpiresAtUtc = jsonData(formatDateTime(expiryOf(message)));
  data.ExpiresAt = jsonData(formatDateTimeOffset(expiryOf(message)));
  data.EnqueuedTimeUtc = jsonData(formatDateTime(message.enqueuedTimeUtc));
  data.EnqueuedTime = jsonData(formatDateTimeOffset(message.enqueuedTimeUtc));
  data.SequenceNumber = { json: String(message.sequenceNumber ?? -1) };
  addStrings(data, { ...strings, Label: strings.Subject });
  const properties = jsonData(propertyBag(message.applicationProperties));
  data.ApplicationProperties = properties;
  data.UserProperties = properties;
}

function addMessages(data: BindingData, messages: readonly ServiceBusReceivedMessage[]): void {
  const strings = messages.map(stringsOf);
  const expiries = messages.map(expiryOf);
  const enqueued = messages.map(({ enqueuedTimeUtc }) => enqueuedTimeUtc);
  data.DeliveryCountArray = jsonData(messages.map(deliveryCountOf));
  data.DeadLetterSourceArray = stringsData(messages.map((one) => one.deadLetterSource));
  data.LockTokenArray = stringsData(messages.map((one) => one.lockToken));
  data.ExpiresAtUtcArray = jsonData(expiries.map(formatDateTime));
  data.ExpiresAtArray = jsonData(expiries.map(formatDateTimeOffset));
  data.EnqueuedTimeUtcArray = jsonData(enqueued.map(formatDateTime));
  data.EnqueuedTimeArray = jsonData(enqueued.map(formatDateTimeOffset));
  data.SequenceNumberArray = longsData(
    messages.map((one) => BigInt(String(one.sequenceNumber ?? -1))),
  );
  for (const name of STRING_NAMES)
    data[`${name}Array`] = stringsData(strings.map((one) => one[name]));
  data.LabelArray = stringsData(strings.map((one) => one.Subject));
  // Azure: the array of the partition keys stands under both names, a slip in its source.
  data.TransactionPartitionKeyArray = stringsData(strings.map((one) => one.PartitionKey));
  const properties = jsonData(messages.map((one) => propertyBag(one.applicationProperties)));
  data.ApplicationPropertiesArray = properties;
  data.UserPropertiesArray = properties;
}

const STRING_NAMES = [
  'MessageId',
  'ContentType',
  'ReplyTo',
  'To',
  'Subject',
  'CorrelationId',
  'SessionId',
  'ReplyToSessionId',
  'PartitionKey',
] as const;

type MessageStrings = Readonly<Record<(typeof STRING_NAMES)[number], string | undefined>>;

function stringsOf(message: ServiceBusReceivedMessage): MessageStrings & {
  readonly TransactionPartitionKey: string | undefined;
} {
  const { messageAnnotations = {} } = message._rawAmqpMessage;
  return {
    MessageId: text(message.messageId),
    ContentType: text(message.contentType),
    ReplyTo: text(message.replyTo),
    To: text(message.to),
    Subject: text(message.subject),
    CorrelationId: text(message.correlationId),
    SessionId: text(message.sessionId),
    ReplyToSessionId: text(message.replyToSessionId),
    PartitionKey: text(message.partitionKey),
    TransactionPartitionKey: text(messageAnnotations['x-opt-via-partition-key']),
  };
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

/** .NET counts the delivery that is under way. */
const deliveryCountOf = ({ deliveryCount = 0 }: ServiceBusReceivedMessage): number =>
  deliveryCount + 1;

/** A time to live of 49 days or more isn't in the header but in these two (Azure.Messaging.ServiceBus, AmqpMessageConverter.cs). */
function expiryOf(message: ServiceBusReceivedMessage): Date | undefined {
  const { absoluteExpiryTime, creationTime } = message._rawAmqpMessage.properties ?? {};
  const { enqueuedTimeUtc } = message;
  if (!enqueuedTimeUtc || absoluteExpiryTime === undefined || creationTime === undefined) {
    return message.expiresAtUtc;
  }
  return new Date(enqueuedTimeUtc.getTime() + Number(absoluteExpiryTime) - Number(creationTime));
}

export function amqpBodyOf(message: ServiceBusReceivedMessage): AmqpBody {
  return { body: message.body, bodyType: message._rawAmqpMessage.bodyType ?? 'data' };
}

const roundTrip = (time: Date | undefined) =>
  `${(time ?? new Date(0)).toISOString().slice(0, -1)}0000+00:00`;

function singleDetails(message: ServiceBusReceivedMessage): string {
  return [
    `MessageId: ${text(message.messageId)}`,
    `SequenceNumber: ${message.sequenceNumber}`,
    `DeliveryCount: ${deliveryCountOf(message)}`,
    `EnqueuedTimeUtc: ${roundTrip(message.enqueuedTimeUtc)}`,
    `LockedUntilUtc: ${roundTrip(message.lockedUntilUtc)}`,
    `SessionId: ${message.sessionId ?? '(null)'}`,
  ].join(', ');
}

function batchDetails(messages: readonly ServiceBusReceivedMessage[]): string {
  const join = (one: (message: ServiceBusReceivedMessage) => unknown) =>
    messages.map(one).join(',');
  return [
    `MessageIdArray: ${join(({ messageId }) => text(messageId))}`,
    `SequenceNumberArray: ${join(({ sequenceNumber }) => sequenceNumber)}`,
    `DeliveryCountArray: ${join(deliveryCountOf)}`,
    `EnqueuedTimeUtcArray: ${join(({ enqueuedTimeUtc }) => roundTrip(enqueuedTimeUtc))}`,
    `LockedUntilArray: ${join(({ lockedUntilUtc }) => roundTrip(lockedUntilUtc))}`,
    `SessionId: ${messages[0]?.sessionId ?? '(null)'}`,
  ].join(', ');
}
