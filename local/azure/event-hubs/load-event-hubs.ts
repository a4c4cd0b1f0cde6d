import type { EventHubs, EventHubsParts } from './create-event-hubs.ts';

/**
 * Event Hubs that is loaded with its first namespace, so that a template without one pays nothing.
 * Everything else in a namespace comes after its `putNamespace` has resolved.
 */
export function loadEventHubs(
  parts: Omit<EventHubsParts, 'directory'> & { readonly directory: () => string },
): EventHubs {
  let loading: Promise<EventHubs> | undefined;
  let loaded: EventHubs | undefined;
  const load = async () => {
    const { createEventHubs } = await import('./create-event-hubs.ts');
    loaded = createEventHubs({ ...parts, directory: parts.directory() });
    return loaded;
  };
  return {
    async putNamespace(namespace) {
      loading ??= load();
      const eventHubs = await loading;
      await eventHubs.putNamespace(namespace);
    },
    removeNamespace: (name) => loaded?.removeNamespace(name),
    putEventHub: (eventHub) => loaded?.putEventHub(eventHub),
    removeEventHub: (namespaceName, name) => loaded?.removeEventHub(namespaceName, name),
    putConsumerGroup: (group) => loaded?.putConsumerGroup(group),
    removeConsumerGroup: (namespaceName, eventHubName, name) =>
      loaded?.removeConsumerGroup(namespaceName, eventHubName, name),
    stop: () => loaded?.stop(),
  };
}
