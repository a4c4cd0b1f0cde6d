import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { createAccess } from '../../../../../local/azure/access/authorize.ts';
import type { Principal } from '../../../../../local/azure/directory.ts';
import { logIn } from '../../../../../local/azure/sql/security/login/log-in.ts';
import type { FirewallRule } from '../../../../../local/azure/sql/security/login/login-server.ts';
import { sidOf } from '../../../../../local/azure/sql/security/sid.ts';
import { type LoginRequest, SqlLoginError } from '../../../../../local/azure/tds/sql-session.ts';
import { ownerRoleId } from '../../../../../local/azure/tenant.ts';
import { openSqlDatabase, type TestDatabase } from '../../../../support/sql-database.ts';
import {
  otherUserAssigned,
  systemAssigned,
  tenantId,
  userAssigned,
} from '../../tokens/embedded-tenant.ts';
import { claimForgeries } from '../../tokens/forgeries/claims.ts';
import { shapeForgeries } from '../../tokens/forgeries/shape.ts';
import { signatureForgeries } from '../../tokens/forgeries/signature.ts';
import { type Bench, createBench } from '../../tokens/token-bench.ts';

const serverId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql-x';
const insideAzure: FirewallRule = {
  name: 'AllowAllWindowsAzureIps',
  startIpAddress: '0.0.0.0',
  endIpAddress: '0.0.0.0',
};
const sidText = (guid: string) => `0x${Buffer.from(sidOf(guid)).toString('hex')}`;
const generic = "Login failed for user '<token-identified principal>'.";

