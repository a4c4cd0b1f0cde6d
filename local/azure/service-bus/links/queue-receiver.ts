// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement.
import type {
  Delivery,
  MessageSource,
  Outcome,
  OutgoingLink,
  StagedWork,
} from '../../amqp/messaging-node.ts';
import type { Consumer, Lane } from '../entities/lane.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import type { SessionLock } from '../entities/message-session.ts';
import type { BrokeredMessage } from '../messages/brokered-message.ts';
import { encodeDelivery } from '../messages/encode-delivery.ts';
import { MessageLock } from '../messages/message-lock.ts';
import type { Scheduler } from '../scheduler.ts';
import { messageLockLost } from '../service-bus-error.ts';
import { toSettlement } from './to-settlement.ts';

export interface ReceiverParts {
  readonly queue: MessageQueue;
  /** Name of the queue or topic. */
  readonly entity: string;
  readonly scheduler: Scheduler;
  /** Puts what changed on disk. */
  commit(): void;
}

/** A receiver link of a queue, a subscription, a dead-letter queue, or of one session of them. */
export class QueueReceiver implements MessageSource, Consumer {
  readonly #queue: MessageQueue;
  readonly #entity: string;
  readonly #link: OutgoingLink;
  readonly #session: SessionLock | undefined;
  readonly #lane: Lane;
  readonly #scheduler: Scheduler;
  readonly #commit: () => void;

  constructor(link: OutgoingLink, parts: ReceiverParts & { readonly session?: SessionLock }) {
    this.#link = link;
    this.#queue = parts.queue;
    this.#entity = parts.entity;
    this.#session = parts.session;
    this.#lane = parts.queue.laneOf(parts.session);
    this.#scheduler = parts.scheduler;
    this.#commit = parts.commit;
  }

  get room(): number {
    return this.#session && !this.#session.isHeld ? 0 : this.#link.room;
  }

  pump(): void {
    this.#scheduler.runDue();
    if (this.room > 0) this.#lane.offer(this);
    this.#commit();
  }

  take(message: BrokeredMessage): void {
    if (this.#link.isSettledOnSend) {
      this.#link.send(encodeDelivery(message));
      this.#queue.remove(message);
      return;
    }
    const lock = this.#queue.locks.lock(message, this.#session);
    const delivery = this.#link.send(encodeDelivery(message), { tag: lock.token });
    delivery.context = lock;
  }

  settle({ context }: Delivery, outcome: Outcome): void {
    this.#scheduler.runDue();
    if (!(context instanceof MessageLock)) throw messageLockLost();
    this.#queue.settle(context, toSettlement(outcome));
    this.#commit();
  }

  stageSettle({ context: lock }: Delivery, outcome: Outcome): StagedWork {
    if (!(lock instanceof MessageLock)) throw messageLockLost();
    const settlement = toSettlement(outcome);
    const check = () => {
      this.#scheduler.runDue();
      this.#queue.locks.requireSettleable(lock, settlement);
    };
    check();
    return {
      ...{ entity: this.#entity, subjects: [lock], check },
      apply: () => this.#queue.settle(lock, settlement),
      finish: () => this.#commit(),
    };
  }

  /**
   * Azure: the locks of a link that ends stay until they expire or are settled on `$management`; those under a
   * session end with it, and the deliveries do not count [message-sessions, impact of delivery count].
   */
  close(): void {
    this.#lane.withdraw(this);
    if (this.#session) this.#queue.sessions.release(this.#session);
  }
}
