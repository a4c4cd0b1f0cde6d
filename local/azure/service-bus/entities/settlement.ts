import type { MapEntry } from '../../amqp/messaging-node.ts';
import type { DeadLetterCause } from './dead-letter-cause.ts';

/** What becomes of a locked message. */
export type Settlement =
  | { readonly kind: 'complete' }
  /** Back to the queue as if it had never been delivered. */
  | { readonly kind: 'release' }
  | { readonly kind: 'abandon' | 'defer'; readonly properties: readonly MapEntry[] }
  | {
      readonly kind: 'deadLetter';
      readonly cause: DeadLetterCause;
      readonly properties: readonly MapEntry[];
    };
