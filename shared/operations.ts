// The role manifest: every operation of the app on Azure, and the built-in role that allows it.
// infra/ grants exactly these. In the database it is a database role or a permission, which infra/sql/ grants.
import type { Target } from './errors.ts';

interface Role {
  readonly name: string;
  /** Id of the built-in definition, the same in every tenant. */
  readonly id: string;
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles = {
  reader: { name: 'Reader', id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' },
  keyVaultSecretsUser: {
    name: 'Key Vault Secrets User',
    id: '4633458b-17de-408a-b874-0445c86b69e6',
  },
  storageBlobDataContributor: {
    name: 'Storage Blob Data Contributor',
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  },
  eventHubsDataSender: {
    name: 'Azure Event Hubs Data Sender',
    id: '2b629674-e913-4c01-ae53-ef4638d8f975',
  },
  eventHubsDataReceiver: {
    name: 'Azure Event Hubs Data Receiver',
    id: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde',
  },
  serviceBusDataSender: {
    name: 'Azure Service Bus Data Sender',
    id: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
  },
  serviceBusDataReceiver: {
    name: 'Azure Service Bus Data Receiver',
    id: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
  },
} as const satisfies Record<string, Role>;

/** One kind of call on one scope. */
export interface Operation {
  readonly target: Target;
  /** What it does, for a sentence: "list resources". */
  readonly purpose: string;
  readonly action: string;
  /** ARM id where the app knows it, else the address of the thing. */
  readonly scope: string;
  readonly role: Pick<Role, 'name'>;
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

export const operations = {
  /** `scope`: a subscription or a resource group. */
  listResources: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'list resources',
    action: scope.toLowerCase().includes('/resourcegroups/')
      ? 'Microsoft.Resources/subscriptions/resourceGroups/resources/read'
      : 'Microsoft.Resources/subscriptions/resources/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: a subscription or a resource group; for a subscription its tags, the least that a GET can ask for. */
  readScope: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'read there',
    action: scope.toLowerCase().includes('/resourcegroups/')
      ? 'Microsoft.Resources/subscriptions/resourceGroups/read'
      : 'Microsoft.Resources/tags/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: a subscription or a resource group. */
  listIdentities: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'list managed identities',
    action: 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: a resource that has a system-assigned identity. */
  readSystemAssignedIdentity: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'read the system-assigned identity',
    action: 'Microsoft.ManagedIdentity/identities/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: a subscription or a resource group. */
  listRoleAssignments: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'list role assignments',
    action: 'Microsoft.Authorization/roleAssignments/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: a subscription or a resource group. */
  readRoleDefinition: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'read a role definition',
    action: 'Microsoft.Authorization/roleDefinitions/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: subscriptions and resource groups, with commas between them. */
  readChanges: (scope: string): Operation => ({
    target: 'resource-manager',
    purpose: 'ask Resource Graph what was created',
    action: 'Microsoft.ResourceGraph/resources/read',
    scope,
    role: roles.reader,
  }),
  /** `scope`: the secret's address, `https://<vault>.vault.azure.net/secrets/<name>`. */
  readSecret: (scope: string): Operation => ({
    target: 'key-vault',
    purpose: 'read the secret',
    action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    scope,
    role: roles.keyVaultSecretsUser,
  }),
  /** `scope`: the blob's address. */
  readBlob: (scope: string): Operation => ({
    target: 'blobs',
    purpose: 'read the blob',
    action: `${BLOBS}/read`,
    scope,
    role: roles.storageBlobDataContributor,
  }),
  /** `scope`: the blob's address. */
  writeBlob: (scope: string): Operation => ({
    target: 'blobs',
    purpose: 'write the blob',
    action: `${BLOBS}/write`,
    scope,
    role: roles.storageBlobDataContributor,
  }),
  /** `scope`: the hub's address, `sb://<namespace>/<hub>`. */
  sendEvents: (scope: string): Operation => ({
    target: 'event-hubs',
    purpose: 'send to the event hub',
    action: 'Microsoft.EventHub/namespaces/messages/send/action',
    scope,
    role: roles.eventHubsDataSender,
  }),
  /** By the Functions host. `scope`: the hub's address. */
  receiveEvents: (scope: string): Operation => ({
    target: 'event-hubs',
    purpose: 'receive from the event hub',
    action: 'Microsoft.EventHub/namespaces/messages/receive/action',
    scope,
    role: roles.eventHubsDataReceiver,
  }),
  /** `scope`: the address of a queue or topic, `sb://<namespace>/<name>`. */
  sendMessages: (scope: string): Operation => ({
    target: 'service-bus',
    purpose: 'send to the queue or topic',
    action: 'Microsoft.ServiceBus/namespaces/messages/send/action',
    scope,
    role: roles.serviceBusDataSender,
  }),
  /** A peek, and what the Functions host does. `scope`: the address of a queue or subscription. */
  receiveMessages: (scope: string): Operation => ({
    target: 'service-bus',
    purpose: 'receive from the queue or subscription',
    action: 'Microsoft.ServiceBus/namespaces/messages/receive/action',
    scope,
    role: roles.serviceBusDataReceiver,
  }),
  /** To log in, and to ask who one is there. `scope`: `<server>/<database>`, as of the others below. */
  connectToDatabase: (scope: string): Operation => ({
    target: 'database',
    purpose: 'log in to the database',
    action: 'CONNECT',
    scope,
    role: { name: 'a database user for its client id' },
  }),
  readInventory: (scope: string): Operation => ({
    target: 'database',
    purpose: 'read the inventory',
    action: 'SELECT',
    scope: `${scope}: inventory.Resource`,
    role: { name: 'db_datareader' },
  }),
  recordInInventory: (scope: string): Operation => ({
    target: 'database',
    purpose: 'record in the inventory',
    action: 'EXECUTE',
    scope: `${scope}: inventory.RecordResource`,
    role: { name: 'EXECUTE on inventory.RecordResource' },
  }),
  summarizeInventory: (scope: string): Operation => ({
    target: 'database',
    purpose: 'summarize the inventory',
    action: 'EXECUTE',
    scope: `${scope}: inventory.SummarizeResources`,
    role: { name: 'EXECUTE on inventory.SummarizeResources' },
  }),
  /** `scope`: the API's address. What it takes to be let in is the API's own affair. */
  callWebApi: (scope: string): Operation => ({
    target: 'web-api',
    purpose: 'call the API',
    action: 'GET',
    scope,
    role: { name: "a place among the API's allowed principals" },
  }),
} as const;
