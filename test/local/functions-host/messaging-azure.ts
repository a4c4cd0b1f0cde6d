// An app with Service Bus and Event Hubs triggers on the embedded Azure: what is deployed for it, and the host of it.
import { after, type TestContext } from 'node:test';
import { EventHubProducerClient } from '@azure/event-hubs';
import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { BlobServiceClient } from '@azure/storage-blob';
import type { AzureOptions } from '../../../local/azure/local-azure.ts';
import { deployTemplate } from '../../../local/deploy-template.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../../support/local-azure.ts';
import { type HostProcess, startHostProcess } from './host-process.ts';

const GROUP = 'rg-messaging';
const SITE = 'func-messaging';
const ACCOUNT = 'stmessagingtest';
export const BUS_HOST = 'sb-triggers.servicebus.windows.net';
export const HUB_HOST = 'eh-triggers.servicebus.windows.net';
/** A hub of its own for each test. */
const HUBS = Array.from({ length: 12 }, (_, index) => `stream-${index}`);
/** The last of them, for the bench. */
export const WIDE_HUB_PARTITIONS = 4;

const identityExpression =
  "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-messaging')]";
const planExpression = "[resourceId('Microsoft.Web/serverfarms', 'plan-messaging')]";
const location = 'westeurope';

const child = (type: string, name: string, parent: string, properties: object = {}) => ({
  type,
  apiVersion: '2024-01-01',
  name,
  dependsOn: [parent],
  properties,
});
const busId = "[resourceId('Microsoft.ServiceBus/namespaces', 'sb-triggers')]";
const queue = (name: string, properties: object = {}) =>
  child('Microsoft.ServiceBus/namespaces/queues', `sb-triggers/${name}`, busId, {
    lockDuration: 'PT30S',
    maxDeliveryCount: 3,
    ...properties,
  });

const template = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [
    {
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      apiVersion: '2024-11-30',
      name: 'id-messaging',
      location,
    },
    {
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: '2025-06-01',
      name: ACCOUNT,
      location,
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
      properties: { allowSharedKeyAccess: false, minimumTlsVersion: 'TLS1_2' },
    },
    {
      type: 'Microsoft.ServiceBus/namespaces',
      apiVersion: '2024-01-01',
      name: 'sb-triggers',
      location,
      sku: { name: 'Standard', tier: 'Standard' },
      properties: { disableLocalAuth: true },
    },
    queue('orders'),
    queue('brief', { lockDuration: 'PT5S' }),
    queue('bytes'),
    queue('batches'),
    queue('sessions', { requiresSession: true }),
    child('Microsoft.ServiceBus/namespaces/topics', 'sb-triggers/news', busId),
    child(
      'Microsoft.ServiceBus/namespaces/topics/subscriptions',
      'sb-triggers/news/readers',
      "[resourceId('Microsoft.ServiceBus/namespaces/topics', 'sb-triggers', 'news')]",
      { lockDuration: 'PT30S', maxDeliveryCount: 3 },
    ),
    {
      type: 'Microsoft.EventHub/namespaces',
      apiVersion: '2024-01-01',
      name: 'eh-triggers',
      location,
      sku: { name: 'Standard', tier: 'Standard', capacity: 1 },
      properties: { disableLocalAuth: true },
    },
    ...HUBS.flatMap((hub, index) => [
      child(
        'Microsoft.EventHub/namespaces/eventhubs',
        `eh-triggers/${hub}`,
        "[resourceId('Microsoft.EventHub/namespaces', 'eh-triggers')]",
        {
          partitionCount: index === HUBS.length - 1 ? WIDE_HUB_PARTITIONS : 2,
          messageRetentionInDays: 1,
        },
      ),
      child(
        'Microsoft.EventHub/namespaces/eventhubs/consumergroups',
        `eh-triggers/${hub}/single`,
        `[resourceId('Microsoft.EventHub/namespaces/eventhubs', 'eh-triggers', '${hub}')]`,
      ),
    ]),
    {
      type: 'Microsoft.Web/serverfarms',
      apiVersion: '2025-03-01',
      name: 'plan-messaging',
      location,
      kind: 'functionapp',
      sku: { name: 'FC1', tier: 'FlexConsumption' },
      properties: { reserved: true },
    },
    {
      type: 'Microsoft.Web/sites',
      apiVersion: '2025-03-01',
      name: SITE,
      location,
      kind: 'functionapp,linux',
      dependsOn: [identityExpression, planExpression],
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityExpression]: {} } },
      properties: {
        serverFarmId: planExpression,
        functionAppConfig: {
          runtime: { name: 'node', version: '24' },
          scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 },
          deployment: {
            storage: {
              type: 'blobContainer',
              value: `https://${ACCOUNT}.blob.core.windows.net/package`,
              authentication: {
                type: 'UserAssignedIdentity',
                userAssignedIdentityResourceId: identityExpression,
              },
            },
          },
        },
      },
    },
  ],
};

const group = groupId(GROUP);
const scopes = {
  storage: `${group}/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`,
  bus: `${group}/providers/Microsoft.ServiceBus/namespaces/sb-triggers`,
  hub: `${group}/providers/Microsoft.EventHub/namespaces/eh-triggers`,
};

interface Run {
  readonly body: unknown;
  readonly triggerMetadata: Record<string, unknown>;
  readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
}

