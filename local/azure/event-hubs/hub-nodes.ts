// The nodes of an Event Hubs namespace, by the paths that links name:
// `hub`, `hub/Partitions/0`, `hub/ConsumerGroups/$Default`, `hub/ConsumerGroups/$Default/Partitions/0`.
// Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol#amqp-messaging-entities
import type { AmqpError } from '../amqp/amqp-error.ts';
import type { MessagingNode } from '../amqp/messaging-node.ts';
import type { EventHub } from './event-hub.ts';
import { entityNotFound, type Refuse } from './event-hubs-error.ts';
import { readOperation } from './hub-management.ts';
import { HubWriter } from './hub-writer.ts';
import { PartitionReader } from './partition-reader.ts';
import { findStart } from './start-position.ts';

export interface HubNodesContext {
  readonly host: string;
  readonly maxMessageSizeBytes: number;
  readonly refuse: Refuse;
  readonly nowMs: () => number;
  findHub(name: string): EventHub | undefined;
}

/** Throws AmqpError. */
export function resolveHubNode(path: string, context: HubNodesContext): MessagingNode {
  const [name = '', ...rest] = path.split('/');
  const hub = context.findHub(name);
  const kinds = rest.filter((_, index) => index % 2 === 0).map((kind) => kind.toLowerCase());
  const [first = '', second = ''] = rest.filter((_, index) => index % 2 === 1);
  if (!hub || rest.length % 2 !== 0) throw notFound(path, context);
  switch (kinds.join('/')) {
    case '':
      return senderNode(hub, undefined, context);
    case 'partitions':
      return senderNode(hub, first, context);
    case 'consumergroups':
      return groupNode(hub, first, path, context);
    case 'consumergroups/partitions':
      return readerNode(hub, first, second, context);
    default:
      throw notFound(path, context);
  }
}

function notFound(path: string, { host, refuse }: HubNodesContext): AmqpError {
  return entityNotFound(refuse, `sb://${host}/${path.toLowerCase()}`);
}

function senderNode(
  hub: EventHub,
  partitionId: string | undefined,
  { maxMessageSizeBytes }: HubNodesContext,
): MessagingNode {
  const partition = partitionId === undefined ? undefined : hub.partition(partitionId);
  return {
    path: partition ? `${hub.name}/Partitions/${partition.id}` : hub.name,
    scope: hub.resourceId,
    maxMessageSizeBytes,
    acceptSender(link) {
      hub.assertTakesEvents();
      hub.links.add(link);
      return new HubWriter(link, hub, partition);
    },
    operations: { READ: readOperation(hub) },
  };
}

/** Nothing attaches to it; tokens are put for it. */
function groupNode(
  hub: EventHub,
  groupName: string,
  path: string,
  context: HubNodesContext,
): MessagingNode {
  const group = hub.findConsumerGroup(groupName);
  if (!group) throw notFound(path, context);
  const { maxMessageSizeBytes } = context;
  return {
    path: `${hub.name}/ConsumerGroups/${group.name}`,
    scope: group.resourceId,
    maxMessageSizeBytes,
  };
}

function readerNode(
  hub: EventHub,
  groupName: string,
  partitionId: string,
  { host, maxMessageSizeBytes, refuse, nowMs }: HubNodesContext,
): MessagingNode {
  const group = hub.findConsumerGroup(groupName);
  const [namespace] = host.split('.');
  if (!group)
    throw entityNotFound(refuse, `${namespace}:eventhub:${hub.name}~${partitionId}|${groupName}`);
  const partition = hub.partition(partitionId);
  return {
    path: `${hub.name}/ConsumerGroups/${group.name}/Partitions/${partition.id}`,
    scope: group.resourceId,
    maxMessageSizeBytes,
    acceptReceiver(link) {
      hub.assertGivesEvents();
      const startAt = findStart(partition, link.filters, refuse);
      const leave = hub.epochs(group.name, partition).enter(link, refuse);
      hub.links.add(link, group.name);
      return new PartitionReader(link, partition, { startAt, nowMs, onClose: leave });
    },
  };
}
