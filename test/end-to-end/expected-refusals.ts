// What is refused without each grant of the template: the calls, Azure's words, and what the app has to say of it.
import { ResourceManagementClient } from '@azure/arm-resources';
import { SecretClient } from '@azure/keyvault-secrets';
import { BlobServiceClient } from '@azure/storage-blob';
import type { AccessRequest } from '../../local/azure/access/access.ts';
import type { Principal } from '../../local/azure/directory.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { credentialOf, groupId, subscriptionId } from '../support/local-azure.ts';
import { resourcesIn } from './start-deployed-app.ts';

/** Ids and names of what the template grants on. */
export interface Targets {
  readonly group: string;
  readonly vault: string;
  readonly secretId: string;
  readonly dataAccount: string;
  readonly blobsId: string;
  readonly hostAccount: string;
  readonly hostBlobsId: string;
  /** Of Service Bus and Event Hubs. */
  readonly bus: Namespace;
  readonly hubs: Namespace;
  readonly eventsId: string;
}

export interface Namespace {
  readonly id: string;
  /** Host name. */
  readonly host: string;
}

export function targetsIn(azure: LocalAzure, group: string): Targets {
  const ids = resourcesIn(azure, group).map(({ id }) => id);
  const idOf = (pattern: RegExp) => ids.find((id) => pattern.test(id)) ?? '';
  const nameOf = (id: string) => id.split('/').at(-1) ?? '';
  const vaultId = idOf(/\/vaults\/[^/]+$/);
  const dataId = idOf(/\/storageAccounts\/stdata[^/]+$/);
  const hostId = idOf(/\/storageAccounts\/sthost[^/]+$/);
  const namespaceOf = (pattern: RegExp): Namespace => {
    const id = idOf(pattern);
    return { id, host: `${nameOf(id)}.servicebus.windows.net` };
  };
  const blobsOf = (id: string, container: string) =>
    `${id}/blobServices/default/containers/${container}/blobs`;
  return {
    group: groupId(group),
    vault: nameOf(vaultId),
    secretId: `${vaultId}/secrets/demo`,
    dataAccount: nameOf(dataId),
    blobsId: blobsOf(dataId, 'scan-state'),
    hostAccount: nameOf(hostId),
    hostBlobsId: blobsOf(hostId, 'azure-webjobs-hosts'),
    bus: namespaceOf(/Microsoft\.ServiceBus\/namespaces\/[^/]+$/),
    hubs: namespaceOf(/Microsoft\.EventHub\/namespaces\/[^/]+$/),
    eventsId: blobsOf(dataId, 'events'),
  };
}

export interface DeniedCall {
  readonly action: string;
  readonly scope: string;
  /** False where no part of the diagnosis does it. */
  readonly isDiagnosed?: boolean;
}

export interface ExpectedRefusal {
  readonly role: string;
  /** What the missing grant stops, for the test's name. */
  readonly stops: string;
  /** Of everything that is tried: what does not say `works`. */
  readonly refused: Readonly<Record<string, string>>;
  /** Door and code of every refusal at the wire. */
  readonly door: string;
  readonly code: string;
  /** The same call through the unmodified SDK alone, with a token of the same identity. */
  readonly ask: (principal: Principal, targets: Targets) => Promise<unknown>;
  /** Of the error that the SDK throws; its code is `code` unless this is given. */
  readonly sdkCode?: string;
  readonly words: (principal: Principal, targets: Targets) => RegExp;
  /** What the app says of it; absent where it is the host alone that is refused. */
  readonly denied?: (targets: Targets) => DeniedCall;
  /** What the host says: it names role and scope. */
  readonly hostSays?: (targets: Targets) => RegExp;
  /** What the host prints when it works again. */
  readonly recovers?: RegExp;
  /** The one decision that depends on it. */
  readonly decision: (targets: Targets) => Omit<AccessRequest, 'principalId'>;
}

const BLOB_READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const GET_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';
const READ_GROUP = 'Microsoft.Resources/subscriptions/resourcegroups/read';

