// Who reads a partition and how far it has come, in blobs as Azure's event processors lay them out:
// `<namespace>/<hub>/<group>/ownership/<partition>` and `…/checkpoint/<partition>`, all in their metadata
// (azure-sdk-for-js, eventhubs-checkpointstore-blob, src/blobCheckpointStore.ts; the extension's BlobCheckpointStoreInternal.cs has the same).
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';
import type { ContainerClient } from '@azure/storage-blob';
import { storageErrorOf } from './host-storage.ts';

/** Where a processor's blobs are. */
interface ProcessorNames {
  readonly fullyQualifiedNamespace: string;
  readonly eventHubName: string;
  readonly consumerGroup: string;
}

type Kind = 'ownership' | 'checkpoint';

/** The container must be there. Every method throws what the storage throws. */
export function createBlobCheckpointStore(container: ContainerClient): CheckpointStore {
  return {
    async listOwnership(fullyQualifiedNamespace, eventHubName, consumerGroup) {
      const names = { fullyQualifiedNamespace, eventHubName, consumerGroup };
      const ownerships: PartitionOwnership[] = [];
      for await (const { partitionId, metadata, blob } of listBlobs(
        container,
        names,
        'ownership',
      )) {
        ownerships.push({
          ...names,
          partitionId,
          ownerId: metadata.ownerid ?? '',
          lastModifiedTimeInMs: blob.properties.lastModified.getTime(),
          etag: blob.properties.etag,
        });
      }
      return ownerships;
    },
    async claimOwnership(wanted) {
      const claimed: PartitionOwnership[] = [];
      for (const ownership of wanted) {
        const written = await claim(container, ownership);
        if (written) claimed.push(written);
      }
      return claimed;
    },
    async updateCheckpoint(checkpoint) {
      const { offset, sequenceNumber } = checkpoint;
      await writeMetadata(container, blobName(checkpoint, 'checkpoint', checkpoint.partitionId), {
        sequencenumber: String(sequenceNumber),
        offset: String(offset),
      });
    },
    async listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup) {
      const names = { fullyQualifiedNamespace, eventHubName, consumerGroup };
      const checkpoints: Checkpoint[] = [];
      for await (const { partitionId, metadata } of listBlobs(container, names, 'checkpoint')) {
        const sequenceNumber = Number.parseInt(metadata.sequencenumber ?? '', 10);
        // Azure: a checkpoint that can't be read is passed over (BlobCheckpointStoreInternal.cs, InvalidCheckpointFound).
        if (metadata.offset === undefined || Number.isNaN(sequenceNumber)) continue;
        checkpoints.push({ ...names, partitionId, offset: metadata.offset, sequenceNumber });
      }
      return checkpoints;
    },
  };
}

/** Undefined if another processor was quicker. */
async function claim(
  container: ContainerClient,
  ownership: PartitionOwnership,
): Promise<PartitionOwnership | undefined> {
  const name = blobName(ownership, 'ownership', ownership.partitionId);
  try {
    const { etag, lastModified } = await writeMetadata(
      container,
      name,
      { ownerid: ownership.ownerId },
      ownership.etag ?? null,
    );
    return {
      ...ownership,
      ...(etag !== undefined && { etag }),
      ...(lastModified && { lastModifiedTimeInMs: lastModified.getTime() }),
    };
  } catch (error) {
    const status = storageErrorOf(error)?.status;
    if (status === 412 || status === 409) return undefined;
    throw error;
  }
}

/**
 * Writes a blob that is nothing but metadata. `etag`: only if it is still this one; null: only if there is none.
 */
async function writeMetadata(
  container: ContainerClient,
  name: string,
  metadata: Record<string, string>,
  etag?: string | null,
): Promise<{ etag?: string | undefined; lastModified?: Date | undefined }> {
  const blob = container.getBlockBlobClient(name);
  if (typeof etag === 'string')
    return blob.setMetadata(metadata, { conditions: { ifMatch: etag } });
  const create = () => {
    const conditions = etag === null ? { ifNoneMatch: '*' } : {};
    return blob.upload('', 0, { metadata, conditions });
  };
  if (etag === null) return create();
  try {
    return await blob.setMetadata(metadata);
  } catch (error) {
    if (storageErrorOf(error)?.code !== 'BlobNotFound') throw error;
    return create();
  }
}

async function* listBlobs(container: ContainerClient, names: ProcessorNames, kind: Kind) {
  const prefix = blobName(names, kind, '');
  for await (const blob of container.listBlobsFlat({ includeMetadata: true, prefix })) {
    yield { blob, metadata: blob.metadata ?? {}, partitionId: blob.name.slice(prefix.length) };
  }
}

/** Names in Event Hubs have no case, blobs have. */
function blobName(names: ProcessorNames, kind: Kind, partitionId: string): string {
  const { fullyQualifiedNamespace, eventHubName, consumerGroup } = names;
  const prefix = `${fullyQualifiedNamespace}/${eventHubName}/${consumerGroup}`.toLowerCase();
  return `${prefix}/${kind}/${partitionId}`;
}
