import { type CloudEvent, STRUCTURED_TYPE } from '../cloud-event/cloud-event.ts';
import { filterPropertiesOf } from '../inventory/resource-event.ts';
import type { OutgoingMessage } from '../messaging/outgoing-message.ts';
import { EVENT_NAMESPACE } from '../scan/finding.ts';
import { uuidV5 } from '../uuid.ts';

/** Azure: of Service Bus and Event Hubs alike. */
const LONGEST_MESSAGE_ID = 128;

/** `text`: the event as JSON, which goes out as it is. */
export function toMessage(event: CloudEvent, text: string): OutgoingMessage {
  return {
    eventId: event.id,
    messageId: messageIdOf(event),
    body: Buffer.from(text),
    contentType: STRUCTURED_TYPE,
    ...(event.partitionkey === undefined ? {} : { partitionKey: event.partitionkey }),
    subject: event.type,
    properties: { eventType: event.type, eventSource: event.source, ...filterPropertiesOf(event) },
  };
}

/**
 * The event's id, or if that is too long the UUIDv5 of source and subject in lower case, which ARM ids have no case in,
 * and id, in EVENT_NAMESPACE.
 */
export function messageIdOf({ id, source, subject = '' }: CloudEvent): string {
  if (id.length <= LONGEST_MESSAGE_ID) return id;
  return uuidV5(`${source.toLowerCase()}|${subject.toLowerCase()}|${id}`, EVENT_NAMESPACE);
}
