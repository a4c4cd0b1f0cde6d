import type { IncomingHttpHeaders } from 'node:http';
import { type BlobResource, parseResource } from './parse-blob-request.ts';
import { blobHostOf, type StorageAccount } from './storage-accounts.ts';
import { StorageError } from './storage-error.ts';

/**
 * The blob that `x-ms-copy-source` names, undefined without that header. Throws StorageError unless it is a blob
 * of the same account: Azurite would fetch any other address, on the real network.
 */
export function findCopySource(
  account: StorageAccount,
  headers: IncomingHttpHeaders,
): BlobResource | undefined {
  const header = headers['x-ms-copy-source'];
  if (header === undefined) return undefined;
  const url = URL.canParse(String(header)) ? new URL(String(header)) : undefined;
  const resource = url && parseResource(url.pathname);
  if (url?.hostname !== blobHostOf(account.name) || resource?.level !== 'blob') {
    // Pretend: copies come from the same account only; Azure takes any readable address.
    throw new StorageError(404, 'CannotVerifyCopySource', 'The specified resource does not exist.');
  }
  return resource;
}

/**
 * The header for Azurite: without a SAS, which Azurite would try out over the network.
 * Pretend: roles decide on the source, even if it has a SAS.
 */
export function withoutSignature(copySource: string): string {
  const url = new URL(copySource);
  const snapshot = url.searchParams.get('snapshot');
  url.search = snapshot === null ? '' : `?snapshot=${encodeURIComponent(snapshot)}`;
  return url.href;
}
