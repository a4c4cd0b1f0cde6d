import { AmqpError } from './amqp-error.ts';
import { DecodeError } from './codec/decode.ts';

/** What an engine threw, for the wire. A message that can't be read is its sender's fault; a bug of ours is not told. */
export function toAmqpError(error: unknown): AmqpError {
  if (error instanceof AmqpError) return error;
  if (error instanceof DecodeError) return new AmqpError('amqp:decode-error', error.message, 400);
  return new AmqpError(
    'amqp:internal-error',
    'The service was unable to process the request; please retry the operation.',
  );
}
