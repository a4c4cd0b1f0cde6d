// What links attach to: queues, topics, subscriptions and dead-letter queues as nodes of the AMQP core.
import type {
  IncomingLink,
  ManagementOperation,
  ManagementRequest,
  MessageSink,
  MessagingNode,
} from '../amqp/messaging-node.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { EntitySize } from './entities/entity-size.ts';
import type { MessageQueue } from './entities/message-queue.ts';
import type { Queue } from './entities/queue.ts';
import type { Subscription } from './entities/subscription.ts';
import type { Topic } from './entities/topic.ts';
import { acceptReceiver } from './links/accept-receiver.ts';
import { createMessageSender } from './links/message-sender.ts';
import { cancelScheduledMessage } from './operations/cancel-scheduled-message.ts';
import { getMessageSessions } from './operations/get-message-sessions.ts';
import { peekMessage } from './operations/peek-message.ts';
import { receiveBySequenceNumber } from './operations/receive-by-sequence-number.ts';
import { renewLock } from './operations/renew-lock.ts';
import { renewSessionLock } from './operations/renew-session-lock.ts';
import { addRule, enumerateRules, removeRule } from './operations/rules.ts';
import { scheduleMessage } from './operations/schedule-message.ts';
import { getSessionState, setSessionState } from './operations/session-state.ts';
import type { ChangingOperation } from './operations/staged-operation.ts';
import { updateDisposition } from './operations/update-disposition.ts';
import type { Scheduler } from './scheduler.ts';
import {
  cannotReceiveFrom,
  cannotSendTo,
  entityDisabled,
  entitySendDisabled,
} from './service-bus-error.ts';

export interface NodeParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** `ns.servicebus.windows.net`. */
  readonly host: string;
  readonly journal: Journal;
  /** Puts what changed on disk, before anybody is told of it. */
  commit(): void;
}

const DEAD_LETTER_QUEUE = '$DeadLetterQueue';

export function queueNode(queue: Queue, parts: NodeParts): MessagingNode {
  const requireSendable = () => requireOpenToSend(queue, parts);
  const { main } = queue.pair;
  return {
    path: queue.settings.name,
    scope: queue.settings.resourceId,
    maxMessageSizeBytes: largestMessage(queue),
    acceptSender: (link) => openSender(queue, link, parts),
    ...receiving(queue, main, parts),
    operations: timely(parts, queue.settings.name, {
      ...receiverOperations(main),
      ...sessionOperations(main, queue.intake.size, queue, parts),
      'com.microsoft:schedule-message': scheduleMessage(queue.intake, requireSendable),
      'com.microsoft:cancel-scheduled-message': cancelScheduledMessage(main),
    }),
  };
}

export function topicNode(topic: Topic, parts: NodeParts): MessagingNode {
  const requireSendable = () => requireOpenToSend(topic, parts);
  return {
    path: topic.settings.name,
    scope: topic.settings.resourceId,
    maxMessageSizeBytes: largestMessage(topic),
    acceptSender: (link) => openSender(topic, link, parts),
    acceptReceiver() {
      throw cannotReceiveFrom('topic');
    },
    operations: timely(parts, topic.settings.name, {
      'com.microsoft:schedule-message': scheduleMessage(topic.intake, requireSendable),
      'com.microsoft:cancel-scheduled-message': cancelScheduledMessage(topic.scheduled),
    }),
  };
}

export function subscriptionNode(subscription: Subscription, parts: NodeParts): MessagingNode {
  const { topic, pair } = subscription;
  return {
    path: `${topic.settings.name}/Subscriptions/${subscription.settings.name}`,
    scope: subscription.settings.resourceId,
    maxMessageSizeBytes: largestMessage(topic),
    acceptSender() {
      throw cannotSendTo('subscription');
    },
    ...receiving(subscription, pair.main, parts),
    operations: timely(parts, topic.settings.name, {
      ...receiverOperations(pair.main),
      ...sessionOperations(pair.main, topic.intake.size, topic, parts),
      'com.microsoft:add-rule': addRule(subscription),
      'com.microsoft:remove-rule': removeRule(subscription),
      'com.microsoft:enumerate-rules': enumerateRules(subscription),
    }),
  };
}

/** The dead-letter queue of a queue or subscription, whose node is `parent`. */
export function deadLetterNode(
  entity: Queue | Subscription,
  parent: MessagingNode,
  parts: NodeParts,
): MessagingNode {
  return {
    path: `${parent.path}/${DEAD_LETTER_QUEUE}`,
    scope: parent.scope,
    maxMessageSizeBytes: parent.maxMessageSizeBytes,
    acceptSender() {
      throw cannotSendTo('dead-letter queue');
    },
    ...receiving(entity, entity.pair.deadLetters, parts),
    operations: timely(parts, nameOf(entity), receiverOperations(entity.pair.deadLetters)),
  };
}

