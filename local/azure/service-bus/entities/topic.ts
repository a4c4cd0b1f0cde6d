import type { TopicSettings } from '../../providers/provider.ts';
import { MessageProperties } from '../filters/message-properties.ts';
import type { MessageContent } from '../messages/message-content.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { EngineParts } from './engine-parts.ts';
import { Intake } from './intake.ts';
import { MessageQueue } from './message-queue.ts';
import { OpenLinks } from './open-links.ts';
import type { Subscription } from './subscription.ts';

/** A topic of a namespace: passes on what it takes, and keeps what is scheduled. */
export class Topic {
  /** `ns:Topic:news`, as error texts call it. */
  readonly tracker: string;
  readonly intake: Intake;
  /** By lower-case name. */
  readonly #subscriptions = new Map<string, Subscription>();
  readonly links = new OpenLinks();
  readonly scheduled: MessageQueue;
  readonly store: EntityStore;
  settings: TopicSettings;

  constructor(settings: TopicSettings, parts: EngineParts) {
    this.settings = settings;
    this.tracker = `${settings.namespaceName}:Topic:${settings.name.toLowerCase()}`;
    const { namespaceName, name } = settings;
    const store = parts.openStore(namespaceName, `topics/${name.toLowerCase()}`);
    this.store = store;
    this.intake = new Intake(settings, {
      ...parts,
      store,
      entity: `Topic: '${this.tracker}'`,
      check() {},
      accept: (content) => this.#distribute(content),
      schedule: (content, dueMs) => this.scheduled.schedule(content, dueMs).sequenceNumber,
      dispatch: () => this.#dispatch(),
    });
    this.scheduled = new MessageQueue({
      ...parts,
      store: store.queue('scheduled'),
      size: this.intake.size,
      settings: () => holdOnly,
      activate: (content) => {
        this.#distribute(content);
        this.#dispatch();
      },
    });
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  find(subscriptionName: string): Subscription | undefined {
    return this.#subscriptions.get(subscriptionName.toLowerCase());
  }

  add(subscription: Subscription): void {
    this.#subscriptions.set(subscription.settings.name.toLowerCase(), subscription);
  }

  remove(subscriptionName: string): void {
    this.#subscriptions.delete(subscriptionName.toLowerCase());
  }

  update(settings: TopicSettings): void {
    this.settings = settings;
    this.intake.update(settings);
  }

  /** Gives each subscription what its rules select. */
  #distribute(content: MessageContent): void {
    const enqueuedSequenceNumber = this.scheduled.takeSequenceNumber();
    const timeToLiveMs = this.settings.defaultMessageTimeToLiveMs;
    const properties = new MessageProperties(content);
    for (const subscription of this.#subscriptions.values()) {
      subscription.offer(content, properties, { enqueuedSequenceNumber, timeToLiveMs });
    }
  }

  #dispatch(): void {
    for (const { pair } of this.#subscriptions.values()) pair.main.dispatch();
  }
}

/** Nothing is received from a topic itself. */
const holdOnly = {
  lockDurationMs: 0,
  maxDeliveryCount: 1,
  requiresSession: false,
  defaultMessageTimeToLiveMs: Number.POSITIVE_INFINITY,
  deadLetteringOnMessageExpiration: false,
};
