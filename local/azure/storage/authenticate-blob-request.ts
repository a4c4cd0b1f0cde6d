import type { IncomingMessage } from 'node:http';
import type { Directory } from '../directory.ts';
import { storageAudiences } from '../tokens/audiences.ts';
import { TokenError, type Tokens } from '../tokens/tokens.ts';
import type { BlobTarget } from './parse-blob-request.ts';
import type { StorageAccount } from './storage-accounts.ts';
import {
  authenticationFailed,
  invalidToken,
  keysNotPermitted,
  noAuthentication,
  publicAccessNotPermitted,
  StorageError,
} from './storage-error.ts';

/** Who asks, and how they have shown it. */
export type Credentials =
  /** A verified Entra token. */
  | { readonly kind: 'token'; readonly principalId: string }
  /** A SAS signed with a user delegation key: Azurite checks the signature, roles still count. */
  | { readonly kind: 'delegation'; readonly principalId: string }
  /** An account key or a SAS made with one: Azurite checks the signature, which is all there is to check. */
  | { readonly kind: 'key' };

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#bearer-challenge */
const CHALLENGE_SINCE = '2019-12-12';
const BEARER_SINCE = '2017-11-09';

/** Throws StorageError. */
export async function authenticateBlobRequest(
  { tokens, directory }: { tokens: Tokens; directory: Directory },
  account: StorageAccount,
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  { signature }: BlobTarget,
): Promise<Credentials> {
  const { authorization } = headers;
  const version = String(headers['x-ms-version'] ?? '');
  if (authorization === undefined) {
    if (signature.size > 0) return authenticateSignature(directory, account, signature);
    // Pretend: public access is off on every account.
    throw version >= CHALLENGE_SINCE
      ? noAuthentication(directory.tenantId)
      : publicAccessNotPermitted();
  }
  if (/^SharedKey(Lite)? /i.test(authorization)) return requireKeys(account);
  if (!/^Bearer\b/i.test(authorization)) {
    throw new StorageError(
      400,
      'InvalidAuthenticationInfo',
      'Authentication information is not given in the correct format. Check the value of Authorization header.',
    );
  }
  if (version < BEARER_SINCE) {
    throw authenticationFailed('Authentication scheme Bearer is not supported in this version.');
  }
  try {
    const { principalId } = await tokens.verifyRequest(rawHeaders, storageAudiences(account.name));
    return { kind: 'token', principalId };
  } catch (error) {
    throw error instanceof TokenError ? invalidToken(error, directory.tenantId) : error;
  }
}

function authenticateSignature(
  directory: Directory,
  account: StorageAccount,
  signature: ReadonlyMap<string, string>,
): Credentials {
  const signer = signature.get('skoid');
  if (signer === undefined) return requireKeys(account);
  const principal = directory.find(signer);
  if (!principal || signature.get('sktid')?.toLowerCase() !== directory.tenantId.toLowerCase()) {
    throw authenticationFailed('The signing principal is not known.'); // Pretend: the wording.
  }
  return { kind: 'delegation', principalId: principal.principalId };
}

function requireKeys({ allowSharedKeyAccess }: StorageAccount): Credentials {
  if (!allowSharedKeyAccess) throw keysNotPermitted();
  return { kind: 'key' };
}