/** Everything that the tests of the messaging triggers share. Call it at the top level of the file. */
export async function useMessagingAzure(options: Partial<AzureOptions> = {}) {
  const azure = await useLocalAzure(options);
  await deployTemplate(azure, { name: 'messaging', resourceGroup: GROUP, location, template });
  await azure.storageReady;
  const identity = azure.resourceManager.findResource(
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-messaging`,
  )?.properties as { principalId: string; clientId: string };

  const tester = addIdentity(azure, 'tester');
  grant(azure, tester, 'Azure Service Bus Data Owner', scopes.bus);
  grant(azure, tester, 'Azure Event Hubs Data Owner', scopes.hub);
  grant(azure, tester, 'Storage Blob Data Owner', scopes.storage);
  const credential = credentialOf(azure, tester);
  const connect = () =>
    new ServiceBusClient(BUS_HOST, credential, {
      retryOptions: { maxRetries: 2, retryDelayInMs: 200 },
    });
  const bus = connect();
  after(() => bus.close());
  const checkpoints = new BlobServiceClient(
    `https://${ACCOUNT}.blob.core.windows.net`,
    credential,
  ).getContainerClient('azure-webjobs-eventhub');

  const assign = (t: TestContext, role: string, scope: string) =>
    t.after(grant(azure, identity, role, scope));
  return {
    azure,
    identity,
    bus,
    /** A client of its own: one whose connection has just broken takes its time to notice. */
    createBus(t: TestContext) {
      const client = connect();
      t.after(() => client.close());
      return client;
    },
    checkpoints,
    /** `queues/orders`, `topics/news/subscriptions/readers`. */
    grantReceiver: (t: TestContext, path: string) =>
      assign(t, 'Azure Service Bus Data Receiver', `${scopes.bus}/${path}`),
    grantHub: (t: TestContext, hub: string) =>
      assign(t, 'Azure Event Hubs Data Receiver', `${scopes.hub}/eventhubs/${hub}`),
    grantStorage: (t: TestContext) => assign(t, 'Storage Blob Data Owner', scopes.storage),
    /** A hub that no other test uses, with two partitions (`wide`: four) and the groups `$Default` and `single`. */
    takeHub(t: TestContext, { wide = false } = {}) {
      const hub = wide ? HUBS.at(-1) : HUBS.shift();
      if (hub === undefined) throw new Error('every hub is taken');
      /** By a client of its own: one whose connection has just broken takes a minute to notice. */
      const createSend = () => {
        const producer = new EventHubProducerClient(HUB_HOST, hub, credential, {
          retryOptions: { maxRetries: 2, retryDelayInMs: 200 },
        });
        t.after(() => producer.close());
        return (partitionId: string, bodies: readonly unknown[]) =>
          producer.sendBatch(
            bodies.map((body) => ({ body, properties: { Kind: 'test' } })),
            { partitionId },
          );
      };
      return { hub, send: createSend(), createSend };
    },
    /** `only`: the functions that are not disabled. Ends with the test. */
    async startHost(
      t: TestContext,
      only: readonly string[],
      env: Record<string, string> = {},
      { appName = 'messaging-app', execArgv = [] as readonly string[] } = {},
    ): Promise<HostProcess> {
      const disabled = FUNCTIONS.filter((name) => !only.includes(name)).map((name) => [
        `AzureWebJobs_${name}_Disabled`,
        'true',
      ]);
      const host = await startHostProcess(appName, {
        execArgv: [
          ...['--import', new URL('../../../local/redirect/preload.ts', import.meta.url).href],
          ...execArgv,
        ],
        env: {
          ...azure.identityEnvironmentOf(`${group}/providers/Microsoft.Web/sites/${SITE}`),
          LOCAL_AZURE_REDIRECT: JSON.stringify(azure.redirect),
          NODE_EXTRA_CA_CERTS: azure.certificateAuthority.certificatePath,
          WEBSITE_SITE_NAME: SITE,
          AzureWebJobsStorage__blobServiceUri: `https://${ACCOUNT}.blob.core.windows.net`,
          AzureWebJobsStorage__credential: 'managedidentity',
          AzureWebJobsStorage__clientId: identity.clientId,
          ...connectionSettings('Bus', BUS_HOST, identity.clientId),
          ...connectionSettings('Hub', HUB_HOST, identity.clientId),
          ORDERS: 'orders',
          SUBSCRIPTION: 'readers',
          HUB_NAME: 'none',
          GROUP: 'single',
          ...Object.fromEntries(disabled),
          ...env,
        },
      });
      t.after(() => host.stop());
      return host;
    },
  };
}

const FUNCTIONS = [
  'onOrder',
  'onOff',
  'onBytes',
  'onBatch',
  'onSession',
  'onNews',
  'onEvents',
  'onEvent',
];

const connectionSettings = (name: string, host: string, clientId: string) => ({
  [`${name}__fullyQualifiedNamespace`]: host,
  [`${name}__credential`]: 'managedidentity',
  [`${name}__clientId`]: clientId,
});

/** What a function has said that it got, in order. */
export function runsOf(host: HostProcess, functionName: string): Run[] {
  return [...host.output().matchAll(new RegExp(`${functionName} ran with (.*)`, 'g'))].map(
    ([, json = '']) => JSON.parse(json),
  );
}

/** The next message, or undefined after 3 s. */
export async function receiveOne(receiver: ServiceBusReceiver) {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3_000 });
  return message;
}