describe('Login', () => {
  let bench: Bench;
  let databases: Record<'master' | 'inventory', TestDatabase>;
  let firewallRules: FirewallRule[];
  let publicNetworkAccess: 'Enabled' | 'Disabled';
  let azureADOnlyAuthentication: boolean;
  let administrator: { login: string; sid: string; principalType: 'Application'; tenantId: string };
  let isPaused: boolean;
  let collation: string;

  before(async () => {
    bench = await createBench('sql');
  });

  beforeEach(() => {
    databases = { master: openSqlDatabase({ name: 'master' }), inventory: openSqlDatabase() };
    firewallRules = [insideAzure];
    publicNetworkAccess = 'Enabled';
    azureADOnlyAuthentication = true;
    isPaused = false;
    collation = 'SQL_Latin1_General_CP1_CI_AS';
    administrator = {
      login: 'admin',
      sid: systemAssigned.principalId,
      principalType: 'Application',
      tenantId,
    };
  });

  const services = () => ({
    ...bench.tenant,
    findServer: (name: string) =>
      name.toLowerCase() === 'sql-x'
        ? {
            settings: {
              name: 'sql-x',
              resourceId: serverId,
              administrator,
              azureADOnlyAuthentication,
              publicNetworkAccess,
            },
            firewallRules,
            findDatabase: (database: string) => {
              const key = database.toLowerCase();
              if (key !== 'master' && key !== 'inventory') return undefined;
              return {
                name: key,
                resourceId: `${serverId}/databases/${key}`,
                state: databases[key].store.committed,
                isPaused: () => isPaused,
                collation,
              };
            },
          }
        : undefined,
  });

  const attempt = (more: Partial<LoginRequest> = {}) =>
    logIn(
      {
        serverName: 'sql-x.database.windows.net',
        database: 'inventory',
        credential: { kind: 'token', token: bench.genuine },
        applicationName: 'test',
        hostName: 'test',
        clientAddress: '127.0.0.1',
        ...more,
      },
      services(),
    );

  const tokenOf = async (principal: Principal, audience = bench.audience) => {
    const { accessToken } = await bench.tenant.tokens.issue(principal, audience);
    return { credential: { kind: 'token', token: accessToken } } as const;
  };

  const refused = (promise: Promise<unknown>, ...numbers: readonly number[]) =>
    assert.rejects(promise, (error: unknown) => {
      assert.ok(error instanceof SqlLoginError, String(error));
      assert.deepEqual(
        error.messages.map(({ number }) => number),
        numbers,
      );
      return true;
    });

  const addUser = (guid = userAssigned.clientId, type = 'E') =>
    databases.inventory.run(`CREATE USER app WITH SID = ${sidText(guid)}, TYPE = ${type}`);

  it('keeps a SID as Guid.ToByteArray() writes it', () => {
    const sid = sidText('01234567-89ab-cdef-0123-456789abcdef');
    assert.equal(sid, '0x67452301ab89efcd0123456789abcdef');
  });

  it('takes an identity in by its client id, in this database only', async () => {
    await refused(attempt(), 18456);
    addUser();
    const { identity, database } = await attempt();
    assert.deepEqual(identity.principalIds, [5]);
    assert.equal(identity.loginName, `${userAssigned.clientId}@${tenantId}`);
    assert.equal(database.name, 'inventory');
    await refused(attempt({ database: 'master' }), 18456);
    await refused(attempt({ database: '' }), 18456);
    await refused(attempt(await tokenOf(otherUserAssigned)), 18456);
  });

  it('takes both spellings of the audience', async () => {
    addUser();
    await attempt(await tokenOf(userAssigned, 'https://database.windows.net/'));
    await attempt(await tokenOf(userAssigned, 'https://database.windows.net'));
    await refused(attempt(await tokenOf(userAssigned, 'https://vault.azure.net')), 18456);
  });

  it('refuses the classic mistake: the principal id as SID', async () => {
    addUser(userAssigned.principalId);
    await assert.rejects(attempt(), { message: generic });
  });

  it('refuses a user that may not connect any more, and one that was dropped', async () => {
    addUser();
    databases.inventory.run('DENY CONNECT TO app');
    await refused(attempt(), 18456);
    databases.inventory.run('GRANT CONNECT TO app');
    await attempt();
    databases.inventory.run('DROP USER app');
    await refused(attempt(), 18456);
  });

  it('makes the administrator dbo everywhere, and nobody else by a role in Azure', async () => {
    const admin = await tokenOf(systemAssigned);
    for (const database of ['master', 'inventory']) {
      assert.deepEqual((await attempt({ ...admin, database })).identity.principalIds, [1]);
    }
    createAccess({ journal: bench.tenant.journal }).addAssignment({
      id: `${serverId}/providers/Microsoft.Authorization/roleAssignments/1`,
      scope: '/subscriptions/s',
      principalId: userAssigned.principalId,
      roleDefinitionId: ownerRoleId,
    });
    await refused(attempt(), 18456);
    administrator = { ...administrator, tenantId: '99999999-0000-cccc-1111-dddd2222eeee' };
    await refused(attempt(admin), 18456);
  });

  it('lets members of a group in, by the group’s user or as administrator', async () => {
    const group = {
      principalId: '77777777-0000-0000-0000-000000000001',
      clientId: '',
      kind: 'Group',
      displayName: 'team',
    } as const;
    bench.tenant.directory.add(group);
    databases.inventory.run(`CREATE USER team WITH SID = ${sidText(group.principalId)}, TYPE = X`);
    await refused(attempt(), 18456);
    bench.tenant.directory.addMember(group.principalId, userAssigned.principalId);
    assert.deepEqual((await attempt()).identity.principalIds, [5]);
    administrator = { ...administrator, sid: group.principalId };
    assert.deepEqual((await attempt()).identity.principalIds, [1]);
    bench.tenant.directory.remove(group.principalId);
    await refused(attempt(), 18456);
  });

  it('names a server that is not there', () =>
    refused(attempt({ serverName: 'other.database.windows.net' }), 40532));

  it('says 4060, then 18456, for a database that is not there', async () => {
    await refused(attempt({ database: 'nope' }), 4060, 18456);
  });

  it('lets nobody into a database of another collation, which would compare by the default one', async () => {
    addUser();
    collation = 'sql_latin1_general_cp1_ci_as';
    await attempt();
    collation = 'Latin1_General_100_CS_AS';
    await assert.rejects(
      attempt(),
      /^SqlLoginError: 'collation Latin1_General_100_CS_AS' of database 'inventory' is not supported by this local stand-in/,
    );
    await refused(attempt(), 40514);
  });

  it('lets in from where a firewall rule says', async () => {
    addUser();
    const from = (clientAddress: string) => attempt({ clientAddress });
    await from('::1');
    await from('::ffff:127.0.0.1');
    await refused(from('203.0.113.7'), 40615);
    firewallRules = [
      { name: 'office', startIpAddress: '203.0.113.0', endIpAddress: '203.0.113.7' },
    ];
    await from('203.0.113.7');
    await refused(from('203.0.113.8'), 40615);
    await assert.rejects(from('127.0.0.1'), /Client with IP address '127\.0\.0\.1' is not allowed/);
    firewallRules = [];
    await refused(from('127.0.0.1'), 40615);
  });

  it('refuses everybody while public access is disabled', async () => {
    publicNetworkAccess = 'Disabled';
    await refused(attempt(await tokenOf(systemAssigned)), 47073);
  });

  it('refuses passwords in the words of an Entra-only server', async () => {
    const password = { credential: { kind: 'password', userName: 'sa' } } as const;
    await assert.rejects(attempt(password), {
      message:
        "Login failed for user 'sa'. Reason: Azure Active Directory only authentication is enabled. Please contact your system administrator.",
    });
    azureADOnlyAuthentication = false;
    await assert.rejects(attempt(password), { message: "Login failed for user 'sa'." });
    await refused(attempt({ credential: { kind: 'none' } }), 18456);
  });

  it('says 40613 while the database sleeps, and to nobody without a token', async () => {
    addUser();
    isPaused = true;
    await refused(attempt(), 40613);
    await refused(attempt({ credential: { kind: 'token', token: `${bench.genuine}x` } }), 18456);
    isPaused = false;
    await attempt();
  });

  it('writes down every decision, and no token', async () => {
    const { journal } = bench.tenant;
    addUser();
    const since = journal.position;
    await attempt();
    await refused(attempt({ database: 'master' }), 18456);
    const decisions = journal.since(since).filter(({ kind }) => kind === 'decision');
    assert.deepEqual(
      decisions.map((entry) => 'allowed' in entry && entry.allowed),
      [true, false],
    );
    assert.ok(!JSON.stringify(decisions).includes(bench.genuine.slice(0, 20)));
  });

  for (const { name, make } of [...signatureForgeries, ...shapeForgeries, ...claimForgeries]) {
    it(`refuses ${name}`, async () => {
      addUser();
      const made = await make(bench);
      for (const token of typeof made === 'string' ? [made] : made) {
        await refused(attempt({ credential: { kind: 'token', token } }), 18456);
      }
      await attempt();
    });
  }
});
