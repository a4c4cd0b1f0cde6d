// Encoded messages, made and read without the engine.
import { type AmqpValue, typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import {
  decodeMessage,
  encodeListSection,
  encodeMapSection,
  readEntries,
  readSection,
  SECTION,
  splitSections,
} from '../../../../local/azure/amqp/codec/sections.ts';
import type { Delivery } from '../../../../local/azure/amqp/messaging-node.ts';

/** What a receiver sees of a message. */
export interface Received {
  readonly delivery: Delivery;
  readonly messageId: AmqpValue;
  readonly deliveryCount: AmqpValue;
  readonly timeToLive: AmqpValue;
  readonly annotations: Record<string, AmqpValue>;
  readonly properties: Record<string, AmqpValue>;
  readonly body: AmqpValue;
}

export function readDelivery(message: Buffer): Received {
  const sections = splitSections(message);
  const section = (code: number) => sections.find((candidate) => candidate.code === code);
  const header = readSection(message, section(SECTION.header)) as AmqpValue[];
  const properties = readSection(message, section(SECTION.properties)) as AmqpValue[];
  const record = (code: number) =>
    Object.fromEntries(readEntries(message, section(code)).map(({ key, value }) => [key, value]));
  return {
    delivery: { tag: Buffer.alloc(0) },
    messageId: properties[0],
    timeToLive: header[2],
    deliveryCount: header[4],
    annotations: record(SECTION.messageAnnotations),
    properties: record(SECTION.applicationProperties),
    body: decodeMessage(message).body,
  };
}

/** An encoded message. */
export function encodeTestMessage(
  body: AmqpValue,
  more: {
    id?: AmqpValue;
    subject?: string;
    correlationId?: string;
    sessionId?: string;
    timeToLiveMs?: number;
    scheduledAtMs?: number;
    properties?: Record<string, AmqpValue>;
  } = {},
): Buffer {
  const fields: AmqpValue[] = [more.id, null, null, more.subject, null, more.correlationId];
  fields.push(null, null, null, null, more.sessionId);
  const list = (values: AmqpValue[]) => values.map((value) => encodeValue(value));
  const sections = [encodeListSection(SECTION.properties, list(fields))];
  if (more.timeToLiveMs !== undefined) {
    const header = list([null, null, typed('uint', more.timeToLiveMs)]);
    sections.unshift(encodeListSection(SECTION.header, header));
  }
  if (more.scheduledAtMs !== undefined) {
    const time = { key: 'x-opt-scheduled-enqueue-time', value: new Date(more.scheduledAtMs) };
    sections.splice(-1, 0, encodeMapSection(SECTION.messageAnnotations, [time]));
  }
  if (more.properties) {
    const items = Object.entries(more.properties).map(([key, value]) => ({ key, value }));
    sections.push(encodeMapSection(SECTION.applicationProperties, items));
  }
  const value = Buffer.concat([Buffer.from([0x00, 0x53, SECTION.value]), encodeValue(body)]);
  return Buffer.concat([...sections, value]);
}
