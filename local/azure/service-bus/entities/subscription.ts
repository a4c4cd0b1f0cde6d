import type { SubscriptionSettings } from '../../providers/provider.ts';
import { FilterError } from '../filters/filter-error.ts';
import type { MessageProperties } from '../filters/message-properties.ts';
import { Rules } from '../filters/rules.ts';
import type { MessageContent } from '../messages/message-content.ts';
import { filterFailed } from './dead-letter-cause.ts';
import type { EngineParts } from './engine-parts.ts';
import { OpenLinks } from './open-links.ts';
import { QueuePair } from './queue-pair.ts';
import type { Topic } from './topic.ts';

/** A subscription of a topic: a queue behind rules. */
export class Subscription {
  readonly topic: Topic;
  readonly rules = new Rules();
  readonly pair: QueuePair;
  readonly links = new OpenLinks();
  settings: SubscriptionSettings;

  constructor(settings: SubscriptionSettings, topic: Topic, parts: EngineParts) {
    this.settings = settings;
    this.topic = topic;
    this.pair = new QueuePair(settings, {
      ...parts,
      store: topic.store,
      key: `subscriptions/${settings.name.toLowerCase()}`,
      size: topic.intake.size,
    });
  }

  /** `ns:Topic:news|all`. */
  get tracker(): string {
    return `${this.topic.tracker}|${this.settings.name.toLowerCase()}`;
  }

  update(settings: SubscriptionSettings): void {
    this.settings = settings;
    this.pair.update(settings);
  }

  /**
   * Takes a copy if a rule selects the message.
   * Azure: a disabled subscription goes on collecting [Azure/azure-service-bus#84].
   */
  offer(
    content: MessageContent,
    properties: MessageProperties,
    origin: { readonly enqueuedSequenceNumber: number; readonly timeToLiveMs: number },
  ): void {
    try {
      if (this.rules.select(properties)) this.pair.main.enqueue(content, origin);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      if (!this.settings.deadLetteringOnFilterEvaluationExceptions) return;
      this.pair.main.rejectNew(content, filterFailed(error.message), origin);
    }
  }
}
