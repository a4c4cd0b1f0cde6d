import type { ServiceResponse } from '../http/json-service.ts';
import type { VaultPermission } from './authorize-vault-call.ts';
import type { Vault } from './vault.ts';

/** A call that is known, authenticated and allowed. */
export interface VaultCall {
  readonly vault: Vault;
  /** '' where the path names no secret. */
  readonly name: string;
  readonly version?: string;
  readonly url: URL;
  readonly body: Buffer;
}

/** One operation of the data plane: where it lives, what it needs, what it does. */
export interface VaultOperation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** `secrets/:name/:version`; literal segments win over parameters by order in the table. */
  readonly path: string;
  readonly permission: VaultPermission;
  readonly run: (call: VaultCall) => ServiceResponse;
}

/** https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault */
export const permissions = {
  getSecret: { action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', policy: 'get' },
  setSecret: { action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action', policy: 'set' },
  update: { action: 'Microsoft.KeyVault/vaults/secrets/update/action', policy: 'set' },
  delete: { action: 'Microsoft.KeyVault/vaults/secrets/delete', policy: 'delete' },
  list: { action: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action', policy: 'list' },
  // Pretend: that reading a deleted secret's properties needs readMetadata. The policy permission is documented.
  getDeleted: { action: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action', policy: 'get' },
  recover: { action: 'Microsoft.KeyVault/vaults/secrets/recover/action', policy: 'recover' },
  purge: { action: 'Microsoft.KeyVault/vaults/secrets/purge/action', policy: 'purge' },
  backup: { action: 'Microsoft.KeyVault/vaults/secrets/backup/action', policy: 'backup' },
  restore: { action: 'Microsoft.KeyVault/vaults/secrets/restore/action', policy: 'restore' },
} as const satisfies Record<string, VaultPermission>;
