import { randomFillSync } from 'node:crypto';
import type { SessionLock } from '../entities/message-session.ts';
import type { BrokeredMessage } from './brokered-message.ts';

const TOKEN_BYTES = 16;
/** Random bytes are fetched for many tokens at once. */
const POOL_BYTES = TOKEN_BYTES * 256;
let pool = Buffer.alloc(0);
let poolOffset = 0;

/** The exclusive right to one message for a while. */
export class MessageLock {
  /** In the byte order of a delivery tag: a .NET Guid. */
  readonly token: Buffer;
  readonly key: string;
  readonly message: BrokeredMessage;
  /** The lock that this one is under, in a session: it has no time of its own. */
  readonly session: SessionLock | undefined;
  #lockedUntilMs: number;

  constructor(message: BrokeredMessage, until: number | SessionLock) {
    this.token = newToken();
    this.key = this.token.toString('latin1');
    this.message = message;
    this.session = typeof until === 'number' ? undefined : until;
    this.#lockedUntilMs = typeof until === 'number' ? until : 0;
  }

  get lockedUntilMs(): number {
    return this.session?.lockedUntilMs ?? this.#lockedUntilMs;
  }

  set lockedUntilMs(milliseconds: number) {
    this.#lockedUntilMs = milliseconds;
  }
}

/**
 * Between a delivery tag and a uuid in `$management`: .NET writes the first three fields of a Guid little-endian,
 * AMQP's uuid has them in network order. Its own inverse.
 */
export function swapGuidOrder(guid: Buffer): Buffer {
  const swapped = Buffer.from(guid);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}

function newToken(): Buffer {
  if (poolOffset === pool.length) {
    pool = randomFillSync(Buffer.allocUnsafe(POOL_BYTES));
    poolOffset = 0;
  }
  poolOffset += TOKEN_BYTES;
  return pool.subarray(poolOffset - TOKEN_BYTES, poolOffset);
}
