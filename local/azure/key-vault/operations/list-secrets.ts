import { pageOf } from '../page.ts';
import { toSecretItem, toVersionItem } from '../secret-bundle.ts';
import { permissions, type VaultOperation } from '../vault-operation.ts';

export const listSecrets: VaultOperation = {
  method: 'GET',
  path: 'secrets',
  permission: permissions.list,
  run(call) {
    const { vault } = call;
    return pageOf(
      call,
      vault.list(),
      ({ name }) => name.toLowerCase(),
      (secret) => toSecretItem(vault, secret),
    );
  },
};

/** Azure: versions come by their ids, not by time [R28]. */
export const listSecretVersions: VaultOperation = {
  method: 'GET',
  path: 'secrets/:name/versions',
  permission: permissions.list,
  run(call) {
    const { vault, name } = call;
    const secret = vault.get(name);
    return pageOf(
      call,
      [...secret.versions].sort((left, right) => (left.version < right.version ? -1 : 1)),
      ({ version }) => version,
      (version) => toVersionItem(vault, secret, version),
    );
  },
};
