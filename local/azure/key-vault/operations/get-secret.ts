import { secretDisabled } from '../errors.ts';
import { toSecretBundle } from '../secret-bundle.ts';
import type { SecretVersion } from '../secret-version.ts';
import type { Vault } from '../vault.ts';
import { permissions, type VaultCall, type VaultOperation } from '../vault-operation.ts';

function run({ vault, name, version }: VaultCall) {
  const found = readVersion(vault, name, version);
  return { status: 200, body: toSecretBundle(vault, vault.get(name), found) };
}

/**
 * Azure: a disabled secret is 403; outside of nbf and exp a get still works
 * (https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations).
 */
export function readVersion(vault: Vault, name: string, version?: string): SecretVersion {
  const found = vault.getVersion(name, version);
  if (!found.attributes.enabled) throw secretDisabled();
  return found;
}

export const getSecret: VaultOperation = {
  method: 'GET',
  path: 'secrets/:name',
  permission: permissions.getSecret,
  run,
};

export const getSecretVersion: VaultOperation = { ...getSecret, path: 'secrets/:name/:version' };
