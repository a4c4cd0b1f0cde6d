import { AppError } from '../errors.ts';
import { inputInvalid } from '../input.ts';
import { BATCH_TYPE, type CloudEvent, parseCloudEvent, STRUCTURED_TYPE } from './cloud-event.ts';
import { type ParsedJson, parseJson } from './parse-json.ts';

/** What of an HTTP request matters: the runtime's own is one. */
export interface EventRequest {
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface ReceivedEvent {
  readonly event: CloudEvent;
  /** As it came: what is passed on. */
  readonly text: string;
}

const MOST_EVENTS = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * One CloudEvent or an array of at most 1,000, structured JSON. Throws INPUT_INVALID, with status 413 for more than
 * 4 MB, 415 for another content type or encoding.
 */
export async function readEvents(request: EventRequest): Promise<readonly ReceivedEvent[]> {
  const contentType = readContentType(request.headers);
  const { value, texts } = parse(decode(await readBody(request)));
  if (contentType === BATCH_TYPE && !Array.isArray(value)) {
    throw inputInvalid('The body', `must be an array, as ${BATCH_TYPE} says`);
  }
  if (contentType === STRUCTURED_TYPE && Array.isArray(value)) {
    throw inputInvalid('The body', `must be one event, as ${STRUCTURED_TYPE} says`);
  }
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0 || values.length > MOST_EVENTS) {
    throw inputInvalid('The body', 'must have 1 to 1,000 events');
  }
  const events = values.map((one, index) => ({
    event: parseCloudEvent(one, Array.isArray(value) ? `Event ${index}` : 'The event'),
    text: texts[index] ?? '',
  }));
  assertDistinct(events);
  return events;
}

/** Service Bus would drop the second one, and nobody would be told. */
function assertDistinct(events: readonly ReceivedEvent[]): void {
  const first = new Map<string, number>();
  events.forEach(({ event: { id } }, index) => {
    const earlier = first.get(id);
    if (earlier !== undefined) {
      throw inputInvalid(`Event ${index}'s id`, `is that of event ${earlier}`);
    }
    first.set(id, index);
  });
}

const ACCEPTED = [STRUCTURED_TYPE, BATCH_TYPE, 'application/json'];

function readContentType(headers: EventRequest['headers']): string {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw unsupported('The body', 'must not be compressed');
  }
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  if (headers.get('ce-specversion') !== null || headers.get('ce-id') !== null) {
    throw unsupported(
      'The event',
      `must come whole in the body, as ${STRUCTURED_TYPE}: binary mode, with attributes in headers, is not supported`,
    );
  }
  if (!ACCEPTED.includes(type.trim())) {
    throw unsupported('Content-Type', `must be ${ACCEPTED.join(' or ')}`);
  }
  const charset = parameters.find((one) => one.trim().startsWith('charset='))?.split('=')[1];
  if (charset !== undefined && !/^\s*"?utf-?8"?\s*$/.test(charset)) {
    throw unsupported('The charset', 'must be UTF-8');
  }
  return type.trim();
}

async function readBody({ headers, body }: EventRequest): Promise<Buffer> {
  if (Number(headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  // Azure: without HTTP streaming a chunked request arrives without its body.
  if (bytes.length === 0) {
    throw inputInvalid('The body', 'is empty: it must be an event, sent with its Content-Length');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw inputInvalid('The body', 'is not UTF-8');
  }
}

function parse(text: string): ParsedJson {
  try {
    return parseJson(text);
  } catch (error) {
    throw inputInvalid('The body', (error as SyntaxError).message);
  }
}

function tooLarge(): AppError {
  return refused(413, 'The body is larger than 4 MB.', 'Send fewer events at once.');
}

function unsupported(what: string, expected: string): AppError {
  return refused(415, `${what} ${expected}.`, 'Correct the request and send it again.');
}

function refused(status: number, message: string, nextStep: string): AppError {
  return new AppError({ code: 'INPUT_INVALID', target: 'request', message, nextStep, status });
}
