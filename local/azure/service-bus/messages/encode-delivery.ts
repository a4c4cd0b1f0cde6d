// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/message-expiration.
import { Encoder } from '../../amqp/codec/encode.ts';
import { SECTION } from '../../amqp/codec/sections.ts';
import type { BrokeredMessage, MessageState } from './brokered-message.ts';
import { PROPERTY } from './message-content.ts';

/** Set by the broker; what a sender puts there is ignored. Source: azservicebus's tests of nil annotations. */
const RESERVED = new Set([
  'x-opt-enqueued-time',
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-locked-until',
  'x-opt-lock-token',
  'x-opt-message-state',
]);
const STATE: Readonly<Record<MessageState, number>> = { Active: 0, Deferred: 1, Scheduled: 2 };
const LONGEST_UINT = 0xff_ff_ff_ff;

/** Used for one message at a time. */
const encoder = new Encoder();

/**
 * The message as a receiver gets it: body and application properties byte for byte, the rest with the broker's facts.
 * `lockToken` (16 bytes, network order): where no delivery tag carries it, clients read it from the delivery
 * annotations. Source: `ServiceBusReceivedMessage.lock_token` of the SDK for Python.
 */
export function encodeDelivery(message: BrokeredMessage, lockToken?: Buffer): Buffer {
  encoder.reset();
  writeHeader(message);
  if (lockToken) writeLockToken(lockToken);
  writeAnnotations(message);
  writeProperties(message);
  encoder.raw(message.content.applicationPropertiesSection);
  encoder.raw(message.content.body);
  return encoder.toBuffer();
}

function writeHeader({
  content,
  deliveryCount,
  expiresAtMs,
  enqueuedTimeMs,
}: BrokeredMessage): void {
  encoder.descriptor(SECTION.header).list(5, () => {
    if (content.durable === undefined) encoder.null();
    else encoder.boolean(content.durable);
    if (content.priority === undefined) encoder.null();
    else encoder.byte(0x50).byte(content.priority);
    // Azure: a longer one is silently adjusted to the entity's [message-expiration].
    const timeToLiveMs = Math.min(content.timeToLiveMs, expiresAtMs - enqueuedTimeMs);
    if (timeToLiveMs === Number.POSITIVE_INFINITY) encoder.null();
    else encoder.uint(Math.min(timeToLiveMs, LONGEST_UINT));
    encoder.null();
    encoder.uint(deliveryCount);
  });
}

function writeLockToken(lockToken: Buffer): void {
  encoder.descriptor(SECTION.deliveryAnnotations).map(1, () => {
    encoder.symbol('x-opt-lock-token').scalar('uuid', lockToken);
  });
}

function writeAnnotations(message: BrokeredMessage): void {
  const own = message.content.annotations().filter(({ key }) => !RESERVED.has(key));
  const { lock } = message;
  encoder.descriptor(SECTION.messageAnnotations).map(own.length + (lock ? 5 : 4), () => {
    for (const { key, encoded } of own) encoder.symbol(key).raw(encoded);
    encoder.symbol('x-opt-enqueued-time').timestamp(message.enqueuedTimeMs);
    encoder.symbol('x-opt-sequence-number').long(message.sequenceNumber);
    encoder.symbol('x-opt-enqueue-sequence-number').long(message.enqueuedSequenceNumber);
    encoder.symbol('x-opt-message-state').int(STATE[message.state]);
    if (lock) encoder.symbol('x-opt-locked-until').timestamp(lock.lockedUntilMs);
  });
}

function writeProperties({ content, enqueuedTimeMs, expiresAtMs }: BrokeredMessage): void {
  const fields = content.propertyFields();
  const { assignedMessageId } = content;
  const expires = expiresAtMs !== Number.POSITIVE_INFINITY;
  const count = Math.max(fields.length, expires ? PROPERTY.creationTime + 1 : 1);
  encoder.descriptor(SECTION.properties).list(count, () => {
    for (let index = 0; index < count; index++) {
      const field = fields[index];
      if (index === PROPERTY.messageId && assignedMessageId !== undefined) {
        encoder.string(assignedMessageId);
        // Azure: ignored on input, authoritative on output [service-bus-amqp-protocol-guide]. With both a client
        // takes the difference as the time to live.
      } else if (index === PROPERTY.absoluteExpiryTime && expires) encoder.timestamp(expiresAtMs);
      else if (index === PROPERTY.creationTime && expires) encoder.timestamp(enqueuedTimeMs);
      else if (field) encoder.raw(field);
      else encoder.null();
    }
  });
}
