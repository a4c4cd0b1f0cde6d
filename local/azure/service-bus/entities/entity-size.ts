// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas.
import type { MessageContent } from '../messages/message-content.ts';
import { quotaExceeded } from '../service-bus-error.ts';

/** What a message takes in this process beside its bytes, roughly. */
const OVERHEAD_BYTES = 1024;

/** The memory of all entities together: what a real namespace has on disk has to fit into this process. */
export class StoreBudget {
  readonly maxBytes: number;
  usedBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }
}

/** How full a queue or topic is, with its subscriptions and dead-letter queues. */
export class EntitySize {
  readonly #budget: StoreBudget;
  /** `Queue: 'ns:Queue:orders'`. */
  readonly #entity: string;
  maxBytes: number;
  bytes = 0;

  constructor(entity: string, maxBytes: number, budget: StoreBudget) {
    this.#entity = entity;
    this.maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** Throws Azure's quota error if nothing more may be sent. */
  requireRoom(): void {
    // Azure: what is sent while there is room left is taken whole, so the size ends a little above the maximum.
    if (this.bytes >= this.maxBytes) throw quotaExceeded(this.#entity, this.bytes, this.maxBytes);
    // Pretend: a full store refuses like a full entity, long before the entity's own maximum.
    if (this.#budget.usedBytes >= this.#budget.maxBytes) {
      throw quotaExceeded(this.#entity, this.#budget.usedBytes, this.#budget.maxBytes);
    }
  }

  /** A message has this content from now on. */
  hold(content: MessageContent): void {
    this.#budget.usedBytes += OVERHEAD_BYTES;
    if (content.holders++ === 0) this.change(content.sizeBytes);
  }

  /** A message that had it is gone. */
  release(content: MessageContent): void {
    this.#budget.usedBytes -= OVERHEAD_BYTES;
    if (--content.holders === 0) this.change(-content.sizeBytes);
  }

  /** Counts what is no message: a session's state. */
  change(bytes: number): void {
    this.bytes += bytes;
    this.#budget.usedBytes += bytes;
  }
}
