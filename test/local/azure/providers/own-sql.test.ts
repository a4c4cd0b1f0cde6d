// Our own template on the real engine: its script makes the tables and the user, and what the app may then is what
// infra/sql grants.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { createResourceManager } from '../../../../local/azure/resource-manager/create-resource-manager.ts';
import { createSql } from '../../../../local/azure/sql/run/create-sql.ts';
import { type ResultSink, SqlLoginError } from '../../../../local/azure/tds/sql-session.ts';
import type { SqlValue } from '../../../../local/azure/tds/sql-type.ts';
import { readOwnTemplate } from '../../../support/local-azure.ts';
import { addIdentity, createDoorParts, tenantId } from '../../../support/open-door.ts';
import {
  rememberAccounts,
  rememberVaults,
  roles,
  subscription,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';

const parts = await createDoorParts();
const folder = mkdtempSync(join(tmpdir(), 'own-sql-'));
const sql = createSql({ ...parts, databaseDirectory: () => folder });
after(() => {
  sql.stop();
  rmSync(folder, { recursive: true, force: true });
});
const manager = createResourceManager({
  ...parts,
  vaults: rememberVaults(),
  blobs: rememberAccounts(),
  sql: sql.dataPlane,
});
manager.addSubscription({ subscriptionId, displayName: 'Test' });
const owner = addIdentity(parts, [{ roleId: roles.owner, scope: subscription }]);
const HOUR_MS = 3_600_000;

async function deploy(name: string, parameters: Readonly<Record<string, unknown>> = {}) {
  manager.addResourceGroup({ subscriptionId, name, location: 'westeurope' });
  const values = { environmentName: name, ...parameters };
  return manager.deployments(true).start({
    name: 'main',
    scope: { tenantId, subscriptionId, resourceGroup: name, location: 'westeurope' },
    template: readOwnTemplate(),
    parameters: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])),
    caller: { ...owner, tenantId, audience: 'https://management.azure.com/', issuer: '' },
  }).done;
}

function find(group: string, pattern: RegExp) {
  const prefix = `${subscription}/resourceGroups/${group}/`;
  const found = manager.listResources().find(({ id }) => id.startsWith(prefix) && pattern.test(id));
  assert.ok(found, `${pattern} in ${group}`);
  return found;
}

function appOf(group: string): Principal {
  const { identity } = find(group, /\/Microsoft\.Web\/sites\/[^/]+$/);
  const [userAssigned] = Object.values(identity?.userAssignedIdentities ?? {});
  const principal = parts.directory.find(userAssigned?.principalId ?? identity?.principalId ?? '');
  assert.ok(principal);
  return principal;
}

interface Answer {
  readonly rows: readonly (readonly SqlValue[])[];
  /** SQL Server's number of the first error. */
  readonly number?: number;
}

/** What the database of a deployment says to a principal's genuine token. */
async function ask(group: string, principal: Principal, text: string): Promise<Answer> {
  const { name } = find(group, /\/Microsoft\.Sql\/servers\/[^/]+$/);
  const token = await parts.tokens.issue(principal, 'https://database.windows.net/');
  const { signal } = new AbortController();
  const rows: (readonly SqlValue[])[] = [];
  let number: number | undefined;
  const nothing = () => {};
  const sink: ResultSink = {
    columns: nothing,
    row: (values) => void rows.push(values),
    done: nothing,
    message: nothing,
    error: (error) => {
      number ??= error.number;
    },
    returnValue: nothing,
    returnStatus: nothing,
    environment: nothing,
  };
  try {
    const session = await sql.backend.login(
      {
        serverName: `${name}.database.windows.net`,
        database: 'inventory',
        credential: { kind: 'token', token: token.accessToken },
        applicationName: 'test',
        hostName: 'localhost',
        clientAddress: '127.0.0.1',
      },
      signal,
    );
    await session.executeBatch(text, sink, signal);
    session.close();
  } catch (error) {
    if (!(error instanceof SqlLoginError)) throw error;
    number = error.messages[0].number;
  }
  return { rows, ...(number !== undefined && { number }) };
}

const RECORD = `DECLARE @outcome nvarchar(16);
EXEC inventory.RecordResource '11111111-2222-5333-8444-555555555555', N'/subscriptions/s/resourceGroups/g/providers/T/t/n',
N'T/t', N'n', N'g', '99999999-2222-4333-8444-555555555555', N'westeurope', '2026-11-25T06:00:00', @outcome OUTPUT;
SELECT @outcome;`;
const COUNT = 'SELECT COUNT(*) FROM inventory.Resource;';

