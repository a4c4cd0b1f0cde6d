// Blob storage: Azurite keeps the blobs, the proxy in front of it decides who may touch which.
import { randomBytes } from 'node:crypto';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import type { Listener } from '../http/server.ts';
import type { Journal } from '../journal.ts';
import type { BlobDataPlane } from '../providers/provider.ts';
import type { Tokens } from '../tokens/tokens.ts';
import { AzuriteClient } from './azurite-client.ts';
import { createBlobProxy } from './blob-proxy.ts';
import { startAzurite } from './start-azurite.ts';
import { StorageAccounts } from './storage-accounts.ts';

export interface BlobStorageParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly access: Access;
}

export interface BlobStorage {
  /** Answers `https://<account>.blob.core.windows.net`; waits for Azurite where it needs it. */
  readonly listener: Listener;
  readonly blobs: BlobDataPlane;
  /** Resolves when Azurite listens; rejects if it ends before. */
  readonly ready: Promise<void>;
  /** Ends Azurite; resolves when its process is gone. */
  stop(): Promise<void>;
}

/** Returns at once, while Azurite starts in its own process. */
export function createBlobStorage(parts: BlobStorageParts): BlobStorage {
  const delegationSecret = randomBytes(32).toString('base64');
  const azurite = startAzurite(delegationSecret);
  const client = new AzuriteClient(azurite.port);
  const accounts = new StorageAccounts(azurite, client);
  const ready = azurite.port.then(() => {});
  ready.catch(() => {}); // Whoever waits for it hears; nobody must.
  return {
    listener: createBlobProxy({ ...parts, accounts, client, delegationSecret }),
    blobs: accounts,
    ready,
    async stop() {
      client.stop();
      await azurite.stop();
    },
  };
}
