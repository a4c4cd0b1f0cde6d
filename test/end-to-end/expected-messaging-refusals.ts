// What is refused without each grant on a queue, topic, subscription, hub, and on the container of events.
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { ServiceBusClient } from '@azure/service-bus';
import type { Principal } from '../../local/azure/directory.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { credentialOf } from '../support/local-azure.ts';
import {
  type ExpectedRefusal,
  type Namespace,
  readBlob,
  type Targets,
} from './expected-refusals.ts';

type Right = 'send' | 'receive';

const CLAIMS = { send: 'Send', receive: 'Listen' } as const;
const ROLES = { send: 'Sender', receive: 'Receiver' } as const;

/** One call, and no more attempts. */
const retryOptions = { maxRetries: 0 };

interface Entity {
  readonly service: 'ServiceBus' | 'EventHub';
  readonly namespace: (targets: Targets) => Namespace;
  /** Below the namespace's id: `queues/scan-requests`. */
  readonly path: string;
  /** As AMQP names it: `scan-requests`. */
  readonly address: string;
}

const queue = (name: string): Entity => ({
  service: 'ServiceBus',
  namespace: ({ bus }) => bus,
  path: `queues/${name}`,
  address: name,
});
const subscription = (name: string): Entity => ({
  service: 'ServiceBus',
  namespace: ({ bus }) => bus,
  path: `topics/new-resources/subscriptions/${name}`,
  address: `new-resources/subscriptions/${name}`,
});
const topic: Entity = {
  service: 'ServiceBus',
  namespace: ({ bus }) => bus,
  path: 'topics/new-resources',
  address: 'new-resources',
};
const hub: Entity = {
  service: 'EventHub',
  namespace: ({ hubs }) => hubs,
  path: 'eventhubs/resource-events',
  address: 'resource-events',
};

