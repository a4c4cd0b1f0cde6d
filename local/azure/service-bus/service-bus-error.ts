// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot.
// Service Bus's own refusals, with the texts that its clients show.
import { AmqpError, trackingSuffix } from '../amqp/amqp-error.ts';

/** Azure: the condition decides what the SDKs throw; texts are from wire logs and issues named beside them. */
const MORE = 'For more information please see https://aka.ms/ServiceBusExceptions .';

function refusal(condition: string, text: string, statusCode?: number): AmqpError {
  return new AmqpError(condition, `${text} ${trackingSuffix(Date.now())}`, statusCode);
}

/** [Azure/azure-sdk-for-java#25121] */
export const messageLockLost = () =>
  refusal(
    'com.microsoft:message-lock-lost',
    `The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue. ${MORE}`,
  );

/** [Azure/azure-sdk-for-js#1051] */
export const sessionLockLost = () =>
  refusal(
    'com.microsoft:session-lock-lost',
    'The session lock has expired on the MessageSession. Accept a new MessageSession.',
  );

/** [Azure/azure-sdk-for-java#11381] */
export const sessionCannotBeLocked = (sessionId: string) =>
  refusal(
    'com.microsoft:session-cannot-be-locked',
    `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
  );

/** [Azure/azure-sdk-for-java#36772] */
export function noSessionInTime(timeoutMs: number): AmqpError {
  const span = new Date(timeoutMs).toISOString().slice(11, 19);
  return refusal(
    'com.microsoft:timeout',
    `The operation did not complete within the allotted timeout of ${span}. The time allotted to this operation may have been a portion of a longer timeout. ${MORE}`,
  );
}

/** [Azure/azure-service-bus#326] */
export const sessionReceiverNeeded = () =>
  refusal(
    'amqp:not-allowed',
    'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.',
  );

/** [vdesabou/kafka-docker-playground#7935] */
export const noSessionsHere = () =>
  refusal(
    'amqp:not-allowed',
    'A sessionful message receiver cannot be created on an entity that does not require sessions. Ensure RequiresSession is set to true when creating a Queue or Subscription to enable sessionful behavior.',
  );

/** [Particular/NServiceBus#5364] */
export const sessionIdMissing = () =>
  refusal(
    'amqp:not-allowed',
    'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
  );

/** [Azure/azure-service-bus#415] */
export const messageNotFound = () =>
  refusal(
    'com.microsoft:message-not-found',
    'Failed to lock one or more specified messages. Either the message is already locked or does not exist.',
  );

/** [Azure/azure-service-bus-dotnet#381] */
export const messageNotDeferred = () =>
  refusal(
    'com.microsoft:message-not-found',
    'Failed to lock one or more specified messages as they were not deferred messages.',
  );

/** [Azure/azure-service-bus#683] `entity`: `Queue: 'ns:Queue:orders'`. */
export const quotaExceeded = (entity: string, sizeBytes: number, maxBytes: number) =>
  refusal(
    'amqp:resource-limit-exceeded',
    `The maximum entity size has been reached or exceeded for ${entity}. Size of entity in bytes:${sizeBytes}, Max entity size in bytes: ${maxBytes}. ${MORE} QuotaType: EntitySize`,
  );

/** [Azure/azure-service-bus#677] */
export const entityDisabled = (address: string) =>
  refusal(
    'com.microsoft:entity-disabled',
    `Messaging entity '${address}' is currently disabled. ${MORE}`,
  );

/** [Azure/azure-sdk-for-net#10535] */
export const entitySendDisabled = (tracker: string) =>
  refusal(
    'com.microsoft:entity-disabled',
    `Messaging entity '${tracker}' is currently disabled for Send operations. ${MORE}`,
  );

/** [Azure/azure-service-bus-dotnet#195] */
export const entityNotFound = (address: string) =>
  refusal(
    'amqp:not-found',
    `The messaging entity '${address}' could not be found. To know more visit https://aka.ms/sbResourceMgrExceptions.`,
  );

/** [Azure/azure-sdk-for-js ruleManager.spec.ts] `tracker`: `ns:Topic:news|all|rule`. */
export const entityAlreadyExists = (tracker: string) =>
  refusal(
    'com.microsoft:entity-already-exists',
    `The messaging entity '${tracker}' already exists. To know more visit https://aka.ms/sbResourceMgrExceptions.`,
    409,
  );

// Pretend: the words of these five; their conditions are Azure's.
export const messageIdTooLong = (longest: number) =>
  refusal('com.microsoft:argument-error', `The MessageId is longer than ${longest} characters.`);
export const sessionIdTooLong = (longest: number) =>
  refusal('com.microsoft:argument-error', `The SessionId is longer than ${longest} characters.`);
export const cannotSendTo = (kind: string) =>
  refusal('amqp:not-allowed', `Cannot open a message sender on a ${kind}.`);
export const cannotReceiveFrom = (kind: string) =>
  refusal('amqp:not-allowed', `Cannot open a message receiver on a ${kind}.`);
export const cannotDeadLetterHere = () =>
  refusal('amqp:not-allowed', 'A message in a dead-letter queue cannot be dead-lettered.');

export const badArgument = (text: string) => refusal('com.microsoft:argument-error', text);
export const notImplemented = (text: string) => refusal('amqp:not-implemented', text);
