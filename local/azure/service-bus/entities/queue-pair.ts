// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
import type { Clock } from '../../clock.ts';
import type { Scheduler } from '../scheduler.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { EntitySize } from './entity-size.ts';
import { MessageQueue } from './message-queue.ts';
import type { QueueSettings } from './queue-settings.ts';

/** A queue and the dead-letter queue that comes with it: the body of a queue entity or a subscription. */
export class QueuePair {
  readonly main: MessageQueue;
  readonly deadLetters: MessageQueue;
  #settings: QueueSettings;
  #deadLetterSettings: QueueSettings;

  constructor(
    settings: QueueSettings,
    parts: {
      readonly clock: Clock;
      readonly scheduler: Scheduler;
      readonly size: EntitySize;
      readonly store: EntityStore;
      /** Of the pair in the store: `main`, `subscriptions/all`. */
      readonly key: string;
    },
  ) {
    const { key, store } = parts;
    this.#settings = settings;
    this.#deadLetterSettings = deadLetterSettings(settings);
    this.deadLetters = new MessageQueue({
      ...parts,
      store: store.queue(`${key}/dead-letters`),
      settings: () => this.#deadLetterSettings,
    });
    this.main = new MessageQueue({
      ...parts,
      store: store.queue(key),
      settings: () => this.#settings,
      deadLetterQueue: this.deadLetters,
    });
  }

  /** Counts from now on; locks and messages keep the times that they have. */
  update(settings: QueueSettings): void {
    this.#settings = settings;
    this.#deadLetterSettings = deadLetterSettings(settings);
  }
}

/** Azure: no sessions, no time to live [service-bus-dead-letter-queues]. */
function deadLetterSettings(settings: QueueSettings): QueueSettings {
  return {
    ...settings,
    requiresSession: false,
    defaultMessageTimeToLiveMs: Number.POSITIVE_INFINITY,
    deadLetteringOnMessageExpiration: false,
  };
}
