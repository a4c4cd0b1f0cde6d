import type { ContainerClient } from '@azure/storage-blob';
import { type Environment, findSetting } from './setting-resolution.ts';
import { createConnectionCredential } from './token-keeper.ts';

export interface HostStorageSettings {
  /** Address of the blob service. */
  readonly blobServiceUri: string;
  readonly usesManagedIdentity: boolean;
  readonly clientId: string | undefined;
}

/** The host's own. */
const HOST_CONTAINER = 'azure-webjobs-hosts';

/**
 * Identity-based host storage: `AzureWebJobsStorage__blobServiceUri` or `__accountName`, with `__credential` and
 * `__clientId`. Undefined if the environment names none. Throws a sentence that names the setting.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 */
export function readHostStorageSettings(environment: Environment): HostStorageSettings | undefined {
  const setting = (name: string) =>
    findSetting(environment, `AzureWebJobsStorage__${name}`) || undefined;
  const accountName = setting('accountName');
  const blobServiceUri =
    setting('blobServiceUri') ?? (accountName && `https://${accountName}.blob.core.windows.net`);
  if (!blobServiceUri) {
    // Pretend: identity-based storage only; the real host takes connection strings too.
    if (findSetting(environment, 'AzureWebJobsStorage')) {
      throw new Error(
        'AzureWebJobsStorage is a connection string, which this host does not use: set AzureWebJobsStorage__blobServiceUri, or remove it.',
      );
    }
    return undefined;
  }
  if (!URL.canParse(blobServiceUri)) {
    throw new Error(`AzureWebJobsStorage__blobServiceUri is no address: '${blobServiceUri}'.`);
  }
  return {
    blobServiceUri,
    usesManagedIdentity: setting('credential')?.toLowerCase() === 'managedidentity',
    clientId: setting('clientId'),
  };
}

/**
 * A container of the host storage, with the app's identity: the host's own unless another is named. The SDKs are loaded here, after the host has said that it is
 * ready: they take longer than everything else together. No call goes out yet.
 */
export async function connectHostStorage(
  settings: HostStorageSettings,
  container: string = HOST_CONTAINER,
): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const credential = await createConnectionCredential(settings);
  const service = new BlobServiceClient(settings.blobServiceUri, credential, {
    // The caller tries again itself, and says why.
    retryOptions: { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 10_000 },
  });
  return service.getContainerClient(container);
}

/** `status` and `code` of a storage error; undefined for any other. */
export function storageErrorOf(error: unknown): { status: number; code: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { statusCode, code, details } = error as {
    statusCode?: unknown;
    code?: unknown;
    details?: { errorCode?: unknown };
  };
  if (typeof statusCode !== 'number') return undefined;
  return { status: statusCode, code: String(details?.errorCode ?? code ?? '') };
}

/** Why the host storage can't be used and what to do, where the real host keeps silent. */
export function explainStorageFailure(error: unknown, settings: HostStorageSettings): string {
  const storage = storageErrorOf(error);
  const account = new URL(settings.blobServiceUri).hostname.split('.')[0];
  const identity =
    settings.clientId === undefined
      ? "the app's identity"
      : `the identity with client id ${settings.clientId}`;
  if (storage?.status === 403) {
    return `${storage.code}: ${identity} lacks the role 'Storage Blob Data Owner' on the storage account '${account}' (AzureWebJobsStorage), or got it a moment ago.`;
  }
  if (storage)
    return `the storage account '${account}' answered ${storage.status} ${storage.code}.`;
  const reason = error instanceof Error ? error.message : String(error);
  return `the storage account '${account}' can't be used with ${identity}: ${reason}`;
}
