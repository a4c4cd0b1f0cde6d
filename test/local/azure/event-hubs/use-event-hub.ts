// An embedded Azure with one Event Hubs namespace, put there as ARM's providers do.
import { after } from 'node:test';
import type { AzureOptions } from '../../../../local/azure/local-azure.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../../../support/local-azure.ts';

export const HOST = 'demo-ns.servicebus.windows.net';
export const namespaceId = `${groupId('rg-test')}/providers/Microsoft.EventHub/namespaces/demo-ns`;
export const hubId = (name: string) => `${namespaceId}/eventhubs/${name}`;

export const SENDER = 'Azure Event Hubs Data Sender';
export const RECEIVER = 'Azure Event Hubs Data Receiver';
export const OWNER = 'Azure Event Hubs Data Owner';

/** Refusals come without a retry; the load balancer's timer does not keep the test alive. */
export const noRetries = {
  retryOptions: { maxRetries: 0 },
  loadBalancingOptions: { updateIntervalInMs: 200 },
};

export async function useEventHub(options: Partial<AzureOptions> = {}) {
  const clients: { close(): Promise<void> }[] = [];
  // Before the broker goes: hooks run in the order of their making.
  after(() => Promise.all(clients.map((client) => client.close())));
  const azure = await useLocalAzure(options);
  const { eventHubs } = azure.messaging;
  await eventHubs.putNamespace({ name: 'demo-ns', resourceId: namespaceId, sku: 'Standard' });
  const putHub = (name: string, more: { partitionCount?: number; retentionHours?: number } = {}) =>
    eventHubs.putEventHub({
      ...{ namespaceName: 'demo-ns', name, resourceId: hubId(name), status: 'Active' },
      ...{ partitionCount: 4, retentionHours: 24, ...more },
    });
  putHub('hub');
  let count = 0;
  /** An identity with these roles at these scopes. */
  const identityWith = (...grants: readonly (readonly [role: string, scope: string])[]) => {
    const principal = addIdentity(azure, `app-${count++}`);
    const revokes = grants.map(([role, scope]) => grant(azure, principal, role, scope));
    return {
      principal,
      credential: credentialOf(azure, principal),
      revoke: () => {
        for (const revoke of revokes) revoke();
      },
    };
  };
  /** Closes the client after the last test. */
  const closeLater = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  return { azure, eventHubs, putHub, identityWith, closeLater };
}
