// A function in Node can't put a message among the dead letters. One that can never succeed goes to a queue of its own
// with the reason, and counts as handled.
import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../messaging/outgoing-message.ts';
import { publish } from '../publish/publish.ts';
import { EVENT_NAMESPACE } from '../scan/finding.ts';
import type { ServiceBus } from '../service-bus.ts';
import { uuidV5 } from '../uuid.ts';
import type { Unrecordable } from './parse-resource-event.ts';

/** Azure: a message of the Standard tier has 256 KB, and the reason has to fit in too. */
const LARGEST_BYTES = 192 * 1024;

/** Sends the body, as the host gave it, to `queue`. Its message id is the same each time. Throws AppError. */
export async function reject(
  body: unknown,
  { reason, message }: Unrecordable,
  serviceBus: Pick<ServiceBus, 'prepare'>,
  queue: string,
): Promise<void> {
  const whole = toBytes(body);
  const rejected: OutgoingMessage = {
    eventId: '',
    messageId: uuidV5(
      `rejected|${createHash('sha256').update(whole).digest('hex')}`,
      EVENT_NAMESPACE,
    ),
    body: whole.subarray(0, LARGEST_BYTES),
    contentType: typeof body === 'object' ? 'application/json' : 'text/plain; charset=utf-8',
    subject: reason,
    properties: {
      rejectionReason: reason,
      rejectionDescription: message,
      ...(whole.length > LARGEST_BYTES && { cutFromBytes: String(whole.length) }),
    },
  };
  await publish(
    [rejected],
    [{ name: 'servicebus', prepare: (messages) => serviceBus.prepare(queue, messages) }],
  );
}

function toBytes(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
}
