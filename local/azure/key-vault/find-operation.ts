import { ServiceError } from '../http/service-error.ts';
import { badParameter } from './errors.ts';
import { backupSecret, restoreSecret } from './operations/backup-secret.ts';
import { deleteSecret } from './operations/delete-secret.ts';
import {
  getDeletedSecret,
  listDeletedSecrets,
  purgeDeletedSecret,
  recoverDeletedSecret,
} from './operations/deleted-secrets.ts';
import { getSecret, getSecretVersion } from './operations/get-secret.ts';
import { listSecrets, listSecretVersions } from './operations/list-secrets.ts';
import { setSecret } from './operations/set-secret.ts';
import { updateSecret, updateSecretVersion } from './operations/update-secret.ts';
import type { VaultOperation } from './vault-operation.ts';

/** All that the door serves: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups */
export const vaultOperations: readonly VaultOperation[] = [
  listSecrets,
  listSecretVersions,
  getSecret,
  getSecretVersion,
  setSecret,
  updateSecret,
  updateSecretVersion,
  deleteSecret,
  backupSecret,
  restoreSecret,
  listDeletedSecrets,
  getDeletedSecret,
  recoverDeletedSecret,
  purgeDeletedSecret,
];

/** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning */
const NAME = /^[0-9A-Za-z-]{1,127}$/;

export interface FoundOperation {
  readonly operation: VaultOperation;
  /** '' where the path names no secret. */
  readonly name: string;
  readonly version?: string;
}

/** Throws BadParameter for a bad name, 501 for other kinds of vault objects, 404 and 405 for all else. */
export function findOperation(method: string, pathname: string): FoundOperation {
  const segments = pathname.replace(/^\//, '').replace(/\/$/, '').split('/').map(decode);
  const onPath = vaultOperations.flatMap((operation) => {
    const names = match(operation.path, segments);
    return names ? [{ operation, ...names }] : [];
  });
  const found = onPath.find(({ operation }) => operation.method === method);
  if (found) {
    if (found.operation.path.includes(':name')) assertName(found.name);
    return found;
  }
  // Pretend: the refusals of what is not served or not there.
  const [collection = ''] = segments;
  if (/^(keys|certificates|storage|deletedkeys|deletedcertificates)$/i.test(collection)) {
    const message = `The embedded Azure serves secrets only: ${method} /${collection} is not implemented.`;
    throw new ServiceError(501, 'NotImplemented', message);
  }
  if (onPath.length > 0) {
    throw new ServiceError(405, 'MethodNotAllowed', `${method} is not allowed on this resource.`);
  }
  throw new ServiceError(404, 'ResourceNotFound', 'There is no such resource in this vault.');
}

function match(
  path: string,
  segments: readonly string[],
): { name: string; version?: string } | undefined {
  const pattern = path.split('/');
  if (pattern.length !== segments.length) return undefined;
  const captured: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) captured[part.slice(1)] = segment;
    else if (part !== segment.toLowerCase()) return undefined;
  }
  const { name = '', version } = captured;
  return { name, ...(version !== undefined && { version }) };
}

/** Azure: `The request URI contains an invalid name: my_secret` (Azure SDK for Rust, error handling sample). */
function assertName(name: string): void {
  if (!NAME.test(name))
    throw badParameter(`The request URI contains an invalid name: ${echo(name)}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badParameter(`The request URI contains an invalid name: ${echo(segment)}`);
  }
}

/** At most 64 printable characters of what came in. */
function echo(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
