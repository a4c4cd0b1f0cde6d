// The embedded Azure as a process of its own, with a namespace of each service: what a test kills, or measures.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzure } from '../../../local/azure/start-azure.ts';
import { addIdentity, grant, groupId } from '../local-azure.ts';
import type { FromBroker, ToBroker } from './broker-process.ts';

const messageDirectory = process.argv[2];
const stateDirectory = mkdtempSync(join(tmpdir(), 'broker-process-'));
const azure = await startAzure({ stateDirectory, ...(messageDirectory && { messageDirectory }) });
const namespaceId = `${groupId('rg-test')}/providers/Microsoft.EventHub/namespaces/broker-ns`;
const { eventHubs } = azure.messaging;
await eventHubs.putNamespace({ name: 'broker-ns', resourceId: namespaceId, sku: 'Standard' });
eventHubs.putEventHub({
  ...{ namespaceName: 'broker-ns', name: 'events', resourceId: `${namespaceId}/eventhubs/events` },
  ...{ partitionCount: 4, retentionHours: 24, status: 'Active' },
});
const identity = addIdentity(azure, 'app');
grant(azure, identity, 'Azure Event Hubs Data Sender', `${namespaceId}/eventhubs/events`);
grant(azure, identity, 'Azure Event Hubs Data Receiver', `${namespaceId}/eventhubs/events`);

const busId = `${groupId('rg-test')}/providers/Microsoft.ServiceBus/namespaces/broker-sb`;
const { serviceBus } = azure.messaging;
const entity = {
  namespaceName: 'broker-sb',
  status: 'Active',
  requiresSession: false,
  ...{ lockDurationMs: 5_000, maxDeliveryCount: 1000 },
  ...{ defaultMessageTimeToLiveMs: Number.POSITIVE_INFINITY },
  ...{ deadLetteringOnMessageExpiration: false, requiresDuplicateDetection: false },
  ...{ duplicateDetectionHistoryTimeWindowMs: 600_000 },
  ...{ maxSizeInMegabytes: 1024, maxMessageSizeInKilobytes: 256 },
} as const;
await serviceBus.putNamespace({ name: 'broker-sb', resourceId: busId, sku: 'Standard' });
serviceBus.putQueue({ ...entity, name: 'orders', resourceId: `${busId}/queues/orders` });
serviceBus.putTopic({ ...entity, name: 'news', resourceId: `${busId}/topics/news` });
serviceBus.putSubscription({
  ...entity,
  ...{ name: 'all', topicName: 'news', resourceId: `${busId}/topics/news/subscriptions/all` },
  deadLetteringOnFilterEvaluationExceptions: true,
});
grant(azure, identity, 'Azure Service Bus Data Owner', busId);

const tell = (message: FromBroker) => process.send?.(message);

async function onMessage({ id, audience }: ToBroker): Promise<void> {
  if (audience === undefined) {
    tell({ id, memory: process.memoryUsage(), cpu: process.cpuUsage() });
    return;
  }
  const { accessToken, expiresOn } = await azure.tokens.issue(identity, audience);
  tell({ id, token: { token: accessToken, expiresOnTimestamp: expiresOn * 1000 } });
}

process.on('message', (message: ToBroker) => void onMessage(message));
process.on('disconnect', () => {
  rmSync(stateDirectory, { recursive: true, force: true });
  process.exit();
});
tell({
  ready: { redirect: azure.redirect, certificate: azure.certificateAuthority.certificatePem },
});
