// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
// An encoded message as it came, and the few facts about it that the broker acts on.
import { randomUUID } from 'node:crypto';
import { type AmqpValue, Typed } from '../../amqp/codec/amqp-value.ts';
import { Decoder, decodeValue } from '../../amqp/codec/decode.ts';
import {
  decodeEntries,
  encodeMapSection,
  findSection,
  type MapSectionEntry,
  readSection,
  SECTION,
  type Section,
  splitSections,
} from '../../amqp/codec/sections.ts';
import type { MapEntry } from '../../amqp/messaging-node.ts';
import { messageIdTooLong, sessionIdTooLong } from '../service-bus-error.ts';

/** Indexes in the properties section [AMQP 3.2.4]. */
export const PROPERTY = {
  messageId: 0,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
  replyToGroupId: 12,
} as const;

const HEADER = { durable: 0, priority: 1, timeToLive: 2 } as const;
/** A longer time to live than the header can hold is the difference of two properties. */
const LONGEST_HEADER_TTL_MS = 0xff_ff_ff_ff;
/** Source: service-bus-quotas, message id and session id. */
const LONGEST_ID = 128;

const NO_BYTES = Buffer.alloc(0);

/** All that a content is made of. */
export interface StoredContent {
  /** As the message came. */
  readonly bytes: Buffer;
  /** The application properties section, where it is another now. */
  readonly properties?: Buffer | undefined;
  /** The one that the broker gave. */
  readonly messageId?: string | undefined;
}

/** Immutable; the subscriptions of a topic share one. */
export class MessageContent {
  readonly #bytes: Buffer;
  readonly #sections: readonly Section[];
  readonly #applicationProperties: Buffer;
  readonly #isChanged: boolean;
  /** Given by the broker, where the sender gave none. */
  readonly #assignedMessageId: string | undefined;
  /** Compared by duplicate detection. */
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Infinity if the sender set none. */
  readonly timeToLiveMs: number;
  /** `x-opt-scheduled-enqueue-time`. */
  readonly scheduledEnqueueTimeMs: number | undefined;
  readonly durable: boolean | undefined;
  readonly priority: number | undefined;
  /** What it counts against the entity's maxSizeInMegabytes. */
  readonly sizeBytes: number;
  /** How many messages have this content; kept by EntitySize. */
  holders = 0;

  private constructor(
    bytes: Buffer,
    sections: readonly Section[],
    more: { applicationProperties?: Buffer; messageId?: string } = {},
  ) {
    this.#bytes = bytes;
    this.#sections = sections;
    this.#isChanged = more.applicationProperties !== undefined;
    this.#applicationProperties =
      more.applicationProperties ?? this.#section(SECTION.applicationProperties);
    const header = readSection(bytes, findSection(sections, SECTION.header));
    const headerFields = Array.isArray(header) ? header : [];
    const fields = this.propertyFields();
    const messageId = more.messageId ?? idText(fields[PROPERTY.messageId]);
    // Azure: a message without id gets one [BrokeredMessage.MessageId]; the SDKs cannot settle one that has none.
    this.#assignedMessageId = messageId === undefined ? newMessageId() : more.messageId;
    this.messageId = messageId ?? this.#assignedMessageId ?? '';
    this.sessionId = idText(fields[PROPERTY.groupId]);
    this.timeToLiveMs = timeToLive(headerFields[HEADER.timeToLive], fields);
    this.durable = typeof headerFields[0] === 'boolean' ? headerFields[HEADER.durable] : undefined;
    this.priority = typeof headerFields[1] === 'number' ? headerFields[HEADER.priority] : undefined;
    this.scheduledEnqueueTimeMs = scheduledTime(this.annotations());
    this.sizeBytes = bytes.length + (more.applicationProperties?.length ?? 0);
  }

  /** Copies the message out of the network's memory. Throws DecodeError, or AmqpError for an id that is too long. */
  static parse(message: Buffer): MessageContent {
    const bytes = Buffer.from(message);
    const content = new MessageContent(bytes, splitSections(bytes));
    if (content.messageId.length > LONGEST_ID) throw messageIdTooLong(LONGEST_ID);
    if ((content.sessionId?.length ?? 0) > LONGEST_ID) throw sessionIdTooLong(LONGEST_ID);
    // Filters and dead letters read them later, when it is too late to refuse.
    content.applicationProperties();
    return content;
  }

