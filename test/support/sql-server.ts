// Azure SQL of the embedded Azure with one server and one database, reached by unmodified `mssql` under its own name.
import { after } from 'node:test';
import sql from 'mssql';
import type { Principal } from '../../local/azure/directory.ts';
import type { AzureOptions, LocalAzure } from '../../local/azure/start-azure.ts';
import { addIdentity, credentialOf, groupId, useLocalAzure } from './local-azure.ts';

export const SERVER = 'sql-test.database.windows.net';
export const serverId = `${groupId('rg-test')}/providers/Microsoft.Sql/servers/sql-test`;
export const databaseId = `${serverId}/databases/inventory`;

export interface SqlServer {
  readonly azure: LocalAzure;
  /** The server's administrator. */
  readonly admin: Principal;
  /** A pool of one connection, closed after the last test. */
  connect(principal: Principal, options?: Partial<sql.config>): Promise<sql.ConnectionPool>;
  config(principal: Principal, options?: Partial<sql.config>): Promise<sql.config>;
  /** The administrator runs batches. */
  deploy(...batches: readonly string[]): Promise<void>;
}

/** Call it at the top level of a file. */
export async function useSqlServer(options: Partial<AzureOptions> = {}): Promise<SqlServer> {
  const azure = await useLocalAzure(options);
  const admin = addIdentity(azure, 'sql-admin');
  const pools: sql.ConnectionPool[] = [];
  after(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
  });
  await deployServer(azure, admin);
  const config = async (principal: Principal, more: Partial<sql.config> = {}) => ({
    ...{ server: SERVER, database: 'inventory', requestTimeout: 30_000 },
    authentication: await accessToken(azure, principal),
    ...more,
    pool: { max: 1, ...more.pool },
    options: { encrypt: 'strict' as unknown as boolean, ...more.options },
  });
  return {
    azure,
    admin,
    config,
    async connect(principal, more = {}) {
      const pool = new sql.ConnectionPool(await config(principal, more));
      pool.on('error', () => {});
      pools.push(pool);
      return pool.connect();
    },
    async deploy(...batches) {
      const { accessToken: token } = await azure.tokens.issue(
        admin,
        'https://database.windows.net/',
      );
      await azure.sql.runScript({
        ...{ serverName: 'sql-test', databaseName: 'inventory', accessToken: token, batches },
      });
    },
  };
}

/** As ARM would: the server, the rule for the inside of Azure, the database. */
export async function deployServer(azure: LocalAzure, admin: Principal): Promise<void> {
  await azure.sql.putServer({
    ...{ name: 'sql-test', resourceId: serverId },
    administrator: {
      ...{ login: admin.displayName, sid: admin.clientId },
      ...{ principalType: 'Application', tenantId: azure.directory.tenantId },
    },
    ...{ azureADOnlyAuthentication: true, publicNetworkAccess: 'Enabled' },
  });
  azure.sql.putFirewallRule({
    ...{ serverName: 'sql-test', name: 'AllowAllWindowsAzureIps' },
    ...{ startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' },
  });
  await azure.sql.putDatabase({
    ...{ serverName: 'sql-test', name: 'inventory', resourceId: databaseId },
    ...{ collation: 'SQL_Latin1_General_CP1_CI_AS', maxSizeBytes: 1e9, isServerless: false },
  });
}

type Authentication = NonNullable<sql.config['authentication']>;

/** One fixed token. */
export async function accessToken(
  azure: LocalAzure,
  principal: Principal,
): Promise<Authentication> {
  const { accessToken: token } = await azure.tokens.issue(
    principal,
    'https://database.windows.net/',
  );
  return { type: 'azure-active-directory-access-token', options: { token } };
}

/** A credential that the client asks for a token. */
export function tokenCredential(azure: LocalAzure, principal: Principal): Authentication {
  const options = { credential: credentialOf(azure, principal) };
  return { type: 'token-credential', options } as unknown as Authentication;
}