/** By symbolic name of the assignment. The words are those that Azure's clients are shown (docs/parity.md). */
export function expectedRefusals(azure: LocalAzure): Readonly<Record<string, ExpectedRefusal>> {
  const blob = {
    door: 'blob',
    code: 'AuthorizationPermissionMismatch',
    words: () =>
      /^This request is not authorized to perform this operation using this permission\.\nRequestId:/,
  };
  return {
    readsResources: {
      role: 'Reader',
      stops: 'the scan, and what is told of identities',
      refused: {
        scanResources: 'ACCESS_DENIED (resource-manager)',
        listIdentities: 'ACCESS_DENIED (resource-manager)',
        findIdentity: 'ACCESS_DENIED (resource-manager)',
        'diagnose resource-manager': 'ACCESS_DENIED',
        scanOnRequest: 'ACCESS_DENIED (resource-manager)',
      },
      door: 'resource-manager',
      code: 'AuthorizationFailed',
      ask: (principal, { group }) =>
        new ResourceManagementClient(
          credentialOf(azure, principal),
          subscriptionId,
        ).resourceGroups.get(group.split('/').at(-1) ?? ''),
      words: ({ principalId }, { group }) => exactly(armDenial(principalId, group)),
      denied: ({ group }) => ({ action: READ_GROUP, scope: withSmallG(group) }),
      decision: ({ group }) => ({ action: READ_GROUP, isDataAction: false, scope: group }),
    },
    readsSecret: {
      role: 'Key Vault Secrets User',
      stops: 'readSecret',
      refused: { readSecret: 'ACCESS_DENIED (key-vault)', 'diagnose key-vault': 'ACCESS_DENIED' },
      door: 'key-vault',
      code: 'Forbidden',
      ask: (principal, { vault }) =>
        new SecretClient(
          `https://${vault}.vault.azure.net`,
          credentialOf(azure, principal),
        ).getSecret('demo'),
      words: (principal, targets) => vaultDenial(azure.directory.tenantId, principal, targets),
      denied: ({ secretId }) => ({ action: GET_SECRET, scope: secretId.toLowerCase() }),
      decision: ({ secretId }) => ({ action: GET_SECRET, isDataAction: true, scope: secretId }),
    },
    keepsScanState: {
      role: 'Storage Blob Data Contributor',
      stops: 'the scan and getScan',
      refused: {
        scanResources: 'ACCESS_DENIED (blobs)',
        getScan: 'ACCESS_DENIED (blobs)',
        'diagnose blobs': 'ACCESS_DENIED',
        scanOnRequest: 'ACCESS_DENIED (blobs)',
      },
      ...blob,
      ask: (principal, { dataAccount }) => readBlob(azure, principal, dataAccount, 'scan-state'),
      denied: ({ dataAccount }) => ({
        action: BLOB_READ,
        scope: `https://${dataAccount}.blob.core.windows.net/scan-state/`,
      }),
      decision: ({ blobsId }) => ({ action: BLOB_READ, isDataAction: true, scope: blobsId }),
    },
    runsOnHostStorage: {
      role: 'Storage Blob Data Owner',
      stops: "the host's timer",
      // getScan may read its container; there is no report yet.
      refused: {
        scanResources: 'did not run',
        getScan: 'NOT_FOUND (blobs)',
        archiveEvents: 'not listening',
      },
      recovers: /The listener for function 'Functions\.archiveEvents' listens again\./,
      hostSays: ({ hostAccount }) =>
        new RegExp(
          `'Functions\\.scanResources' was unable to start: AuthorizationPermissionMismatch: .* lacks the role 'Storage Blob Data Owner' on the storage account '${hostAccount}'`,
        ),
      ...blob,
      ask: (principal, { hostAccount }) =>
        readBlob(azure, principal, hostAccount, 'azure-webjobs-hosts'),
      decision: ({ hostBlobsId }) => ({
        action: BLOB_READ,
        isDataAction: true,
        scope: hostBlobsId,
      }),
    },
  };
}

function armDenial(principalId: string, group: string): string {
  return `The client '${principalId}' with object id '${principalId}' does not have authorization to perform action '${READ_GROUP}' over scope '${withSmallG(group)}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
}

const withSmallG = (group: string) => group.replace('resourceGroups', 'resourcegroups');

function vaultDenial(
  tenantId: string,
  { principalId, clientId }: Principal,
  { secretId, vault }: Targets,
): RegExp {
  const lines = [
    'Caller is not authorized to perform action on resource\\.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time\\.',
    `Caller: appid=${clientId};oid=${principalId};iss=https://sts\\.windows\\.net/${tenantId}/;xms_mirid=/subscriptions/\\S+`,
    `Action: '${GET_SECRET}'`,
    `Resource: '${secretId.toLowerCase()}'`,
    'Assignment: \\(not found\\)',
    'DenyAssignmentId: null',
    "DecisionReason: 'DeniedWithNoValidRBAC' ",
    `Vault: ${vault};location=westeurope`,
  ];
  return new RegExp(`^${lines.map((line) => `${line}\r\n`).join('')}$`);
}

export function readBlob(
  azure: LocalAzure,
  principal: Principal,
  account: string,
  container: string,
): Promise<unknown> {
  const service = new BlobServiceClient(
    `https://${account}.blob.core.windows.net`,
    credentialOf(azure, principal),
    { retryOptions: { maxTries: 1 } },
  );
  return service.getContainerClient(container).getBlobClient('any').download();
}

function exactly(text: string): RegExp {
  return new RegExp(`^${RegExp.escape(text)}$`);
}
