import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Credentials } from './authenticate-blob-request.ts';
import type { BlobCall } from './authorize-blob-request.ts';
import type { AzuriteClient } from './azurite-client.ts';
import { findCopySource, withoutSignature } from './copy-source.ts';
import { signDelegationAnew } from './delegation-signature.ts';
import { type ForwardedAnswer, forward, headersToForward } from './forward.ts';
import { encodeQuery } from './parse-blob-request.ts';
import { StorageError } from './storage-error.ts';

/** A call that the principal's roles allow. */
export interface AllowedCall extends BlobCall {
  readonly credentials: Credentials;
  /** The roles allow to make the blob, not to replace it. */
  readonly onlyNewBlob: boolean;
}

/** Signed with an account key: Azurite judges it, so every byte that is signed stays. */
export async function forwardUnchanged(
  client: AzuriteClient,
  { account, headers }: BlobCall,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<ForwardedAnswer> {
  const copySource = headers['x-ms-copy-source'];
  if (findCopySource(account, headers) && withoutSignature(String(copySource)) !== copySource) {
    throw new StorageError(404, 'CannotVerifyCopySource', 'The specified resource does not exist.');
  }
  const { method = 'GET', url = '/' } = incoming;
  const upstream = await client.openUnsigned(account, method, url, headersToForward(incoming));
  return forward(incoming, outgoing, upstream, azureHeaders(incoming));
}

/** Signed anew, and spelt as it was understood. */
export async function forwardAllowed(
  { client, delegationSecret }: { client: AzuriteClient; delegationSecret: string },
  { account, target, credentials, onlyNewBlob }: AllowedCall,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<ForwardedAnswer> {
  const comp = target.query.get('comp') ?? '';
  // Azurite would answer a GET of a blob's metadata with the blob.
  const asHead = incoming.method === 'GET' && target.level === 'blob' && comp === 'metadata';
  const request = {
    method: asHead ? 'HEAD' : (incoming.method ?? 'GET'),
    path: target.path,
    query: target.query,
    headers: {
      ...safeHeaders(incoming, comp),
      ...(onlyNewBlob && { 'If-None-Match': '*' }),
    },
  };
  const upstream =
    credentials.kind === 'token'
      ? await client.open(account, request)
      : await client.openUnsigned(
          account,
          request.method,
          target.path +
            encodeQuery(
              new Map([
                ...target.query,
                ...signDelegationAnew(account.name, target, delegationSecret),
              ]),
            ),
          request.headers,
        );
  return forward(incoming, outgoing, upstream, {
    ...azureHeaders(incoming),
    ...(asHead && { 'content-length': '0' }),
  });
}

/** Operations that take `x-ms-copy-source`, by `comp`. */
const COPYING = new Set(['', 'block', 'page', 'appendblock', 'incrementalcopy']);

/**
 * The client's headers without credentials. Azurite chooses the operation by headers too, and by the number of
 * those that fit: with the wrong ones a Set Blob Tags would be a Put Blob or a Copy Blob, so they go.
 * Throws MissingContentLengthHeader: Azurite would look for another operation that needs no length.
 */
function safeHeaders(incoming: IncomingMessage, comp: string): Record<string, string> {
  if (incoming.method === 'PUT' && incoming.headers['content-length'] === undefined) {
    throw new StorageError(
      411,
      'MissingContentLengthHeader',
      'Content-Length HTTP header is not specified.',
    );
  }
  const dropped = ['authorization', 'date', 'x-ms-date', 'x-ms-copy-source-authorization'];
  dropped.push('x-ms-copy-source');
  if (comp !== '') dropped.push('x-ms-blob-type', 'x-ms-requires-sync');
  const kept = Object.entries(headersToForward(incoming)).filter(
    ([name]) => !dropped.includes(name.toLowerCase()),
  );
  const copySource = incoming.headers['x-ms-copy-source'];
  return {
    ...Object.fromEntries(kept),
    ...(copySource !== undefined &&
      COPYING.has(comp) && { 'x-ms-copy-source': withoutSignature(String(copySource)) }),
  };
}

/** What Azure says in every answer, over what Azurite says. */
export function azureHeaders({
  headers,
}: IncomingMessage): { server: string } & Record<string, string> {
  const version = headers['x-ms-version'];
  const clientRequestId = headers['x-ms-client-request-id'];
  return {
    server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
    ...(typeof version === 'string' && { 'x-ms-version': version }),
    ...(typeof clientRequestId === 'string' && { 'x-ms-client-request-id': clientRequestId }),
  };
}
