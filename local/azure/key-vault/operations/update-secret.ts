import { parseSecretChanges } from '../secret-body.ts';
import { toVersionItem } from '../secret-bundle.ts';
import { permissions, type VaultCall, type VaultOperation } from '../vault-operation.ts';

function run({ vault, name, version, body }: VaultCall) {
  const changed = vault.update(name, version, parseSecretChanges(body));
  return { status: 200, body: toVersionItem(vault, vault.get(name), changed) };
}

/** Azure's SDKs send `/secrets/n/` when they mean the latest version. */
export const updateSecret: VaultOperation = {
  method: 'PATCH',
  path: 'secrets/:name',
  permission: permissions.update,
  run,
};

export const updateSecretVersion: VaultOperation = {
  ...updateSecret,
  path: 'secrets/:name/:version',
};
