import { join } from 'node:path';
import type { AttachedLink, MessagingNamespace } from '../amqp/messaging-node.ts';
import { hostOfNamespace, type Namespaces } from '../amqp/namespaces.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { EventHubDataPlane, MessagingNamespaceSettings } from '../providers/provider.ts';
import { EventHub } from './event-hub.ts';
import { refuserAt } from './event-hubs-error.ts';
import { resolveHubNode } from './hub-nodes.ts';

export interface EventHubsParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Where links find a namespace by its host. */
  readonly namespaces: Namespaces;
  /** Events are kept here, and found again by the next process. */
  readonly directory: string;
  /** Of one hub on disk; then it is full. Default 1 GiB. */
  readonly maxHubBytes?: number;
}

export interface EventHubs extends EventHubDataPlane {
  /** Closes the files. */
  stop(): void;
}

/** Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const maxMessageSizes: Readonly<Record<MessagingNamespaceSettings['sku'], number>> = {
  Basic: 262_144,
  Standard: 1_048_576,
  Premium: 1_048_576,
};
const GIBIBYTE = 1024 ** 3;

interface OpenNamespace {
  readonly namespace: MessagingNamespace;
  readonly hubs: Map<string, EventHub>;
}

/** Event Hubs' data plane: driven by ARM's providers, reached by links through `namespaces`. */
export function createEventHubs(parts: EventHubsParts): EventHubs {
  const { clock, journal, namespaces, directory, maxHubBytes = GIBIBYTE } = parts;
  const nowMs = () => clock.nowMs();
  const refuse = refuserAt(nowMs);
  const open = new Map<string, OpenNamespace>();
  const hubsOf = (namespaceName: string) => open.get(namespaceName.toLowerCase())?.hubs;
  const findHub = (namespaceName: string, name: string) =>
    hubsOf(namespaceName)?.get(name.toLowerCase());

  const recordSend = (host: string) => (hub: EventHub, link: AttachedLink, count: number) => {
    const { principalId } = link;
    const fact = { kind: 'message', door: 'messaging', operation: 'send', host } as const;
    journal.record({ ...fact, entity: hub.name, status: 200, count, principalId });
  };

  return {
    putNamespace({ name, resourceId, sku }) {
      const host = hostOfNamespace(name);
      const hubs = hubsOf(name) ?? new Map<string, EventHub>();
      const context = {
        ...{ host, refuse, nowMs, maxMessageSizeBytes: maxMessageSizes[sku] },
        findHub: (hubName: string) => hubs.get(hubName.toLowerCase()),
      };
      const namespace: MessagingNamespace = {
        ...{ host, resourceId, service: 'EventHub' },
        resolve: (path) => resolveHubNode(path, context),
      };
      open.set(name.toLowerCase(), { namespace, hubs });
      namespaces.add(namespace);
    },
    removeNamespace(name) {
      namespaces.remove(hostOfNamespace(name));
      for (const hub of hubsOf(name)?.values() ?? []) hub.delete();
      open.delete(name.toLowerCase());
    },
    putEventHub(settings) {
      const { namespaceName, name } = settings;
      const existing = findHub(namespaceName, name);
      if (existing) return existing.change(settings);
      const hub = new EventHub(settings, {
        ...{ clock, refuse, maxBytes: maxHubBytes },
        directory: join(directory, namespaceName.toLowerCase(), name.toLowerCase()),
        recordSend: recordSend(hostOfNamespace(namespaceName)),
      });
      hubsOf(namespaceName)?.set(name.toLowerCase(), hub);
    },
    removeEventHub(namespaceName, name) {
      findHub(namespaceName, name)?.delete();
      hubsOf(namespaceName)?.delete(name.toLowerCase());
    },
    putConsumerGroup({ namespaceName, eventHubName, name, resourceId }) {
      findHub(namespaceName, eventHubName)?.putConsumerGroup(name, resourceId);
    },
    removeConsumerGroup(namespaceName, eventHubName, name) {
      findHub(namespaceName, eventHubName)?.removeConsumerGroup(name);
    },
    stop() {
      for (const { hubs } of open.values()) for (const hub of hubs.values()) hub.close();
      open.clear();
    },
  };
}
