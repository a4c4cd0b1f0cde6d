// A client of Azure that knows nothing of the embedded one: the unmodified SDKs and the environment.
import { DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';

const credential = new DefaultAzureCredential({
  managedIdentityClientId: process.env.AZURE_CLIENT_ID,
});
const client = new SecretClient(process.env.KEY_VAULT_URL, credential);
const { name, value } = await client.getSecret('demo');
console.log(JSON.stringify({ name, length: value.length }));
