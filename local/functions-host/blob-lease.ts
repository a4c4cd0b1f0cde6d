import { setTimeout as delay } from 'node:timers/promises';
import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob';
import { storageErrorOf } from './host-storage.ts';

/** Azure: listener locks and the host lock are leases of 15 s, renewed at half time (BlobLeaseDistributedLockManager.cs). */
const LEASE_SECONDS = 15;
const RENEWAL_MS = 7_500;
const RETRY_MS = 1_000;
/** Ctrl-C has to end everything within a second, even if the storage is gone by then. */
const RELEASE_LIMIT_MS = 500;

export interface BlobLease {
  /** Resolves when another host has taken it. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lease of a blob, which is made (and its container) if it isn't there. Undefined if another host has it.
 * Throws what the storage throws.
 */
export async function acquireBlobLease(
  container: ContainerClient,
  blobName: string,
): Promise<BlobLease | undefined> {
  const blob = container.getBlockBlobClient(blobName);
  const client = blob.getBlobLeaseClient();
  try {
    await client.acquireLease(LEASE_SECONDS);
  } catch (error) {
    const storage = storageErrorOf(error);
    if (storage?.status === 409) return undefined;
    if (storage?.status !== 404) throw error;
    if (storage.code === 'ContainerNotFound') await container.createIfNotExists();
    if (!(await createEmptyBlob(container, blobName))) return undefined;
    await client.acquireLease(LEASE_SECONDS);
  }
  return keepLease(client);
}

/** False if another host was quicker and holds it. */
async function createEmptyBlob(container: ContainerClient, blobName: string): Promise<boolean> {
  try {
    const ifAbsent = { conditions: { ifNoneMatch: '*' } };
    await container.getBlockBlobClient(blobName).upload('', 0, ifAbsent);
    return true;
  } catch (error) {
    const status = storageErrorOf(error)?.status;
    if (status === 409 || status === 412) return false;
    throw error;
  }
}

function keepLease(client: BlobLeaseClient): BlobLease {
  const { promise: lost, resolve: loseIt } = Promise.withResolvers<void>();
  const released = new AbortController();
  const renew = async () => {
    let waitMs = RENEWAL_MS;
    while (!released.signal.aborted) {
      await delay(waitMs, undefined, { signal: released.signal });
      try {
        await client.renewLease({ abortSignal: released.signal });
        waitMs = RENEWAL_MS;
      } catch (error) {
        // Taken by another host, or its blob removed; anything else may pass.
        const status = storageErrorOf(error)?.status;
        if (status === 409 || status === 412 || status === 404) return loseIt();
        waitMs = RETRY_MS;
      }
    }
  };
  renew().catch(() => undefined);
  return {
    lost,
    async release() {
      released.abort();
      const abortSignal = AbortSignal.timeout(RELEASE_LIMIT_MS);
      await client.releaseLease({ abortSignal }).catch(() => undefined);
    },
  };
}
