import { decodeValue } from '../../amqp/codec/decode.ts';
import { type MessageContent, PROPERTY } from '../messages/message-content.ts';
import { FilterError } from './filter-error.ts';
import { type FilterValue, toFilterValue } from './filter-value.ts';

/** Where each system property lies; names as in .NET's BrokeredMessage, lower case. */
const inProperties: Readonly<Record<string, number>> = {
  contenttype: PROPERTY.contentType,
  correlationid: PROPERTY.correlationId,
  label: PROPERTY.subject,
  messageid: PROPERTY.messageId,
  replyto: PROPERTY.replyTo,
  replytosessionid: PROPERTY.replyToGroupId,
  sessionid: PROPERTY.groupId,
  to: PROPERTY.to,
};
const inAnnotations: Readonly<Record<string, string>> = {
  partitionkey: 'x-opt-partition-key',
  viapartitionkey: 'x-opt-via-partition-key',
  scheduledenqueuetimeutc: 'x-opt-scheduled-enqueue-time',
};

/** System properties that exist in Azure and mean nothing, or nothing here, before a message is in a subscription. */
const unsupportedNames = new Set(
  [
    'DeadLetterSource DeliveryCount EnqueuedSequenceNumber EnqueuedTimeUtc ExpiresAtUtc ForcePersistence',
    'IsBodyConsumed LockedUntilUtc LockToken Properties SequenceNumber Size State TimeToLive',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

export function isUnsupportedSystemProperty(name: string): boolean {
  return unsupportedNames.has(name.toLowerCase());
}

/** A message as filters see it: decoded when the first filter asks. */
export class MessageProperties {
  readonly #content: MessageContent;
  #user: Map<string, FilterValue> | undefined;
  #fields: Buffer[] | undefined;

  constructor(content: MessageContent) {
    this.#content = content;
  }

  /** An application property; names compare without case. */
  user(name: string): FilterValue {
    this.#user ??= new Map(
      this.#content
        .applicationProperties()
        .map((entry) => [entry.key.toLowerCase(), toFilterValue(entry)]),
    );
    return this.#user.get(name.toLowerCase());
  }

  /** Throws FilterError if there is no such property. */
  system(name: string): FilterValue {
    const key = name.toLowerCase();
    const index = inProperties[key];
    if (index === PROPERTY.messageId) return this.#content.messageId;
    if (index !== undefined) return this.#field(index);
    const annotation = inAnnotations[key];
    if (annotation === undefined) {
      throw new FilterError(`The system property 'sys.${name}' does not exist.`);
    }
    const entry = this.#content.annotations().find((candidate) => candidate.key === annotation);
    return entry && toFilterValue(entry);
  }

  #field(index: number): FilterValue {
    this.#fields ??= this.#content.propertyFields();
    const encoded = this.#fields[index];
    return encoded && toFilterValue({ value: decodeValue(encoded), encoded });
  }
}
