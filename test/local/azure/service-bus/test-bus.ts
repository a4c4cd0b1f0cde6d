// The engine with a clock that is moved and links that are plain objects: no AMQP, no time.
import assert from 'node:assert/strict';
import type { AmqpValue } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import type {
  Delivery,
  MessageSink,
  MessageSource,
  MessagingNode,
  Outcome,
  OutgoingLink,
  SendOptions,
} from '../../../../local/azure/amqp/messaging-node.ts';
import { Namespaces } from '../../../../local/azure/amqp/namespaces.ts';
import { Journal } from '../../../../local/azure/journal.ts';
import type {
  QueueSettings,
  RuleFilter,
  SubscriptionSettings,
  TopicSettings,
} from '../../../../local/azure/providers/provider.ts';
import { createServiceBus } from '../../../../local/azure/service-bus/create-service-bus.ts';
import { StillClock } from '../../../support/still-clock.ts';
import { type Received, readDelivery } from './test-message.ts';

export const MINUTE_MS = 60_000;
const namespaceId =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/ns';

/** A namespace `ns`; queues and topics are put as tests need them. */
export class TestBus {
  readonly clock = new StillClock();
  readonly #namespaces = new Namespaces();
  readonly bus: ReturnType<typeof createServiceBus>;

  constructor(options: { maxStoredBytes?: number; storeDirectory?: string } = {}) {
    const parts = {
      clock: this.clock,
      journal: new Journal(this.clock),
      namespaces: this.#namespaces,
    };
    this.bus = createServiceBus({ ...parts, ...options });
    void this.bus.putNamespace({ name: 'ns', resourceId: namespaceId, sku: 'Standard' });
  }

  putQueue(name: string, settings: Partial<QueueSettings> = {}): void {
    this.bus.putQueue({ ...standardQueue(name), ...settings });
  }

  putTopic(name: string, settings: Partial<TopicSettings> = {}): void {
    this.bus.putTopic({ ...standardQueue(name), ...settings });
  }

  putSubscription(
    topicName: string,
    name: string,
    settings: Partial<SubscriptionSettings> = {},
  ): void {
    const resourceId = `${namespaceId}/topics/${topicName}/subscriptions/${name}`;
    this.bus.putSubscription({
      ...standardQueue(name),
      ...{ topicName, resourceId, deadLetteringOnFilterEvaluationExceptions: true },
      ...settings,
    });
  }

  /** Replaces the default rule. */
  putOnlyRule(topicName: string, subscriptionName: string, filter: RuleFilter): void {
    const rule = { namespaceName: 'ns', topicName, subscriptionName };
    this.bus.removeRule({ ...rule, name: '$Default' });
    this.bus.putRule({ ...rule, name: 'only', filter });
  }

  node(path: string): MessagingNode {
    const namespace = this.#namespaces.find('ns.servicebus.windows.net');
    assert.ok(namespace);
    return namespace.resolve(path);
  }

  async send(path: string, ...messages: Buffer[]): Promise<void> {
    const sink = (await this.node(path).acceptSender?.(new FakeLink(path))) as MessageSink;
    for (const message of messages) await sink.receive(message, 0);
  }

  receiver(path: string, more: ReceiverOptions = {}): TestReceiver {
    const link = new FakeLink(path, more);
    const source = this.node(path).acceptReceiver?.(link) as MessageSource;
    return new TestReceiver(link, source);
  }

  async sessionReceiver(path: string, sessionId?: string, more: ReceiverOptions = {}) {
    const filters = new Map([['com.microsoft:session-filter', sessionId ?? null]]);
    const link = new FakeLink(path, { filters, ...more });
    const source = (await this.node(path).acceptReceiver?.(link)) as MessageSource;
    return new TestReceiver(link, source);
  }

  /** A `$management` request; the answer's body as an object. */
  async manage(
    path: string,
    operation: string,
    body: Record<string, AmqpValue>,
    { linkName }: { linkName?: string } = {},
  ) {
    const name = `com.microsoft:${operation}`;
    const handler = this.node(path).operations?.[name];
    assert.ok(handler, `${path} has no ${operation}`);
    const answer = await handler.handle({
      ...{ operation: name, properties: {}, body: new Map(Object.entries(body)) },
      ...{ connectionId: 'connection', principalId: 'principal' },
      ...(linkName !== undefined && { associatedLinkName: linkName }),
      closed: new AbortController().signal,
    });
    return { ...answer, body: (answer.body ?? {}) as Record<string, AmqpValue> };
  }

