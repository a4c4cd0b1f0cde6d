import type { Namespaces } from '../amqp/namespaces.ts';
import { hostOfNamespace } from '../amqp/namespaces.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { EntityStatus, ServiceBusDataPlane } from '../providers/provider.ts';
import { countMessages } from './count-messages.ts';
import { StoreBudget } from './entities/entity-size.ts';
import type { OpenLinks } from './entities/open-links.ts';
import { Queue } from './entities/queue.ts';
import { Subscription } from './entities/subscription.ts';
import { Topic } from './entities/topic.ts';
import { readRule } from './read-rule.ts';
import { Scheduler } from './scheduler.ts';
import { entityDisabled } from './service-bus-error.ts';
import { ServiceBusNamespace } from './service-bus-namespace.ts';
import { Stores } from './store/stores.ts';

export interface ServiceBusParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Where links find a namespace by its host. */
  readonly namespaces: Namespaces;
  /** Messages of all namespaces are kept in memory, up to this; then their entities are full. Default 1 GiB. */
  readonly maxStoredBytes?: number;
  /** Where what was accepted is found again by the next process. Absent: it ends with this one. */
  readonly storeDirectory?: string;
}

export interface ServiceBus extends ServiceBusDataPlane {
  /** What is due by the clock happens now: for tests that move it. */
  runDue(): void;
  /** Forgets what is not kept in `storeDirectory`. */
  stop(): void;
}

const GIBIBYTE = 1024 ** 3;

/** Service Bus's data plane: driven by ARM's providers, reached by links through `namespaces`. */
export function createServiceBus(parts: ServiceBusParts): ServiceBus {
  const { clock, namespaces, maxStoredBytes = GIBIBYTE } = parts;
  const scheduler = new Scheduler(clock);
  const budget = new StoreBudget(maxStoredBytes);
  const stores = new Stores(parts.storeDirectory);
  const engine = {
    ...{ clock, scheduler, budget, journal: parts.journal },
    openStore: (namespaceName: string, path: string) => stores.open(namespaceName, path),
    commit: () => stores.commit(),
  };
  const open = new Map<string, ServiceBusNamespace>();
  const find = (name: string) => open.get(name.toLowerCase());

  return {
    putNamespace(settings) {
      if (find(settings.name)) return;
      const namespace = new ServiceBusNamespace(settings, engine);
      open.set(settings.name.toLowerCase(), namespace);
      namespaces.add(namespace);
    },
    removeNamespace(name) {
      namespaces.remove(hostOfNamespace(name));
      find(name)?.close();
      open.delete(name.toLowerCase());
    },
    putQueue(settings) {
      const namespace = find(settings.namespaceName);
      const existing = namespace?.findQueue(settings.name);
      if (!existing) namespace?.addQueue(new Queue(settings, engine));
      existing?.update(settings);
      if (existing) closeLinks(existing.links, settings);
    },
    removeQueue(namespaceName, name) {
      const namespace = find(namespaceName);
      const queue = namespace?.findQueue(name);
      if (queue) namespace?.removeQueue(queue);
    },
    putTopic(settings) {
      const namespace = find(settings.namespaceName);
      const existing = namespace?.findTopic(settings.name);
      if (!existing) namespace?.addTopic(new Topic(settings, engine));
      existing?.update(settings);
      if (existing) closeLinks(existing.links, settings);
    },
    removeTopic(namespaceName, name) {
      const namespace = find(namespaceName);
      const topic = namespace?.findTopic(name);
      if (topic) namespace?.removeTopic(topic);
    },
    putSubscription(settings) {
      const topic = find(settings.namespaceName)?.findTopic(settings.topicName);
      const existing = topic?.find(settings.name);
      if (topic && !existing) topic.add(new Subscription(settings, topic, engine));
      existing?.update(settings);
      if (existing) closeLinks(existing.links, settings);
    },
    removeSubscription(namespaceName, topicName, name) {
      const namespace = find(namespaceName);
      const subscription = namespace?.findTopic(topicName)?.find(name);
      if (subscription) namespace?.removeSubscription(subscription);
    },
    putRule({ namespaceName, topicName, subscriptionName, name, filter }) {
      const rule = readRule(name, filter);
      find(namespaceName)?.findTopic(topicName)?.find(subscriptionName)?.rules.add(rule);
    },
    removeRule({ namespaceName, topicName, subscriptionName, name }) {
      find(namespaceName)?.findTopic(topicName)?.find(subscriptionName)?.rules.remove(name);
    },
    countMessages: (resourceId) => countMessages(open.values(), resourceId),
    runDue() {
      scheduler.runDue();
      stores.commit();
    },
    stop() {
      for (const namespace of open.values()) namespaces.remove(namespace.host);
      open.clear();
      scheduler.stop();
      stores.close();
    },
  };
}

/** Links end with the right to what they do. */
function closeLinks(
  links: OpenLinks,
  { namespaceName, name, status }: { namespaceName: string; name: string; status: EntityStatus },
): void {
  if (status === 'Active') return;
  const error = entityDisabled(`sb://${hostOfNamespace(namespaceName)}/${name.toLowerCase()}`);
  if (status !== 'ReceiveDisabled') links.detach(error, 'Send');
  if (status !== 'SendDisabled') links.detach(error, 'Listen');
}
