import type { MessagingNamespace, MessagingNode } from '../amqp/messaging-node.ts';
import { hostOfNamespace } from '../amqp/namespaces.ts';
import type { MessagingNamespaceSettings } from '../providers/provider.ts';
import type { Queue } from './entities/queue.ts';
import type { Subscription } from './entities/subscription.ts';
import type { Topic } from './entities/topic.ts';
import { deadLetterNode, type NodeParts, queueNode, subscriptionNode, topicNode } from './nodes.ts';
import { entityNotFound } from './service-bus-error.ts';

const DEAD_LETTERS = /^(.+)\/\$deadletterqueue$/i;
const SUBSCRIPTION = /^(.+)\/subscriptions\/([^/]+)$/i;

/** A namespace: its queues and topics, and the nodes that links find. */
export class ServiceBusNamespace implements MessagingNamespace {
  readonly service = 'ServiceBus';
  readonly host: string;
  readonly resourceId: string;
  /** By lower-case name. */
  readonly #queues = new Map<string, Queue>();
  readonly #topics = new Map<string, Topic>();
  readonly #parts: NodeParts;

  constructor(settings: MessagingNamespaceSettings, parts: Omit<NodeParts, 'host'>) {
    this.resourceId = settings.resourceId;
    this.host = hostOfNamespace(settings.name);
    this.#parts = { ...parts, host: this.host };
  }

  get queues(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  get topics(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  findQueue(name: string): Queue | undefined {
    return this.#queues.get(name.toLowerCase());
  }

  findTopic(name: string): Topic | undefined {
    return this.#topics.get(name.toLowerCase());
  }

  addQueue(queue: Queue): void {
    this.#queues.set(queue.settings.name.toLowerCase(), queue);
  }

  addTopic(topic: Topic): void {
    this.#topics.set(topic.settings.name.toLowerCase(), topic);
  }

  /** Throws amqp:not-found. */
  resolve(path: string): MessagingNode {
    const node = this.#find(path);
    if (node) return node;
    throw entityNotFound(`sb://${this.host}/${path.toLowerCase()}`);
  }

  /** Removes everything. */
  close(): void {
    for (const queue of this.queues) this.removeQueue(queue);
    for (const topic of this.topics) this.removeTopic(topic);
  }

  /** With its messages; its links end. */
  removeQueue(queue: Queue): void {
    const { name } = queue.settings;
    this.#queues.delete(name.toLowerCase());
    queue.links.detach(this.#notFound(name));
    queue.store.delete();
    queue.pair.main.clear();
  }

  removeTopic(topic: Topic): void {
    const { name } = topic.settings;
    this.#topics.delete(name.toLowerCase());
    topic.links.detach(this.#notFound(name));
    topic.store.delete();
    for (const subscription of topic.subscriptions) this.removeSubscription(subscription);
    topic.scheduled.clear();
  }

  removeSubscription(subscription: Subscription): void {
    const { topic, settings, links, pair } = subscription;
    topic.remove(settings.name);
    links.detach(this.#notFound(`${topic.settings.name}/Subscriptions/${settings.name}`));
    pair.main.clear();
  }

  #find(path: string): MessagingNode | undefined {
    const [, parentPath] = DEAD_LETTERS.exec(path) ?? [];
    const entity = this.#findEntity(parentPath ?? path);
    if (!entity) return undefined;
    if (parentPath === undefined) return entity.node;
    const { owner, node } = entity;
    return owner ? deadLetterNode(owner, node, this.#parts) : undefined;
  }

  /** `owner`: what has messages, and so a dead-letter queue. */
  #findEntity(
    path: string,
  ): { readonly node: MessagingNode; readonly owner?: Queue | Subscription } | undefined {
    const [, topicPath, subscriptionName] = SUBSCRIPTION.exec(path) ?? [];
    if (topicPath !== undefined && subscriptionName !== undefined) {
      const subscription = this.findTopic(topicPath)?.find(subscriptionName);
      if (!subscription) return undefined;
      return { node: subscriptionNode(subscription, this.#parts), owner: subscription };
    }
    const queue = this.findQueue(path);
    if (queue) return { node: queueNode(queue, this.#parts), owner: queue };
    const topic = this.findTopic(path);
    return topic && { node: topicNode(topic, this.#parts) };
  }

  #notFound(path: string) {
    return entityNotFound(`sb://${this.host}/${path.toLowerCase()}`);
  }
}
