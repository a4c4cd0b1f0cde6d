import { AppError } from '../errors.ts';
import { printable } from '../log.ts';
import type { OutgoingMessage } from '../messaging/outgoing-message.ts';
import type { PreparedBatches } from '../messaging/prepare-batches.ts';

/** Where messages go. */
export interface Channel {
  readonly name: 'eventhub' | 'servicebus';
  /** Attaches and packs; nothing is sent yet. Throws AppError. */
  prepare(messages: readonly OutgoingMessage[]): Promise<PreparedBatches>;
}

/** By channel: ids of the events that it has taken. */
export type Accepted = { readonly [Name in Channel['name']]?: readonly string[] };

export interface PublishOptions {
  /** Told of each that is too large for a channel, and the rest goes. Without it one such stops all. */
  readonly onTooLarge?: (message: OutgoingMessage, channel: Channel['name']) => void;
}

/**
 * Sends all messages to all channels. Nothing is sent at all if one channel refuses the link, or if a message is too
 * large for one. Throws the AppError of the first channel that failed, after the others have ended; `accepted` in it
 * tells what was taken.
 */
export async function publish(
  messages: readonly OutgoingMessage[],
  channels: readonly Channel[],
  { onTooLarge }: PublishOptions = {},
): Promise<Accepted> {
  const prepared = await allOrFirstError(
    channels.map(async ({ name, prepare }) => ({ name, ...(await prepare(messages)) })),
  );
  for (const { name, tooLarge } of prepared) {
    if (!onTooLarge) assertNone(tooLarge, name);
    for (const message of tooLarge) onTooLarge?.(message, name);
  }
  const accepted = new Map<Channel['name'], string[]>(channels.map(({ name }) => [name, []]));
  try {
    await allOrFirstError(
      prepared.map(({ name, send }) =>
        send((taken) => {
          const ids = accepted.get(name);
          for (const { eventId } of taken) ids?.push(eventId);
        }),
      ),
    );
  } catch (error) {
    throw error instanceof AppError ? withAccepted(error, Object.fromEntries(accepted)) : error;
  }
  return Object.fromEntries(accepted);
}

/** Waits for all; throws the first error in their order. */
async function allOrFirstError<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function assertNone(tooLarge: readonly OutgoingMessage[], name: Channel['name']): void {
  const [first, ...more] = tooLarge;
  if (!first) return;
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  throw new AppError({
    code: 'INPUT_INVALID',
    target: 'request',
    message: `The event ${printable(first.eventId).slice(0, 64)}${others} is larger than ${SERVICES[name]} takes in one message. Nothing was sent.`,
    nextStep:
      'Send less in one event: put what is large into blob storage and its address into the event.',
    status: 413,
  });
}

const SERVICES = { eventhub: 'Event Hubs', servicebus: 'Service Bus' } as const;

function withAccepted(error: AppError, accepted: Accepted): AppError {
  const { code, target, message, nextStep, access, retryAfterSeconds, status } = error;
  return new AppError({
    ...{ code, target, message, nextStep, accepted, cause: error },
    ...(access && { access }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(status !== undefined && { status }),
  });
}
