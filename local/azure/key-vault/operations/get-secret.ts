import { secretDisabled } from '../errors.ts';
import { toSecretBundle } from '../secret-bundle.ts';
import { permissions, type VaultCall, type VaultOperation } from '../vault-operation.ts';

/**
 * Azure: a disabled secret is 403; outside of nbf and exp a get still works
 * (https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations).
 */
function run({ vault, name, version }: VaultCall) {
  const found = vault.getVersion(name, version);
  if (!found.attributes.enabled) throw secretDisabled();
  return { status: 200, body: toSecretBundle(vault, vault.get(name), found) };
}

export const getSecret: VaultOperation = {
  method: 'GET',
  path: 'secrets/:name',
  permission: permissions.getSecret,
  run,
};

export const getSecretVersion: VaultOperation = { ...getSecret, path: 'secrets/:name/:version' };
