import type { Access } from '../access/access.ts';
import type { Principal } from '../directory.ts';
import type { Journal } from '../journal.ts';
import { authorizeVaultCall } from './authorize-vault-call.ts';
import { readVersion } from './operations/get-secret.ts';
import type { Vault } from './vault.ts';
import { permissions } from './vault-operation.ts';

export interface SecretAuthority {
  readonly access: Access;
  readonly journal: Journal;
}

/**
 * A get of a secret by a service of Azure in its identity's name: decided, and refused, as the same get at the door.
 * The latest version if none is named. Throws ServiceError with Key Vault's code and words.
 */
export function readSecretAs(
  authority: SecretAuthority,
  { principalId, clientId }: Principal,
  vault: Vault,
  { secretName, version }: { readonly secretName: string; readonly version?: string },
): { value: string; contentType?: string } {
  const { tenantId } = vault.settings;
  const caller = {
    principalId,
    clientId,
    tenantId,
    audience: 'https://vault.azure.net',
    issuer: `https://sts.windows.net/${tenantId}/`,
  };
  authorizeVaultCall(authority, caller, vault, permissions.getSecret, secretName);
  const { value, contentType } = readVersion(vault, secretName, version);
  return { value, ...(contentType !== undefined && { contentType }) };
}
