// Refused logins, in Azure SQL's words.
// Source: https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
import type { SqlMessage } from '../../../tds/sql-error.ts';
import { notInSubset } from '../../tsql/syntax-error.ts';

export const noSuchServer = (server: string): SqlMessage => ({
  number: 40532,
  state: 1,
  class: 20,
  message: `Cannot open server "${server}" requested by the login.  The login failed.`,
});

export const firewallRefused = (server: string, address: string): SqlMessage => ({
  number: 40615,
  state: 1,
  class: 14,
  message: `Cannot open server '${server}' requested by the login. Client with IP address '${address}' is not allowed to access the server.  To enable access, use the Azure Management Portal or run sp_set_firewall_rule on the master database to create a firewall rule for this IP address or address range.  It may take up to five minutes for this change to take effect.`,
});

/** [https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings]; state 172: Microsoft's own runbook. */
export const publicAccessDenied = (): SqlMessage => ({
  number: 47073,
  state: 172,
  class: 14,
  message:
    'An instance-specific error occurred while establishing a connection to SQL Server. The public network interface on this server is not accessible. To connect to this server, use the Private Endpoint from inside your virtual network.',
});

const tokenUser = '<token-identified principal>';

/** [dotnet/SqlClient#3707]. `reason`: a sentence that Azure adds. */
export const tokenLoginFailed = (reason = ''): SqlMessage => ({
  number: 18456,
  state: 1,
  class: 14,
  message: `Login failed for user '${tokenUser}'.${reason === '' ? '' : ` ${reason}`}`,
});

/** Passwords at a server with Microsoft Entra-only authentication. */
export const passwordRefused = (userName: string): SqlMessage => ({
  number: 18456,
  state: 1,
  class: 14,
  message: `Login failed for user '${userName}'. Reason: Azure Active Directory only authentication is enabled. Please contact your system administrator.`,
});

export const loginFailed = (userName: string): SqlMessage => ({
  number: 18456,
  state: 1,
  class: 14,
  message: `Login failed for user '${userName}'.`,
});

/** Pretend: 18456 follows it, as SQL Server is believed to send; clients show the last one. */
export const noSuchDatabase = (database: string): SqlMessage => ({
  number: 4060,
  state: 1,
  class: 11,
  message: `Cannot open database "${database}" requested by the login. The login failed.`,
});

/** Pretend: Azure SQL has thousands of collations; here a database would compare its text by another one than it says. */
export const collationNotServed = (database: string, collation: string): SqlMessage => ({
  number: 40514,
  state: 1,
  class: 16,
  message: `'collation ${collation}' of database '${database}' ${notInSubset}`,
});

export const databaseUnavailable = (
  database: string,
  server: string,
  sessionId: string,
): SqlMessage => ({
  number: 40613,
  state: 1,
  class: 17,
  message: `Database '${database}' on server '${server}' is not currently available.  Please retry the connection later.  If the problem persists, contact customer support, and provide them the session tracing ID of '${sessionId}'.`,
});