/** By symbolic name of the assignment. */
export function expectedMessagingRefusals(
  azure: LocalAzure,
): Readonly<Record<string, ExpectedRefusal>> {
  const sends = on(azure, 'send');
  const receives = on(azure, 'receive');
  return {
    asksForScans: {
      ...sends(queue('scan-requests')),
      stops: 'requestScan',
      refused: {
        requestScan: 'ACCESS_DENIED (service-bus)',
        scanOnRequest: 'not triggered',
        'diagnose service-bus': 'ACCESS_DENIED',
      },
    },
    scansOnRequest: {
      ...receives(queue('scan-requests')),
      stops: "the queue's trigger",
      refused: { scanOnRequest: 'not listening', 'diagnose service-bus': 'ACCESS_DENIED' },
      hostSays: ({ bus }) =>
        deaf('scanOnRequest', `queue 'scan-requests' of the namespace '${bus.host}'`),
      recovers: listensAgain('scanOnRequest'),
    },
    rejectsMessages: {
      ...sends(queue('rejected')),
      stops: 'putting aside what can never be recorded',
      refused: {
        recordResource: 'ACCESS_DENIED (service-bus)',
        'diagnose service-bus': 'ACCESS_DENIED',
      },
    },
    announcesFindings: {
      ...sends(topic),
      stops: 'publishing to the topic',
      refused: {
        scanResources: 'ACCESS_DENIED (service-bus)',
        scanOnRequest: 'ACCESS_DENIED (service-bus)',
        'publishEvent to the topic': 'ACCESS_DENIED (service-bus)',
        recordResource: 'not triggered',
        'diagnose service-bus': 'ACCESS_DENIED',
      },
    },
    recordsFindings: {
      ...receives(subscription('inventory')),
      stops: "the subscription's trigger",
      refused: {
        recordResource: 'not listening',
        'readSubscription inventory': 'ACCESS_DENIED (service-bus)',
        'diagnose service-bus': 'ACCESS_DENIED',
      },
      hostSays: ({ bus }) =>
        deaf(
          'recordResource',
          `subscription 'inventory' of the topic 'new-resources' of the namespace '${bus.host}'`,
        ),
      recovers: listensAgain('recordResource'),
    },
    readsFiltered: {
      ...receives(subscription('vaults'), { isDiagnosed: false }),
      stops: 'a look at the subscription of the vaults',
      refused: { 'readSubscription vaults': 'ACCESS_DENIED (service-bus)' },
    },
    publishesEvents: {
      ...sends(hub),
      stops: 'publishing to the hub',
      refused: {
        scanResources: 'ACCESS_DENIED (event-hubs)',
        scanOnRequest: 'ACCESS_DENIED (event-hubs)',
        'publishEvent to the hub': 'ACCESS_DENIED (event-hubs)',
        archiveEvents: 'not triggered',
        'diagnose event-hubs': 'ACCESS_DENIED',
      },
    },
    archivesEvents: {
      ...receives(hub),
      stops: "the hub's trigger",
      refused: { archiveEvents: 'not listening', 'diagnose event-hubs': 'ACCESS_DENIED' },
      hostSays: ({ hubs }) =>
        deaf('archiveEvents', `hub 'resource-events' of the namespace '${hubs.host}'`),
      recovers: listensAgain('archiveEvents'),
    },
    keepsEvents: {
      role: 'Storage Blob Data Contributor',
      stops: 'keeping the stream',
      refused: { archiveEvents: 'ACCESS_DENIED (blobs)' },
      door: 'blob',
      code: 'AuthorizationPermissionMismatch',
      words: () =>
        /^This request is not authorized to perform this operation using this permission\.\n/,
      ask: (principal, { dataAccount }) => readBlob(azure, principal, dataAccount, 'events'),
      denied: ({ dataAccount }) => ({
        action: BLOB_WRITE,
        scope: `https://${dataAccount}.blob.core.windows.net/events/`,
        isDiagnosed: false,
      }),
      decision: ({ eventsId }) => ({ action: BLOB_WRITE, isDataAction: true, scope: eventsId }),
      recovers: /Executed 'Functions\.archiveEvents' \(Succeeded/,
    },
  };
}

const BLOB_WRITE = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';

function on(azure: LocalAzure, right: Right) {
  return (
    entity: Entity,
    { isDiagnosed = true } = {},
  ): Omit<ExpectedRefusal, 'stops' | 'refused'> => {
    const { service, namespace, path, address } = entity;
    const action = `Microsoft.${service}/namespaces/messages/${right}/action`;
    const name = service === 'EventHub' ? 'Event Hubs' : 'Service Bus';
    return {
      role: `Azure ${name} Data ${ROLES[right]}`,
      door: 'messaging',
      code: 'amqp:unauthorized-access',
      sdkCode: service === 'EventHub' ? 'UnauthorizedError' : 'UnauthorizedAccess',
      ask: (principal, targets) => call(azure, principal, namespace(targets).host, entity, right),
      words: (_, targets) =>
        new RegExp(
          `^Unauthorized access\\. '${CLAIMS[right]}' claim\\(s\\) are required to perform this operation\\. Resource: 'sb://${RegExp.escape(namespace(targets).host)}/${address}`,
          'i',
        ),
      denied: (targets) => ({
        action,
        scope: `sb://${namespace(targets).host}/${address}`,
        isDiagnosed,
      }),
      decision: (targets) => ({
        action,
        isDataAction: true,
        scope: `${namespace(targets).id}/${path}`,
      }),
    };
  };
}

/** The least that needs the right, through the SDK. */
async function call(
  azure: LocalAzure,
  principal: Principal,
  host: string,
  { service, address }: Entity,
  right: Right,
): Promise<unknown> {
  const credential = credentialOf(azure, principal);
  if (service === 'ServiceBus') {
    const client = new ServiceBusClient(host, credential, { retryOptions });
    const [topicName, subscriptionName] = address.split('/subscriptions/');
    try {
      if (right === 'send') {
        return await client.createSender(address).sendMessages({ body: 'never' });
      }
      const receiver =
        subscriptionName === undefined
          ? client.createReceiver(address)
          : client.createReceiver(topicName ?? '', subscriptionName);
      return await receiver.peekMessages(1);
    } finally {
      await client.close();
    }
  }
  const options = { retryOptions };
  const client =
    right === 'send'
      ? new EventHubProducerClient(host, address, credential, options)
      : new EventHubConsumerClient('archive', host, address, credential, options);
  try {
    return client instanceof EventHubProducerClient
      ? await client.sendBatch([{ body: 'never' }])
      : await firstErrorOf(client);
  } finally {
    await client.close();
  }
}

/** Rejects with what a receiver is told. */
function firstErrorOf(client: EventHubConsumerClient): Promise<never> {
  return new Promise((_, reject) => {
    client.subscribe('0', {
      processEvents: async () => {},
      processError: async (error) => reject(error),
    });
  });
}

function deaf(name: string, entity: string): RegExp {
  return new RegExp(
    `'Functions\\.${name}' was unable to start: the .*'?s? ?identity.* lacks the role '[\\w ]+ Data Receiver' on the ${RegExp.escape(entity)}`,
  );
}

function listensAgain(name: string): RegExp {
  return new RegExp(`The listener for function 'Functions\\.${name}' listens again\\.`);
}
