import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listener } from '../http/server.ts';
import { ServiceError } from '../http/service-error.ts';
import { authenticateBlobRequest } from './authenticate-blob-request.ts';
import { authorizeBlobRequest, type BlobCall } from './authorize-blob-request.ts';
import type { AzuriteClient } from './azurite-client.ts';
import { findBlobOperation } from './blob-operations.ts';
import type { BlobStorageParts } from './create-blob-storage.ts';
import type { ForwardedAnswer } from './forward.ts';
import { azureHeaders, forwardAllowed, forwardUnchanged } from './forward-to-azurite.ts';
import { parseBlobTarget } from './parse-blob-request.ts';
import type { StorageAccounts } from './storage-accounts.ts';
import { renderStorageError, StorageError } from './storage-error.ts';
import { answerUserDelegationKey } from './user-delegation-key.ts';

export interface BlobProxyParts extends BlobStorageParts {
  readonly accounts: StorageAccounts;
  readonly client: AzuriteClient;
  readonly delegationSecret: string;
}

/** What is known of a request so far: the journal needs it for refusals too. */
interface Progress {
  principalId?: string;
}

/** One listener for all accounts, told apart by the host name. */
export function createBlobProxy(parts: BlobProxyParts): Listener {
  return (incoming, outgoing) => {
    void respond();

    async function respond(): Promise<void> {
      const progress: Progress = {};
      outgoing.setHeader('Date', new Date(parts.clock.nowMs()).toUTCString());
      let answer: ForwardedAnswer;
      try {
        answer = await handle(parts, incoming, outgoing, progress);
      } catch (error) {
        answer = refuse(parts, toStorageError(error), incoming, outgoing);
      }
      parts.journal.record({
        kind: 'request',
        door: 'blob',
        method: incoming.method ?? 'GET',
        host: incoming.headers.host ?? '',
        target: incoming.url ?? '/',
        ...answer,
        ...progress,
      });
    }
  };
}

async function handle(
  parts: BlobProxyParts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  progress: Progress,
): Promise<ForwardedAnswer> {
  const { headers, method = 'GET', url = '/' } = incoming;
  const account = parts.accounts.findByHost(headers.host ?? '');
  // Pretend: in Azure the name of an account that is not there does not resolve; here it does, and gets this answer.
  if (!account)
    throw new StorageError(404, 'ResourceNotFound', 'There is no such storage account.');
  const target = parseBlobTarget(url);
  const credentials = await authenticateBlobRequest(parts, account, incoming, target);
  if (credentials.kind !== 'key') progress.principalId = credentials.principalId;
  const call: BlobCall = { account, target, headers, operation: findBlobOperation(method, target) };

  if (credentials.kind === 'key') {
    return forwardUnchanged(parts.client, call, incoming, outgoing);
  }
  const { onlyNewBlob } = await authorizeBlobRequest(
    parts.access,
    credentials.principalId,
    call,
    () => parts.client.blobExists(account, target.path),
  );
  if (call.operation.name === 'Get User Delegation Key') {
    return answerUserDelegationKey(parts, credentials, incoming, outgoing);
  }
  const allowed = { ...call, credentials, onlyNewBlob };
  return forwardAllowed(parts, allowed, incoming, outgoing);
}

function refuse(
  { clock }: BlobProxyParts,
  error: ServiceError,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): ForwardedAnswer {
  const { status, reason, headers, body } = renderStorageError(error, clock.nowMs());
  if (outgoing.headersSent) outgoing.destroy();
  else {
    // Azure: a 401 has neither x-ms-version nor x-ms-client-request-id [R40].
    const { server, ...echoed } = azureHeaders(incoming);
    const isHead = incoming.method === 'HEAD';
    // No content type without a body: .NET would parse it (StorageRequestFailedDetailsParser of Azure.Storage).
    const { 'Content-Type': _type, 'Content-Length': _length, ...bodiless } = headers;
    outgoing.writeHead(status, reason, {
      server,
      ...(status !== 401 && echoed),
      ...(isHead ? bodiless : headers),
    });
    outgoing.end(isHead ? undefined : body);
  }
  return { status, code: error.code };
}

function toStorageError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  console.error('embedded Azure: unexpected error in blob storage', error);
  return new StorageError(
    500,
    'InternalError',
    'The server encountered an internal error. Please retry the request.',
    { cause: error },
  );
}
