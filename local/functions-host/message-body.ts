import type { BodyType } from './host-function.ts';
import type { TypedData } from './worker-contract.ts';

/** A message's body as the AMQP SDKs give it, if they parse no JSON. */
export interface AmqpBody {
  readonly bodyType: 'data' | 'value' | 'sequence';
  readonly body: unknown;
}

/**
 * The bytes of a body, a string's in UTF-8.
 * Throws what the real host says of a body that can't be bound (MessageToStringConverter.cs).
 */
export function bodyBytes({ bodyType, body }: AmqpBody): Buffer {
  if (bodyType === 'sequence') {
    throw new Error('A sequence body message cannot be bound to a string.');
  }
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
  // Several data sections.
  if (bodyType === 'data' && Array.isArray(body))
    return Buffer.concat(body.map((part) => Buffer.from(part)));
  throw new Error(`A message with a value type of ${typeof body} cannot be bound to a string.`);
}

export const bodyText = (body: AmqpBody): string => bodyBytes(body).toString('utf8');

/** What a function gets that takes one message. */
export function singleInput(body: AmqpBody, bodyType: BodyType): TypedData {
  return bodyType === 'binary' ? { bytes: bodyBytes(body) } : { string: bodyText(body) };
}

/**
 * What a function gets that takes a batch.
 * Azure: of strings the empty ones are left out, so a message with an empty body vanishes (GrpcMessageConversionExtensions.cs).
 */
export function batchInput(bodies: readonly AmqpBody[], bodyType: BodyType): TypedData {
  if (bodyType === 'binary') return { collectionBytes: { bytes: bodies.map(bodyBytes) } };
  return { collectionString: { string: bodies.map(bodyText).filter((text) => text !== '') } };
}