  /** What `toStored` gave. Throws DecodeError. */
  static restore({ bytes, properties, messageId }: StoredContent): MessageContent {
    return new MessageContent(bytes, splitSections(bytes), {
      ...(properties && { applicationProperties: properties }),
      ...(messageId !== undefined && { messageId }),
    });
  }

  toStored(): StoredContent {
    return {
      bytes: this.#bytes,
      properties: this.#isChanged ? this.#applicationProperties : undefined,
      messageId: this.#assignedMessageId,
    };
  }

  /** The same message with application properties set; entries with an AMQP null are left out. */
  with(entries: readonly MapEntry[]): MessageContent {
    const changes = entries.filter(({ value }) => value !== null);
    if (changes.length === 0) return this;
    const names = new Set(changes.map(({ key }) => key));
    const kept: MapSectionEntry[] = this.applicationProperties().filter(
      ({ key }) => !names.has(key),
    );
    return new MessageContent(this.#bytes, this.#sections, {
      applicationProperties: encodeMapSection(SECTION.applicationProperties, [...kept, ...changes]),
      messageId: this.messageId,
    });
  }

  /** Each encoded property; the id is the assigned one if the sender gave none. */
  propertyFields(): Buffer[] {
    const section = findSection(this.#sections, SECTION.properties);
    const fields: Buffer[] = [];
    if (!section) return fields;
    const decoder = new Decoder(this.#bytes, section.valueStart, section.end);
    const { count } = decoder.readCompound();
    for (let index = 0; index < count; index++) {
      const at = decoder.offset;
      decoder.skipValue();
      fields.push(this.#bytes.subarray(at, decoder.offset));
    }
    return fields;
  }

  /** Set only if the sender gave no id. */
  get assignedMessageId(): string | undefined {
    return this.#assignedMessageId;
  }

  annotations(): MapEntry[] {
    const section = findSection(this.#sections, SECTION.messageAnnotations);
    if (!section) return [];
    return decodeEntries(this.#bytes.subarray(section.valueStart, section.end));
  }

  applicationProperties(): MapEntry[] {
    const section = this.#applicationProperties;
    if (section.length === 0) return [];
    const decoder = new Decoder(section);
    decoder.readDescriptor();
    return decodeEntries(section.subarray(decoder.offset));
  }

  /** The encoded section; empty without one. */
  get applicationPropertiesSection(): Buffer {
    return this.#applicationProperties;
  }

  /** The encoded body and footer. */
  get body(): Buffer {
    const first = this.#sections.find(({ code }) => code >= SECTION.data);
    return first ? this.#bytes.subarray(first.start) : NO_BYTES;
  }

  #section(code: number): Buffer {
    const section = findSection(this.#sections, code);
    return section ? this.#bytes.subarray(section.start, section.end) : NO_BYTES;
  }
}

const newMessageId = () => randomUUID().replaceAll('-', '');

/** The text of an encoded id, which may be a string, ulong, uuid or binary; undefined for null or none. */
function idText(field: Buffer | undefined): string | undefined {
  const value = field && decodeValue(field);
  if (value === undefined || value === null) return undefined;
  const plain = value instanceof Typed ? value.value : value;
  return Buffer.isBuffer(plain) ? plain.toString('hex') : String(plain);
}

function timeToLive(header: AmqpValue, fields: readonly Buffer[]): number {
  const created = time(fields[PROPERTY.creationTime]);
  const expires = time(fields[PROPERTY.absoluteExpiryTime]);
  if (typeof header !== 'number') return Number.POSITIVE_INFINITY;
  if (header < LONGEST_HEADER_TTL_MS || created === undefined || expires === undefined) {
    return header;
  }
  return Math.max(expires - created, LONGEST_HEADER_TTL_MS);
}

function time(field: Buffer | undefined): number | undefined {
  const value = field && decodeValue(field);
  return value instanceof Date ? value.getTime() : undefined;
}

function scheduledTime(annotations: readonly MapEntry[]): number | undefined {
  const entry = annotations.find(({ key }) => key === 'x-opt-scheduled-enqueue-time');
  return entry?.value instanceof Date ? entry.value.getTime() : undefined;
}
