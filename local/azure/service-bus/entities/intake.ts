// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
import type { Clock } from '../../clock.ts';
import { MessageContent } from '../messages/message-content.ts';
import type { EntityStore } from '../store/entity-store.ts';
import { DuplicateHistory } from './duplicate-history.ts';
import { EntitySize, type StoreBudget } from './entity-size.ts';
import type { IntakeSettings } from './queue-settings.ts';

const MEGABYTE = 1024 * 1024;

interface IntakeParts {
  readonly clock: Clock;
  readonly budget: StoreBudget;
  readonly store: EntityStore;
  /** `Queue: 'ns:Queue:orders'`. */
  readonly entity: string;
  /** Throws AmqpError for a message that the entity does not take. */
  check(content: MessageContent): void;
  accept(content: MessageContent): void;
  /** Returns the sequence number. */
  schedule(content: MessageContent, dueMs: number): number;
  /** Gives what was accepted to who waits for it. */
  dispatch(): void;
}

export interface StagedSend {
  /** Throws AmqpError if there is no room any more. */
  check(): void;
  apply(): void;
}

/** The door of a queue or topic: what every message passes that is sent there. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #history: DuplicateHistory;
  readonly size: EntitySize;
  #detectsDuplicates: boolean;

  constructor(settings: IntakeSettings, parts: IntakeParts) {
    const { duplicateDetectionHistoryTimeWindowMs, maxSizeInMegabytes } = settings;
    this.#parts = parts;
    this.#history = new DuplicateHistory(
      parts.clock,
      duplicateDetectionHistoryTimeWindowMs,
      parts.store,
    );
    this.size = new EntitySize(parts.entity, maxSizeInMegabytes * MEGABYTE, parts.budget);
    this.#detectsDuplicates = settings.requiresDuplicateDetection;
  }

  update(settings: IntakeSettings): void {
    this.#history.windowMs = settings.duplicateDetectionHistoryTimeWindowMs;
    this.#detectsDuplicates = settings.requiresDuplicateDetection;
    this.size.maxBytes = settings.maxSizeInMegabytes * MEGABYTE;
  }

  /**
   * Takes all encoded messages or, throwing AmqpError, none. One that came before, or one whose time to be
   * enqueued lies ahead, is treated so.
   */
  send(messages: readonly Buffer[]): void {
    this.stage(messages).apply();
  }

  /** As `send`, in two steps: what is not sent by `apply` never came. */
  stage(messages: readonly Buffer[]): StagedSend {
    const contents = this.#parse(messages);
    return { check: () => this.size.requireRoom(), apply: () => this.#take(contents) };
  }

  #take(contents: readonly MessageContent[]): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const content of contents) {
      // Azure: a duplicate is accepted and dropped; scheduled messages take part [duplicate-detection].
      if (this.#isDuplicate(content)) continue;
      const dueMs = content.scheduledEnqueueTimeMs ?? 0;
      if (dueMs > nowMs) this.#parts.schedule(content, dueMs);
      else this.#parts.accept(content);
    }
    this.#parts.dispatch();
  }

  /** As `send`, for messages that are all scheduled: returns their sequence numbers. */
  schedule(messages: readonly Buffer[]): number[] {
    return this.#parse(messages).map((content) => {
      // Pretend: a dropped duplicate answers 0, which is no message's number.
      if (this.#isDuplicate(content)) return 0;
      const dueMs = content.scheduledEnqueueTimeMs ?? this.#parts.clock.nowMs();
      return this.#parts.schedule(content, dueMs);
    });
  }

  #parse(messages: readonly Buffer[]): MessageContent[] {
    const contents = messages.map((message) => MessageContent.parse(message));
    for (const content of contents) this.#parts.check(content);
    this.size.requireRoom();
    return contents;
  }

  #isDuplicate(content: MessageContent): boolean {
    return this.#detectsDuplicates && this.#history.isDuplicate(content.messageId);
  }
}
