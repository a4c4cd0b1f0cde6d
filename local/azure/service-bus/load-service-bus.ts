import type { ServiceBus, ServiceBusParts } from './create-service-bus.ts';

/**
 * Service Bus that is loaded with its first namespace, so that a template without one pays nothing.
 * Everything else in a namespace comes after its `putNamespace` has resolved.
 */
export function loadServiceBus(parts: ServiceBusParts): ServiceBus {
  let loading: Promise<ServiceBus> | undefined;
  let loaded: ServiceBus | undefined;
  const load = async () => {
    const { createServiceBus } = await import('./create-service-bus.ts');
    loaded = createServiceBus(parts);
    return loaded;
  };
  return {
    async putNamespace(namespace) {
      loading ??= load();
      const serviceBus = await loading;
      await serviceBus.putNamespace(namespace);
    },
    removeNamespace: (name) => loaded?.removeNamespace(name),
    putQueue: (queue) => loaded?.putQueue(queue),
    removeQueue: (namespaceName, name) => loaded?.removeQueue(namespaceName, name),
    putTopic: (topic) => loaded?.putTopic(topic),
    removeTopic: (namespaceName, name) => loaded?.removeTopic(namespaceName, name),
    putSubscription: (subscription) => loaded?.putSubscription(subscription),
    removeSubscription: (namespaceName, topicName, name) =>
      loaded?.removeSubscription(namespaceName, topicName, name),
    putRule: (rule) => loaded?.putRule(rule),
    removeRule: (rule) => loaded?.removeRule(rule),
    countMessages: (resourceId) => loaded?.countMessages?.(resourceId),
    runDue: () => loaded?.runDue(),
    stop: () => loaded?.stop(),
  };
}
