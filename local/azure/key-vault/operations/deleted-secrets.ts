import { secretDisabled } from '../errors.ts';
import { pageOf } from '../page.ts';
import { latest, toDeletedItem, toVersionItem } from '../secret-bundle.ts';
import { permissions, type VaultOperation } from '../vault-operation.ts';

export const listDeletedSecrets: VaultOperation = {
  method: 'GET',
  path: 'deletedsecrets',
  permission: permissions.list,
  run(call) {
    const { vault } = call;
    return pageOf(
      call,
      vault.listDeleted(),
      ({ name }) => name.toLowerCase(),
      (secret) => toDeletedItem(vault, secret, { withVersion: false }),
    );
  },
};

export const getDeletedSecret: VaultOperation = {
  method: 'GET',
  path: 'deletedsecrets/:name',
  permission: permissions.getDeleted,
  run({ vault, name }) {
    const secret = vault.getDeleted(name);
    // Azure: also here (recording of keyvault-secrets, `can update a disabled secret`).
    if (!latest(secret).attributes.enabled) throw secretDisabled();
    return { status: 200, body: toDeletedItem(vault, secret, { withVersion: true }) };
  },
};

export const recoverDeletedSecret: VaultOperation = {
  method: 'POST',
  path: 'deletedsecrets/:name/recover',
  permission: permissions.recover,
  run({ vault, name }) {
    const secret = vault.recover(name);
    return { status: 200, body: toVersionItem(vault, secret, latest(secret)) };
  },
};

export const purgeDeletedSecret: VaultOperation = {
  method: 'DELETE',
  path: 'deletedsecrets/:name',
  permission: permissions.purge,
  run({ vault, name }) {
    vault.purge(name);
    return { status: 204 };
  },
};
