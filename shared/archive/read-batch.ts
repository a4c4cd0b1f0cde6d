import { AppError } from '../errors.ts';
import type { StreamBatch, StreamEvent } from './stream-event.ts';

type Metadata = Readonly<Record<string, unknown>> | undefined;

/**
 * What the Functions host gives a batch trigger with `dataType` binary. (With texts it leaves empty bodies out, and
 * the arrays of metadata no longer fit: azure-functions-host, GrpcMessageConversionExtensions.cs.)
 * Throws UNEXPECTED if bodies and metadata don't belong together.
 */
export function readBatch(bodies: unknown, metadata: Metadata): StreamBatch {
  const context = objectIn(metadata?.partitionContext);
  const hub = context.eventHubName ?? context.EventHubName;
  const partitionId = context.partitionId ?? context.PartitionId;
  const sequenceNumbers = arrayIn(metadata?.sequenceNumberArray).map(toNumber);
  const times = arrayIn(metadata?.enqueuedTimeUtcArray);
  const fits =
    Array.isArray(bodies) &&
    bodies.length === sequenceNumbers.length &&
    bodies.length === times.length;
  if (!fits || partitionId === undefined || sequenceNumbers.some(Number.isNaN)) {
    throw unreadable();
  }
  const at = (name: string, index: number) => arrayIn(metadata?.[name])[index];
  const events = bodies.map((body, index): StreamEvent => {
    const partitionKey = at('partitionKeyArray', index);
    return {
      sequenceNumber: sequenceNumbers[index] ?? 0,
      enqueuedTime: toTime(times[index]),
      offset: String(at('offsetArray', index) ?? ''),
      ...(partitionKey ? { partitionKey: String(partitionKey) } : {}),
      properties: objectIn(at('propertiesArray', index)),
      body: toBytes(body),
    };
  });
  return { hub: String(hub ?? 'hub'), partitionId: String(partitionId), events };
}

/** A 64-bit number comes in two halves. */
function toNumber(value: unknown): number {
  const { low, high } = objectIn(value);
  if (typeof low !== 'number' || typeof high !== 'number') return Number(value ?? Number.NaN);
  return high * 2 ** 32 + (low >>> 0);
}

/** The host writes UTC without a zone; some versions write one. */
function toTime(value: unknown): string {
  const text = String(value);
  const time = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time.getTime())) throw unreadable();
  return time.toISOString();
}

function toBytes(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
}

function arrayIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function unreadable(): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'app',
    message: 'The Functions host gave a batch of events whose metadata does not fit it.',
    nextStep:
      'Report it with the version of the extension bundle. Nothing was lost: the batch is repeated.',
  });
}