for (const identityKind of ['userAssigned', 'systemAssigned']) {
  describe(`the ${identityKind} app`, () => {
    const group = `rg-${identityKind.toLowerCase()}`;

    it('records once and reads, by what the deployment has made', async () => {
      const { state, error } = await deploy(group, { identityKind });
      assert.equal(state, 'Succeeded', JSON.stringify(error));
      const app = appOf(group);
      assert.deepEqual(await ask(group, app, RECORD), { rows: [['Recorded']] });
      assert.deepEqual(await ask(group, app, RECORD), { rows: [['Known']] });
      assert.deepEqual(await ask(group, app, COUNT), { rows: [[1]] });
      const { rows, number } = await ask(
        group,
        app,
        'DECLARE @total int; EXEC inventory.SummarizeResources @total OUTPUT; SELECT @total;',
      );
      assert.equal(number, undefined);
      assert.deepEqual(rows.at(-1), [1]);
    });

    it('may nothing else, and nobody else anything', async () => {
      const app = appOf(group);
      const refused = {
        "INSERT INTO inventory.Resource (EventId, ResourceId, Type, Name, SubscriptionId, CreatedAt) SELECT NEWID(), N'a', N'b', N'c', NEWID(), SYSUTCDATETIME();": 229,
        'DELETE FROM inventory.Resource;': 229,
        "UPDATE inventory.Resource SET Name = N'x';": 229,
        'CREATE TABLE inventory.Mine (Id int);': 262,
        'DROP TABLE inventory.Resource;': 3701,
        'ALTER ROLE db_owner ADD MEMBER [x];': 15151,
      };
      for (const [text, number] of Object.entries(refused)) {
        assert.equal((await ask(group, app, text)).number, number, text);
      }
      const stranger = addIdentity(parts, [{ roleId: roles.owner, scope: subscription }]);
      assert.equal((await ask(group, stranger, COUNT)).number, 18456);
      assert.deepEqual(await ask(group, app, COUNT), { rows: [[1]] });
    });
  });
}

describe('the script', () => {
  const group = 'rg-userassigned';

  it('can be run again, and leaves rows and user as they are', async () => {
    parts.clock.advanceMs(HOUR_MS + 60_000);
    assert.equal((await deploy(group)).state, 'Succeeded');
    assert.deepEqual(await ask(group, appOf(group), COUNT), { rows: [[1]] });
  });

  it('lets a new identity of the old name in, and the old one no longer', async () => {
    const old = appOf(group);
    const { id } = find(group, /\/userAssignedIdentities\/id-(?!sql-)[^/]+$/);
    const name = id.split('/').at(-1) ?? '';
    // As after `az identity delete`: the name is free, and who comes next gets another client id.
    const other: Principal = {
      ...old,
      clientId: crypto.randomUUID(),
      principalId: crypto.randomUUID(),
    };
    parts.directory.add(other);
    assert.equal((await ask(group, other, COUNT)).number, 18456);
    const administrator = parts.directory.find(
      String(find(group, /\/userAssignedIdentities\/id-sql-/).properties.principalId),
    );
    assert.ok(administrator);
    const script = find(group, /\/deploymentScripts\//).properties.environmentVariables as {
      readonly name: string;
      readonly value: string;
    }[];
    const batches = JSON.parse(script.find((one) => one.name === 'SQL_BATCHES')?.value ?? '[]');
    const sidOf = ({ clientId }: Principal) => {
      const [a = '', b = '', c = '', ...rest] = clientId.split('-');
      const reverse = (part: string) => part.match(/../g)?.reverse().join('') ?? '';
      return `0x${[reverse(a), reverse(b), reverse(c), ...rest].join('').toUpperCase()}`;
    };
    const last = String(batches.at(-1));
    assert.ok(last.includes(`[${name}] WITH SID = ${sidOf(old)}`));
    const answer = await ask(group, administrator, last.replaceAll(sidOf(old), sidOf(other)));
    assert.equal(answer.number, undefined);
    assert.deepEqual(await ask(group, other, COUNT), { rows: [[1]] });
    assert.equal((await ask(group, old, COUNT)).number, 18456);
  });

  it('fails the deployment where its identity does not administer the server', async () => {
    const failing = 'rg-other-administrator';
    assert.equal((await deploy(failing)).state, 'Succeeded');
    const server = find(failing, /\/Microsoft\.Sql\/servers\/[^/]+$/);
    await sql.dataPlane.putServer({
      name: server.name,
      resourceId: server.id,
      administrator: {
        login: 'somebody',
        sid: owner.principalId,
        tenantId,
        principalType: 'Application',
      },
      azureADOnlyAuthentication: true,
      publicNetworkAccess: 'Enabled',
    });
    const script = find(failing, /\/deploymentScripts\//);
    const { properties } = script;
    const [identityId = ''] = Object.keys(script.identity?.userAssignedIdentities ?? {});
    const { state, error } = await manager.deployments(false).start({
      name: 'script',
      scope: { tenantId, subscriptionId, resourceGroup: failing, location: 'westeurope' },
      parameters: {},
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        resources: [
          {
            type: 'Microsoft.Resources/deploymentScripts',
            apiVersion: '2023-08-01',
            name: 'again',
            location: 'westeurope',
            kind: 'AzurePowerShell',
            identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
            properties: {
              azPowerShellVersion: '15.0',
              scriptContent: escaped(properties.scriptContent),
              environmentVariables: (
                properties.environmentVariables as { name: string; value: string }[]
              ).map(({ name, value }) => ({ name, value: escaped(value) })),
              retentionInterval: 'PT1H',
            },
          },
        ],
      },
      caller: { ...owner, tenantId, audience: 'https://management.azure.com/', issuer: '' },
    }).done;
    assert.equal(state, 'Failed');
    assert.match(
      JSON.stringify(error),
      /DeploymentScriptError.*Login failed for user '<token-identified principal>'\./,
    );
  });
});

/** Of a text that begins like an expression. */
function escaped(text: unknown): string {
  return String(text).replace(/^\[/, '[[');
}
