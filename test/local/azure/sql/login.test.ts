import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sql from 'mssql';
import { addIdentity } from '../../../support/local-azure.ts';
import {
  accessToken,
  databaseId,
  tokenCredential,
  useSqlServer,
} from '../../../support/sql-server.ts';
import { sidLiteral } from '../../../support/sql-session.ts';

const { azure, connect, config, deploy, admin } = await useSqlServer();
const app = addIdentity(azure, 'app');
const wrongSid = addIdentity(azure, 'wrong-sid');
const stranger = addIdentity(azure, 'stranger');
await deploy(
  `CREATE USER [app] WITH SID = ${sidLiteral(app.clientId)}, TYPE = E;
   CREATE USER [wrong-sid] WITH SID = ${sidLiteral(wrongSid.principalId)}, TYPE = E`,
);

const refused = async (promise: Promise<unknown>, message: RegExp | string) =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof sql.ConnectionError, String(error));
    assert.equal(error.code, 'ELOGIN');
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
const nobody = "Login failed for user '<token-identified principal>'.";

describe('Login by unmodified mssql', () => {
  for (const encrypt of ['strict', true] as const) {
    for (const [kind, authenticationOf] of [
      ['token-credential', tokenCredential],
      ['access-token', accessToken],
    ] as const) {
      it(`lets in the user of the token: ${kind}, encrypt ${encrypt}`, async () => {
        const pool = await connect(app, {
          authentication: await authenticationOf(azure, app),
          options: { encrypt: encrypt as boolean },
        });
        const { recordset } = await pool.query(
          'SELECT SUSER_SNAME() AS login, ORIGINAL_LOGIN() AS original, USER_NAME() AS [user], DB_NAME() AS [database], @@VERSION AS version',
        );
        const [{ version, ...who }] = recordset;
        const login = `${app.clientId}@${azure.directory.tenantId}`;
        assert.deepEqual(who, { login, original: login, user: 'app', database: 'inventory' });
        assert.match(version, /^Microsoft SQL Azure .* stand-in/);
      });
    }
  }

  it('makes the administrator dbo, in master as well', async () => {
    for (const database of ['inventory', 'master']) {
      const pool = await connect(admin, { database });
      const { recordset } = await pool.query('SELECT USER_NAME() AS u, DB_NAME() AS d');
      assert.deepEqual(recordset, [{ u: 'dbo', d: database }]);
    }
  });

  it('refuses who is no user of the database, or has the principal id as SID instead of the client id', async () => {
    await refused(connect(stranger), nobody);
    await refused(connect(wrongSid), nobody);
    await refused(connect(app, { database: 'master' }), nobody);
  });

  it('refuses passwords, tokens of another audience, forged ones, and an unknown database', async () => {
    const { authentication: _token, ...plain } = await config(app);
    await refused(
      new sql.ConnectionPool({ ...plain, user: 'sa', password: 'secret' }).connect(),
      /^Login failed for user 'sa'\. Reason: Azure Active Directory only authentication is enabled/,
    );
    const withToken = (token: string) =>
      connect(app, {
        authentication: { type: 'azure-active-directory-access-token', options: { token } },
      });
    const forVault = await azure.tokens.issue(app, 'https://vault.azure.net');
    await refused(
      withToken(forVault.accessToken),
      /^Login failed for user '<token-identified principal>'/,
    );
    const genuine = await azure.tokens.issue(app, 'https://database.windows.net/');
    const [header, payload, signature = ''] = genuine.accessToken.split('.');
    const forged = `${header}.${payload}.${signature.split('').reverse().join('')}`;
    await refused(withToken(forged), nobody);
    await refused(connect(app, { database: 'nowhere' }), nobody);
  });

  it('takes `localhost` and the port of the door for the one server that there is', async () => {
    const pool = await connect(app, { server: 'localhost', port: azure.ports.sql ?? 0 });
    const { recordset } = await pool.query('SELECT @@SERVERNAME AS server');
    assert.deepEqual(recordset, [{ server: 'sql-test' }]);
  });

  it('names the address that no firewall rule covers', async () => {
    const rule = { serverName: 'sql-test', name: 'AllowAllWindowsAzureIps' };
    azure.sql.removeFirewallRule(rule.serverName, rule.name);
    await refused(
      connect(app),
      /^Cannot open server 'sql-test' requested by the login\. Client with IP address '127\.0\.0\.1' is not allowed/,
    );
    azure.sql.putFirewallRule({ ...rule, startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' });
    await connect(app);
  });

  it('refuses a database that sleeps, as long as it does', async () => {
    azure.behaviour.set({ pausedDatabases: [databaseId] });
    // tedious tries a transient error again by itself.
    const options = { maxRetriesOnTransientErrors: 0 };
    await refused(
      connect(app, { options }),
      /^Database 'inventory' on server 'sql-test' is not currently available/,
    );
    azure.behaviour.set({ pausedDatabases: ['*databases/other'] });
    await connect(app, { options });
    for (const order of ['*', [1], { 0: '*' }]) {
      assert.throws(() => azure.behaviour.set({ pausedDatabases: order as unknown as string[] }), {
        code: 'InvalidBehaviourOrder',
      });
    }
  });

  it('is in the journal, with the reason of a refusal and never the token', async () => {
    const from = azure.journal.position;
    await refused(connect(stranger), nobody);
    await connect(app);
    const decisions = azure.journal
      .since(from)
      .filter((entry) => entry.kind === 'decision')
      .map((entry) => ('allowed' in entry ? [entry.allowed, entry.principalId, entry.scope] : []));
    assert.deepEqual(decisions, [
      [false, stranger.principalId, databaseId],
      [true, app.principalId, databaseId],
    ]);
    assert.doesNotMatch(JSON.stringify(azure.journal.since(from)), /eyJ/);
  });
});
