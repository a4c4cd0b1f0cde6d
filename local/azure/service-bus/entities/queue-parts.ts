import type { Clock } from '../../clock.ts';
import type { BrokeredMessage } from '../messages/brokered-message.ts';
import type { MessageContent } from '../messages/message-content.ts';
import type { Scheduler } from '../scheduler.ts';
import type { QueueStore } from '../store/stored-message.ts';
import type { EntitySize } from './entity-size.ts';
import type { MessageQueue } from './message-queue.ts';
import type { QueueSettings } from './queue-settings.ts';

/** What a message queue is made of. */
export interface QueueParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly size: EntitySize;
  readonly store: QueueStore;
  /** The current ones. */
  settings(): QueueSettings;
  /** Absent for a dead-letter queue. */
  readonly deadLetterQueue?: MessageQueue;
  /** Where a scheduled message goes when its time has come, if not into this queue. */
  activate?(content: MessageContent): void;
}

/** Where a message comes from that is added to a queue. */
export interface Origin {
  /** The topic's number for it. */
  readonly enqueuedSequenceNumber?: number;
  /** Caps the message's own. */
  readonly timeToLiveMs?: number;
  /** What it was before it was moved here. */
  readonly moved?: BrokeredMessage;
}
