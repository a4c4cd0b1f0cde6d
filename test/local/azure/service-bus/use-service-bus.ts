// An embedded Azure with one Service Bus namespace, put there as ARM's providers do, and unmodified SDK clients.
import { after } from 'node:test';
import type { TokenCredential } from '@azure/core-auth';
import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import type { AzureOptions } from '../../../../local/azure/local-azure.ts';
import type {
  QueueSettings,
  SubscriptionSettings,
  TopicSettings,
} from '../../../../local/azure/providers/provider.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../../../support/local-azure.ts';

export const HOST = 'demo-bus.servicebus.windows.net';
export const namespaceId = `${groupId('rg-test')}/providers/Microsoft.ServiceBus/namespaces/demo-bus`;
export const queueId = (name: string) => `${namespaceId}/queues/${name}`;
export const topicId = (name: string) => `${namespaceId}/topics/${name}`;
export const subscriptionId = (topic: string, name: string) =>
  `${topicId(topic)}/subscriptions/${name}`;

export const SENDER = 'Azure Service Bus Data Sender';
export const RECEIVER = 'Azure Service Bus Data Receiver';
export const OWNER = 'Azure Service Bus Data Owner';

export async function useServiceBus(options: Partial<AzureOptions> = {}) {
  const clients: ServiceBusClient[] = [];
  // Before the broker goes: hooks run in the order of their making.
  after(() => Promise.all(clients.map((client) => client.close())));
  const azure = await useLocalAzure(options);
  const { serviceBus } = azure.messaging;
  await serviceBus.putNamespace({ name: 'demo-bus', resourceId: namespaceId, sku: 'Standard' });
  let count = 0;
  return {
    azure,
    serviceBus,
    putQueue: (name: string, more: Partial<QueueSettings> = {}) =>
      serviceBus.putQueue({ ...settingsOf(name, queueId(name)), ...more }),
    putTopic: (name: string, more: Partial<TopicSettings> = {}) =>
      serviceBus.putTopic({ ...settingsOf(name, topicId(name)), ...more }),
    putSubscription: (topicName: string, name: string, more: Partial<SubscriptionSettings> = {}) =>
      serviceBus.putSubscription({
        ...settingsOf(name, subscriptionId(topicName, name)),
        ...{ topicName, deadLetteringOnFilterEvaluationExceptions: true },
        ...more,
      }),
    /** An identity with these roles at these scopes. */
    identityWith(...grants: readonly (readonly [role: string, scope: string])[]) {
      const principal = addIdentity(azure, `app-${count++}`);
      const revokes = grants.map(([role, scope]) => grant(azure, principal, role, scope));
      return {
        principal,
        credential: credentialOf(azure, principal),
        revoke: () => {
          for (const revoke of revokes) revoke();
        },
      };
    },
    /** Is closed after the last test; refusals come without a retry. */
    clientOf(
      credential: TokenCredential,
      retryOptions: RetryOptions = { maxRetries: 0, retryDelayInMs: 100 },
    ): ServiceBusClient {
      const client = new ServiceBusClient(HOST, credential, { retryOptions });
      clients.push(client);
      return client;
    },
  };
}

function settingsOf(name: string, resourceId: string): QueueSettings {
  return {
    ...{ namespaceName: 'demo-bus', name, resourceId, status: 'Active' },
    ...{ lockDurationMs: 60_000, maxDeliveryCount: 10, requiresSession: false },
    ...{ defaultMessageTimeToLiveMs: Number.POSITIVE_INFINITY },
    ...{ deadLetteringOnMessageExpiration: false, requiresDuplicateDetection: false },
    ...{ duplicateDetectionHistoryTimeWindowMs: 600_000 },
    ...{ maxSizeInMegabytes: 1024, maxMessageSizeInKilobytes: 256 },
  };
}
