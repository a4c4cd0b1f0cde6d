// An event as its sender gave it, and as its readers get it.
import { Encoder } from '../amqp/codec/encode.ts';
import {
  bareMessage,
  findSection,
  readEntries,
  SECTION,
  splitSections,
} from '../amqp/codec/sections.ts';
import type { MapEntry } from '../amqp/messaging-node.ts';

export const ANNOTATION = {
  partitionKey: 'x-opt-partition-key',
  sequenceNumber: 'x-opt-sequence-number',
  offset: 'x-opt-offset',
  enqueuedTime: 'x-opt-enqueued-time',
} as const;

const OWN_ANNOTATIONS: ReadonlySet<string> = new Set(Object.values(ANNOTATION));

export interface EventPlace {
  /** Of the batch; absent: the message's own counts, if it has one. */
  readonly partitionKey?: string;
  readonly sequenceNumber: number;
  readonly offset: number;
  readonly enqueuedAtMs: number;
}

/** The key that a message, or the envelope of a batch, is sent with. Throws DecodeError. */
export function readPartitionKey(message: Buffer): string | undefined {
  const section = findSection(splitSections(message), SECTION.messageAnnotations);
  return keyOf(readEntries(message, section));
}

function keyOf(annotations: readonly MapEntry[]): string | undefined {
  const entry = annotations.find(({ key }) => key === ANNOTATION.partitionKey);
  return typeof entry?.value === 'string' ? entry.value : undefined;
}

const encoder = new Encoder();

/**
 * The sender's message with the service's annotations: header, other annotations and all from the properties on
 * are kept byte for byte, delivery annotations were for this hop only. Throws DecodeError.
 */
export function placeEvent(message: Buffer, place: EventPlace): Buffer {
  const sections = splitSections(message);
  const header = findSection(sections, SECTION.header);
  const annotations = findSection(sections, SECTION.messageAnnotations);
  const entries = readEntries(message, annotations);
  const kept = entries.filter(({ key }) => !OWN_ANNOTATIONS.has(key));
  const { sequenceNumber, offset, enqueuedAtMs } = place;
  const partitionKey = place.partitionKey ?? keyOf(entries);
  encoder.reset();
  if (header) encoder.raw(message.subarray(header.start, header.end));
  encoder
    .descriptor(SECTION.messageAnnotations)
    .map(kept.length + (partitionKey === undefined ? 3 : 4), () => {
      encoder.symbol(ANNOTATION.sequenceNumber).long(sequenceNumber);
      encoder.symbol(ANNOTATION.offset).string(String(offset));
      encoder.symbol(ANNOTATION.enqueuedTime).timestamp(enqueuedAtMs);
      if (partitionKey !== undefined) encoder.symbol(ANNOTATION.partitionKey).string(partitionKey);
      for (const { key, encoded } of kept) encoder.symbol(key).raw(encoded);
    });
  return encoder.raw(bareMessage(message, sections)).toBuffer();
}
