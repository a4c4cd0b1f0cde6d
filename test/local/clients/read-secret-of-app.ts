// The app's own credential and vault client, on a machine of which only the environment is known.
import { createCredential } from '../../../shared/credential.ts';
import { createKeyVault } from '../../../shared/key-vault.ts';

const { AZURE_CLIENT_ID: clientId, VAULT_URL = '' } = process.env;
const credential = createCredential(
  clientId ? { kind: 'userAssigned', clientId } : { kind: 'systemAssigned' },
);
const { name, length } = await createKeyVault(
  new URL(VAULT_URL),
  credential,
  () => undefined,
).readSecret('demo');
console.log(JSON.stringify({ name, length }));
