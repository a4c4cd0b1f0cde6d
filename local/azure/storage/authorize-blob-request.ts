import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from '../access/access.ts';
import { type BlobAction, type BlobOperation, blobActions } from './blob-operations.ts';
import { findCopySource } from './copy-source.ts';
import type { BlobResource, BlobTarget } from './parse-blob-request.ts';
import type { StorageAccount } from './storage-accounts.ts';
import { permissionMismatch } from './storage-error.ts';

export interface BlobCall {
  readonly account: StorageAccount;
  readonly operation: BlobOperation;
  readonly target: BlobTarget;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Requires the roles that the operation needs, for a principal.
 * `blobExists` is asked only where the right to add new blobs is all there is.
 * Returns whether the request may only make a new blob. Throws AuthorizationPermissionMismatch.
 */
export async function authorizeBlobRequest(
  access: Access,
  principalId: string,
  { account, operation, target, headers }: BlobCall,
  blobExists: () => Promise<boolean>,
): Promise<{ onlyNewBlob: boolean }> {
  const isAllowed = ({ action, isDataAction }: BlobAction, resource: BlobResource) =>
    access.authorize({ principalId, action, isDataAction, scope: scopeOf(account, resource) })
      .allowed;

  const granted = operation.anyOf.find((action) => isAllowed(action, target));
  if (!granted) throw permissionMismatch();
  for (const action of furtherActions(target, headers)) {
    if (!isAllowed(action, target)) throw permissionMismatch();
  }
  const source = findCopySource(account, headers);
  if (source && !isAllowed(blobActions.read, source)) throw permissionMismatch();
  const onlyNewBlob = granted.onlyForNewBlob === true;
  if (onlyNewBlob && (await blobExists())) throw permissionMismatch();
  return { onlyNewBlob };
}

/** Blob index tags have rights of their own, also where they ride on another operation. */
function* furtherActions(
  { query }: BlobTarget,
  headers: IncomingHttpHeaders,
): Generator<BlobAction> {
  if (headers['x-ms-tags'] !== undefined) yield blobActions.writeTags;
  if (headers['x-ms-if-tags'] !== undefined) yield blobActions.readTags;
  // Pretend: that a list which includes tags needs the right to read them.
  if (query.get('include')?.split(',').includes('tags')) yield blobActions.readTags;
}

/** Azure has no smaller scope for assignments than the container; conditions see the blob's path. */
function scopeOf({ resourceId }: StorageAccount, { level, container, blob }: BlobResource): string {
  if (level === 'account') return resourceId;
  const containerScope = `${resourceId}/blobServices/default/containers/${container}`;
  return level === 'container' ? containerScope : `${containerScope}/blobs/${blob}`;
}
