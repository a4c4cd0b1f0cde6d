import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';

/** What is shown of a message that waits. */
export interface PeekedMessage {
  readonly sequenceNumber: string;
  readonly messageId?: string;
  readonly state: string;
  readonly deliveryCount: number;
  /** ISO 8601. */
  readonly enqueuedTime?: string;
  /** ISO 8601. Absent: never. */
  readonly expiresAt?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly applicationProperties: Readonly<Record<string, string | number | boolean | null>>;
  readonly deadLetterReason?: string;
  readonly deadLetterErrorDescription?: string;
  readonly bodyBytes: number;
  /** The first of its text: UTF-8, 4,096 bytes at most. */
  readonly body: string;
}

interface PeekRequest {
  readonly max: number;
  readonly deadLetter: boolean;
  readonly abortSignal: AbortSignal;
}

const SHOWN_BODY_BYTES = 4_096;
const SHOWN_TEXT = 1_024;
const SHOWN_PROPERTIES = 50;

/** `client` must be fresh: the SDK goes on from where it has peeked last. Throws what the SDK throws. */
export async function peekSubscription(
  client: ServiceBusClient,
  topic: string,
  subscription: string,
  { max, deadLetter, abortSignal }: PeekRequest,
): Promise<PeekedMessage[]> {
  const receiver = client.createReceiver(topic, subscription, {
    ...(deadLetter && { subQueueType: 'deadLetter' }),
    skipParsingBodyAsJson: true,
  });
  const peeked: ServiceBusReceivedMessage[] = [];
  while (peeked.length < max) {
    // Azure: fewer than asked for do not mean that these are all.
    const more = await receiver.peekMessages(max - peeked.length, { abortSignal });
    if (more.length === 0) break;
    peeked.push(...more);
  }
  return peeked.map(show);
}

function show(message: ServiceBusReceivedMessage): PeekedMessage {
  const body = bytesOf(message.body);
  return {
    sequenceNumber: String(message.sequenceNumber ?? ''),
    ...given('messageId', message.messageId),
    state: message.state,
    deliveryCount: message.deliveryCount ?? 0,
    ...given('enqueuedTime', timeText(message.enqueuedTimeUtc)),
    ...given('expiresAt', timeText(message.expiresAtUtc)),
    ...given('subject', message.subject),
    ...given('contentType', message.contentType),
    applicationProperties: showProperties(message.applicationProperties),
    ...given('deadLetterReason', message.deadLetterReason),
    ...given('deadLetterErrorDescription', message.deadLetterErrorDescription),
    bodyBytes: body.length,
    body: body.toString('utf8', 0, SHOWN_BODY_BYTES),
  };
}

function given<Name extends string>(name: Name, value: unknown): { [N in Name]?: string } {
  if (value === undefined || value === null) return {};
  return { [name]: String(value).slice(0, SHOWN_TEXT) } as { [N in Name]: string };
}

/** A message without an end expires, by the SDK's arithmetic, in the year 31197. */
function timeText(time: Date | undefined): string | undefined {
  const isKnown = time !== undefined && time.getUTCFullYear() <= 9999;
  return isKnown ? time.toISOString() : undefined;
}

function showProperties(
  properties: ServiceBusReceivedMessage['applicationProperties'] = {},
): PeekedMessage['applicationProperties'] {
  const shown = Object.entries(properties)
    .slice(0, SHOWN_PROPERTIES)
    .map(([name, value]) => [
      name.slice(0, SHOWN_TEXT),
      typeof value === 'number' || typeof value === 'boolean' || value === null
        ? value
        : String(value instanceof Date ? value.toISOString() : value).slice(0, SHOWN_TEXT),
    ]);
  return Object.fromEntries(shown);
}

/** AMQP bodies of other sections than data are values and lists. */
function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