function openSender(entity: Queue | Topic, link: IncomingLink, parts: NodeParts): MessageSink {
  const { commit, host, journal, scheduler } = parts;
  const requireOpen = () => requireOpenToSend(entity, parts);
  requireOpen();
  entity.links.add(link, 'Send');
  const fact = { kind: 'message', door: 'messaging', operation: 'send', host } as const;
  const { principalId } = link;
  return createMessageSender(entity.intake, {
    ...{ scheduler, commit, requireOpen },
    entity: entity.settings.name,
    onSent: (count) =>
      journal.record({ ...fact, entity: entity.settings.name, status: 200, count, principalId }),
  });
}

function receiving(
  entity: Queue | Subscription,
  queue: MessageQueue,
  parts: NodeParts,
): Required<Pick<MessagingNode, 'acceptReceiver'>> {
  return {
    acceptReceiver(link) {
      const { status } = entity.settings;
      if (status === 'Disabled' || status === 'ReceiveDisabled') {
        throw entityDisabled(`sb://${parts.host}/${link.path.toLowerCase()}`);
      }
      const source = acceptReceiver(link, {
        ...parts,
        queue,
        entity: nameOf(entity),
      });
      entity.links.add(link, 'Listen');
      return source;
    },
  };
}

type Operations = Readonly<Record<string, ManagementOperation>>;

function receiverOperations(queue: MessageQueue): Operations {
  return {
    'com.microsoft:renew-lock': renewLock(queue),
    'com.microsoft:peek-message': peekMessage(queue),
    'com.microsoft:receive-by-sequence-number': receiveBySequenceNumber(queue),
    'com.microsoft:update-disposition': updateDisposition(queue),
  };
}

function sessionOperations(
  queue: MessageQueue,
  size: EntitySize,
  entity: Queue | Topic,
  { clock }: NodeParts,
): Operations {
  return {
    'com.microsoft:renew-session-lock': renewSessionLock(queue),
    'com.microsoft:get-session-state': getSessionState(queue),
    'com.microsoft:set-session-state': setSessionState(queue, size, largestMessage(entity), clock),
    'com.microsoft:get-message-sessions': getMessageSessions(queue),
  };
}

/** Of the queue or topic that it is, or is a subscription of. */
const nameOf = (entity: Queue | Subscription) =>
  ('topic' in entity ? entity.topic : entity).settings.name;

/** Operations that a transaction cannot take back, and need not. */
const READING = new Set([
  'com.microsoft:renew-lock',
  'com.microsoft:peek-message',
  'com.microsoft:receive-by-sequence-number',
  'com.microsoft:renew-session-lock',
  'com.microsoft:get-session-state',
  'com.microsoft:get-message-sessions',
  'com.microsoft:enumerate-rules',
]);

/** Whatever is due happens before an operation looks, and what it does is on disk before it answers. */
function timely(
  { scheduler, commit }: NodeParts,
  entity: string,
  operations: Readonly<Record<string, ManagementOperation | ChangingOperation>>,
): Operations {
  const wrap = (name: string, operation: ManagementOperation | ChangingOperation) =>
    ({
      rights: operation.rights,
      isReading: READING.has(name),
      handle(request) {
        scheduler.runDue();
        const answer = operation.handle(request);
        commit();
        return answer;
      },
      ...('change' in operation && {
        stage(request: ManagementRequest) {
          scheduler.runDue();
          const { subjects = [], check, apply } = operation.change(request);
          check();
          const checkAgain = () => {
            scheduler.runDue();
            check();
          };
          return {
            response: {},
            work: { entity, subjects, check: checkAgain, apply, finish: commit },
          };
        },
      }),
    }) satisfies ManagementOperation;
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, wrap(name, operation)]),
  );
}

/** Throws entity-disabled. */
function requireOpenToSend({ settings, tracker }: Queue | Topic, { host }: NodeParts): void {
  const { status, name } = settings;
  if (status === 'SendDisabled') throw entitySendDisabled(tracker);
  if (status === 'Disabled') throw entityDisabled(`sb://${host}/${name.toLowerCase()}`);
}

const largestMessage = ({ settings }: Queue | Topic) => settings.maxMessageSizeInKilobytes * 1024;
