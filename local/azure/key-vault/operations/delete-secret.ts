import { toDeletedItem } from '../secret-bundle.ts';
import { permissions, type VaultOperation } from '../vault-operation.ts';

export const deleteSecret: VaultOperation = {
  method: 'DELETE',
  path: 'secrets/:name',
  permission: permissions.delete,
  run({ vault, name }) {
    // Pretend: the deleted secret can be seen at once; in Azure `/deletedsecrets/n` is 404 for some seconds.
    return { status: 200, body: toDeletedItem(vault, vault.delete(name), { withVersion: true }) };
  },
};
