// `npm run grant-database`: makes the tables and the app's user in the database, where the deployment has not
// (grantDatabaseByScript: false). It can be run again. Needs the sign-in of the server's administrator.
//   under azd                            the outputs of the deployment are in the environment
//   npm run grant-database -- FILE       or in a file, made by `az deployment group show --query properties.outputs`
import { readFile } from 'node:fs/promises';
import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
} from '@azure/identity';
import { runBatches } from './run-batches.ts';
import { sqlBatches } from './sql-batches.ts';

const file = process.argv[2];
try {
  console.log(await grantDatabase(file === undefined ? process.env : await readOutputs(file)));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

/** Returns what was done, in a sentence. */
async function grantDatabase(
  outputs: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const server = outputs.SQL_SERVER;
  const database = outputs.SQL_DATABASE;
  if (server === undefined || database === undefined) {
    throw new RangeError(
      'SQL_SERVER and SQL_DATABASE are not set: run it under azd, or name a file with the outputs of the deployment.',
    );
  }
  if (server === '') return 'There is no database: nothing to do.';
  if (outputs.DATABASE_GRANTED?.toLowerCase() === 'true') {
    return 'The deployment has made the tables and the user itself: nothing to do.';
  }
  const { DATABASE_USER: user = '', DATABASE_USER_SID: sid = '' } = outputs;
  const batches = await sqlBatches({ user, sid });
  const developer = [new AzureDeveloperCliCredential(), new AzureCliCredential()];
  // Whoever has deployed with az is signed in with az, perhaps as someone else than with azd.
  const inOrder = file === undefined ? developer : developer.toReversed();
  const credential = new ChainedTokenCredential(...inOrder, new AzurePowerShellCredential());
  await runBatches({ server, database, batches, credential });
  return `${user} may use ${server}/${database} now.`;
}

/** `{ NAME: { type, value } }`, as az writes it. */
async function readOutputs(path: string): Promise<Readonly<Record<string, string>>> {
  const outputs: Readonly<Record<string, { readonly value?: unknown }>> = JSON.parse(
    await readFile(path, 'utf8'),
  );
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value }]) => [name.toUpperCase(), String(value)]),
  );
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Azure: error 40615. https://learn.microsoft.com/azure/azure-sql/database/firewall-configure
  const [, address] = /Client with IP address '([\d.]+)' is not allowed/.exec(message) ?? [];
  if (address === undefined) return message;
  return `${message}\nThe server lets in what runs in Azure alone. Let this machine in for as long as it takes:\n  az sql server firewall-rule create --resource-group <group> --server <server> --name grant-database --start-ip-address ${address} --end-ip-address ${address}`;
}
