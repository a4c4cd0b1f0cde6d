import { parseSecretContent } from '../secret-body.ts';
import { toSecretBundle } from '../secret-bundle.ts';
import { permissions, type VaultOperation } from '../vault-operation.ts';

/** Every set is a new version. */
export const setSecret: VaultOperation = {
  method: 'PUT',
  path: 'secrets/:name',
  permission: permissions.setSecret,
  run({ vault, name, body }) {
    const version = vault.set(name, parseSecretContent(body));
    return { status: 200, body: toSecretBundle(vault, vault.get(name), version) };
  },
};
