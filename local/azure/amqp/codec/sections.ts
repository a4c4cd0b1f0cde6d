// An encoded message seen as its sections [AMQP 3.2]. A broker passes body, properties and application properties
// on byte for byte, so that no type is lost; it only replaces header and annotations.
import type { MapEntry } from '../messaging-node.ts';
import type { AmqpMap, AmqpValue } from './amqp-value.ts';
import { DecodeError, Decoder, decodeValue } from './decode.ts';
import { Encoder } from './encode.ts';

export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

export interface Section {
  readonly code: number;
  /** Where its descriptor begins. */
  readonly start: number;
  /** Where its value begins. */
  readonly valueStart: number;
  readonly end: number;
}

/** Throws DecodeError unless the bytes are whole sections. */
export function splitSections(message: Buffer): Section[] {
  const decoder = new Decoder(message);
  const sections: Section[] = [];
  while (!decoder.isAtEnd) {
    const start = decoder.offset;
    const code = decoder.readDescriptor();
    if (code < SECTION.header || code > SECTION.footer) {
      throw new DecodeError(`0x${code.toString(16)} is no section of a message`);
    }
    const valueStart = decoder.offset;
    decoder.skipValue();
    sections.push({ code, start, valueStart, end: decoder.offset });
  }
  return sections;
}

export function findSection(sections: readonly Section[], code: number): Section | undefined {
  return sections.find((section) => section.code === code);
}

/** The decoded value of a section: array for header and properties, Map for annotations. */
export function readSection(message: Buffer, section: Section | undefined): AmqpValue {
  return section && decodeValue(message.subarray(section.valueStart, section.end));
}

/** Entries of a map section (annotations, application properties), in order; none without section. */
export function readEntries(message: Buffer, section: Section | undefined): MapEntry[] {
  return section ? decodeEntries(message.subarray(section.valueStart, section.end)) : [];
}

/** Entries with string or symbol keys of one encoded map. */
export function decodeEntries(map: Buffer): MapEntry[] {
  const decoder = new Decoder(map);
  const { count, end } = decoder.readCompound();
  const entries: MapEntry[] = [];
  for (let index = 0; index < count && decoder.offset < end; index += 2) {
    const key = decoder.readValue();
    const at = decoder.offset;
    const value = decoder.readValue();
    if (typeof key === 'string') {
      entries.push({ key, value, encoded: map.subarray(at, decoder.offset) });
    }
  }
  return entries;
}

/** The encoded value of each element of a list section (header, properties): the index is the field's. */
export function readListFields(message: Buffer, section: Section | undefined): Buffer[] {
  if (!section) return [];
  const decoder = new Decoder(message, section.valueStart, section.end);
  const { count } = decoder.readCompound();
  const fields: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const at = decoder.offset;
    decoder.skipValue();
    fields.push(message.subarray(at, decoder.offset));
  }
  return fields;
}

/** From the properties on: what a broker must not change. */
export function bareMessage(message: Buffer, sections: readonly Section[]): Buffer {
  const first = sections.find(({ code }) => code >= SECTION.properties);
  return first ? message.subarray(first.start) : Buffer.alloc(0);
}

/** The encoded messages in the data sections of a batch's envelope (format 0x80013700). */
export function unbatch(envelope: Buffer): Buffer[] {
  return splitSections(envelope)
    .filter(({ code }) => code === SECTION.data)
    .map((section) => readBinary(envelope, section));
}

function readBinary(message: Buffer, section: Section): Buffer {
  const value = readSection(message, section);
  if (Buffer.isBuffer(value)) return value;
  throw new DecodeError('a data section holds no binary');
}

export type MapSectionEntry = Pick<MapEntry, 'key' | 'encoded'> | { key: string; value: AmqpValue };

/** A section that is a map; annotations have symbols as keys, application properties strings. */
export function encodeMapSection(code: number, entries: readonly MapSectionEntry[]): Buffer {
  const encoder = new Encoder();
  encoder.descriptor(code).map(entries.length, () => {
    for (const entry of entries) {
      if (code === SECTION.applicationProperties) encoder.string(entry.key);
      else encoder.symbol(entry.key);
      if ('encoded' in entry) encoder.raw(entry.encoded);
      else encoder.value(entry.value);
    }
  });
  return encoder.toBuffer();
}

/** A section that is a list of encoded fields (header, properties). */
export function encodeListSection(code: number, fields: readonly Uint8Array[]): Buffer {
  const encoder = new Encoder();
  encoder.descriptor(code).list(fields.length, () => {
    for (const field of fields) encoder.raw(field);
  });
  return encoder.toBuffer();
}

/** A request or response of a management node. */
export interface DecodedMessage {
  /** Encoded, so that an answer can repeat it with its type; absent if null. */
  readonly messageId?: Buffer;
  readonly correlationId?: Buffer;
  readonly replyTo?: string;
  readonly applicationProperties: AmqpMap;
  readonly body: AmqpValue;
}

/** Decodes a small message whole. Throws DecodeError. */
export function decodeMessage(message: Buffer): DecodedMessage {
  const sections = splitSections(message);
  const fields = readListFields(message, findSection(sections, SECTION.properties));
  const replyTo = fields[4] && decodeValue(fields[4]);
  const applicationProperties = readSection(
    message,
    findSection(sections, SECTION.applicationProperties),
  );
  const body = sections.find(({ code }) => code >= SECTION.data && code <= SECTION.value);
  return {
    ...presentField('messageId', fields[0]),
    ...presentField('correlationId', fields[5]),
    ...(typeof replyTo === 'string' && { replyTo }),
    applicationProperties: applicationProperties instanceof Map ? applicationProperties : new Map(),
    body: readSection(message, body),
  };
}

function presentField<Name extends string>(
  name: Name,
  field: Buffer | undefined,
): { [N in Name]?: Buffer } {
  const isPresent = field !== undefined && field[0] !== 0x40;
  return isPresent ? ({ [name]: field } as { [N in Name]?: Buffer }) : {};
}

/** A message with an AMQP value as body. `correlationId` is encoded already. */
export function encodeMessage(message: {
  readonly correlationId?: Buffer;
  readonly applicationProperties: Readonly<Record<string, AmqpValue>>;
  readonly body: AmqpValue;
}): Buffer {
  const encoder = new Encoder();
  const { correlationId } = message;
  if (correlationId) {
    encoder.descriptor(SECTION.properties).list(6, () => {
      for (let index = 0; index < 5; index++) encoder.null();
      encoder.raw(correlationId);
    });
  }
  encoder.descriptor(SECTION.applicationProperties).value({ ...message.applicationProperties });
  encoder.descriptor(SECTION.value).value(message.body);
  return encoder.toBuffer();
}
