// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing.
import type { BrokeredMessage } from '../messages/brokered-message.ts';
import { ReadyMessages } from '../messages/ready-messages.ts';

/** Someone who takes messages as they become ready. */
export interface Consumer {
  /** How many it can take now. */
  readonly room: number;
  /** Takes one that is ready: locks it, or removes it from its queue. */
  take(message: BrokeredMessage): void;
}

/** Ready messages of a queue or of one session, and those who wait for them. */
export class Lane {
  readonly ready = new ReadyMessages();
  /** In the order in which they wait. */
  readonly #waiting = new Set<Consumer>();
  #isDispatching = false;

  /** The consumer has room, as far as it knows. */
  offer(consumer: Consumer): void {
    this.#waiting.add(consumer);
    this.dispatch();
  }

  withdraw(consumer: Consumer): void {
    this.#waiting.delete(consumer);
  }

  /**
   * Hands out ready messages while someone has room.
   * Pretend: one message each in turn, so that a link which renews its credit at once does not starve the others;
   * Azure serves credit in the order in which links gave it [service-bus-amqp-protocol-guide].
   */
  dispatch(): void {
    if (this.#isDispatching || this.#waiting.size === 0) return;
    this.#isDispatching = true;
    try {
      for (const consumer of this.#waiting) {
        if (this.ready.peek() === undefined) return;
        this.#waiting.delete(consumer);
        if (consumer.room <= 0) continue;
        // A set goes on to what is added while it is walked: the others come before its next turn.
        this.#waiting.add(consumer);
        this.#give(consumer);
      }
    } finally {
      this.#isDispatching = false;
    }
  }

  #give(consumer: Consumer): void {
    const message = this.ready.take();
    if (!message) return;
    try {
      consumer.take(message);
    } catch (error) {
      if (message.isReady) this.ready.putBack(message);
      throw error;
    }
  }
}