  async peek(path: string, body: Record<string, AmqpValue> = {}) {
    const request = { 'from-sequence-number': 1, 'message-count': 1000, ...body };
    const { body: answer } = await this.manage(path, 'peek-message', request);
    const messages = (answer.messages ?? []) as readonly { message: Buffer }[];
    return messages.map(({ message }) => readDelivery(message));
  }

  /** Moves the clock, and what is due happens. */
  advanceMs(milliseconds: number): void {
    this.clock.advanceMs(milliseconds);
    this.bus.runDue();
  }
}

function standardQueue(name: string): QueueSettings {
  return {
    ...{ namespaceName: 'ns', name, resourceId: `${namespaceId}/queues/${name}`, status: 'Active' },
    ...{ lockDurationMs: MINUTE_MS, maxDeliveryCount: 10, requiresSession: false },
    ...{ defaultMessageTimeToLiveMs: Number.POSITIVE_INFINITY },
    ...{ deadLetteringOnMessageExpiration: false, requiresDuplicateDetection: false },
    ...{ duplicateDetectionHistoryTimeWindowMs: 10 * MINUTE_MS },
    ...{ maxSizeInMegabytes: 1024, maxMessageSizeInKilobytes: 256 },
  };
}

interface ReceiverOptions {
  readonly room?: number;
  readonly name?: string;
  readonly settled?: boolean;
  readonly filters?: ReadonlyMap<string, AmqpValue>;
  readonly properties?: Record<string, AmqpValue>;
}

export class FakeLink implements OutgoingLink {
  readonly name: string;
  readonly path: string;
  readonly address: string;
  readonly connectionId = 'connection';
  readonly principalId = 'principal';
  readonly desiredCapabilities = [];
  readonly isReceiverSettlesSecond = true;
  readonly isSettledOnSend: boolean;
  readonly filters: ReadonlyMap<string, AmqpValue>;
  readonly properties: Record<string, AmqpValue>;
  readonly #controller = new AbortController();
  readonly closed = this.#controller.signal;
  readonly sent: { delivery: Delivery; message: Buffer }[] = [];
  room: number;
  detachedWith: { condition: string; message: string } | undefined;

  constructor(path: string, options: ReceiverOptions = {}) {
    this.path = path;
    this.address = path;
    this.name = options.name ?? 'link';
    this.room = options.room ?? 0;
    this.isSettledOnSend = options.settled ?? false;
    this.filters = options.filters ?? new Map();
    this.properties = options.properties ?? {};
  }

  send(message: Buffer, { tag = Buffer.alloc(4) }: SendOptions = {}): Delivery {
    if (this.room <= 0) throw new RangeError('no room');
    this.room--;
    const delivery = { tag };
    this.sent.push({ delivery, message });
    return delivery;
  }

  detach(error?: { condition: string; message: string }): void {
    this.detachedWith = error;
    this.#controller.abort();
  }
}

export class TestReceiver {
  readonly link: FakeLink;
  readonly source: MessageSource;

  constructor(link: FakeLink, source: MessageSource) {
    this.link = link;
    this.source = source;
  }

  /** Gives credit for so many, takes what comes, and takes the rest of the credit back. */
  receive(count = 1): Received[] {
    this.link.sent.length = 0;
    this.link.room = count;
    this.source.pump();
    this.link.room = 0;
    return this.link.sent.map(({ delivery, message }) => ({ ...readDelivery(message), delivery }));
  }

  receiveOne(): Received {
    const [message] = this.receive(1);
    assert.ok(message, 'nothing came');
    return message;
  }

  settle({ delivery }: Pick<Received, 'delivery'>, outcome: Outcome): void {
    void this.source.settle?.(delivery, outcome);
  }

  complete(message: Received): void {
    this.settle(message, { kind: 'accepted' });
  }

  abandon(message: Received, properties: Record<string, AmqpValue> = {}): void {
    this.settle(message, { ...modified, messageAnnotations: entries(properties) });
  }

  defer(message: Received): void {
    this.settle(message, { ...modified, isUndeliverableHere: true });
  }

  deadLetter(message: Received, info: Record<string, AmqpValue> = {}): void {
    this.settle(message, { kind: 'rejected', info: entries(info) });
  }

  close(): void {
    this.source.close?.([]);
    this.link.detach();
  }
}

const modified = {
  kind: 'modified',
  isDeliveryFailed: true,
  isUndeliverableHere: false,
  messageAnnotations: [],
} as const;

const entries = (values: Record<string, AmqpValue>) =>
  Object.entries(values).map(([key, value]) => ({ key, value, encoded: encodeValue(value) }));

/** The error that `act` throws or rejects with, by condition. */
export async function refuses(condition: string, act: () => unknown): Promise<void> {
  await assert.rejects(async () => await act(), { condition });
}
