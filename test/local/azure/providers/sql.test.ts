// Microsoft.Sql: what ARM shows and refuses, and what the engine is told.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import {
  type Answer,
  group,
  openResourceManager,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';
import { recordingSql } from './recording-sql.ts';

const sql = recordingSql();
const arm = await openResourceManager({ sql });
const administrator = addIdentity(arm, []);
const { tenantId } = arm.directory;

const VERSION = 'api-version=2025-01-01';
const idOf = (path: string) => `${group}/providers/Microsoft.Sql/servers/${path}`;
const get = (path: string) => arm.call('GET', `${idOf(path)}?${VERSION}`);
const remove = (path: string) => arm.call('DELETE', `${idOf(path)}?${VERSION}`);
const put = (path: string, properties: unknown, more: Record<string, unknown> = {}) =>
  arm.call('PUT', `${idOf(path)}?${VERSION}`, { body: { ...more, properties } });

const administrators = {
  administratorType: 'ActiveDirectory',
  azureADOnlyAuthentication: true,
  principalType: 'Application',
  login: 'id-sql',
  sid: administrator.principalId,
  tenantId,
};
const putServer = (name: string, properties: Record<string, unknown> = { administrators }) =>
  put(name, properties, { location: 'eastus' });

function assertRefused({ status, body }: Answer, code: string, words: RegExp): void {
  assert.ok(status >= 400 && status < 500, `${status}`);
  assert.equal(body.error.code, code);
  assert.match(body.error.message, words);
}

const made = await putServer('sql-main');
assert.equal(made.status, 201);
const [mainServer] = sql.news();

describe('a server', () => {
  it('goes to the engine with its administrator', () => {
    assert.deepEqual(mainServer, [
      'putServer',
      {
        name: 'sql-main',
        resourceId: idOf('sql-main'),
        administrator: {
          login: 'id-sql',
          sid: administrator.principalId,
          tenantId,
          principalType: 'Application',
        },
        azureADOnlyAuthentication: true,
        publicNetworkAccess: 'Enabled',
      },
    ]);
  });

  it('is shown with its keys in the order of Azure, and a login that nobody can use', async () => {
    const { body } = await get('sql-main');
    assert.deepEqual(made.body, body, 'the PUT has answered the same');
    assert.deepEqual(Object.keys(body), ['kind', 'properties', 'location', 'id', 'name', 'type']);
    assert.equal(body.kind, 'v12.0');
    assert.deepEqual(Object.keys(body.properties), [
      'administratorLogin',
      'version',
      'state',
      'fullyQualifiedDomainName',
      'privateEndpointConnections',
      'minimalTlsVersion',
      'publicNetworkAccess',
      'administrators',
      'restrictOutboundNetworkAccess',
      'externalGovernanceStatus',
    ]);
    assert.match(body.properties.administratorLogin, /^CloudSA[0-9a-f]{8}$/);
    assert.equal(body.properties.fullyQualifiedDomainName, 'sql-main.database.windows.net');
    assert.deepEqual(Object.entries(body.properties.administrators), [
      ['administratorType', 'ActiveDirectory'],
      ['principalType', 'Application'],
      ['login', 'id-sql'],
      ['sid', administrator.principalId],
      ['tenantId', tenantId],
      ['azureADOnlyAuthentication', true],
    ]);
  });

  it('keeps its login when it is put again, and never shows a password', async () => {
    const login = { administratorLogin: 'boss', administratorLoginPassword: 'S3cret-of-the-boss' };
    const made = await putServer('sql-login', login);
    assert.equal(made.status, 201);
    assert.equal(made.body.properties.administratorLogin, 'boss');
    const again = await putServer('sql-login', { publicNetworkAccess: 'Disabled' });
    assert.equal(again.body.properties.administratorLogin, 'boss');
    assert.doesNotMatch(made.text + again.text + JSON.stringify(sql.news()), /S3cret/);
    const changed = await putServer('sql-login', { ...login, administratorLogin: 'other' });
    assertRefused(changed, 'InvalidParameterValue', /^Invalid value given for parameter Login\./);
  });

  it('takes administrators that name nobody beside a login, and not alone', async () => {
    const nobody = { administrators: { administratorType: 'ActiveDirectory' } };
    const login = { administratorLogin: 'boss', administratorLoginPassword: 'S3cret-of-the-boss' };
    const made = await putServer('sql-module', { ...nobody, ...login });
    assert.equal(made.status, 201, made.text);
    const alone = await putServer('sql-alone', nobody);
    assertRefused(alone, 'InvalidParameterValue', /ExternalAdministratorLoginName/);
    sql.news();
  });

  it('needs somebody who administers it', async () => {
    assertRefused(
      await putServer('sql-nobody', {}),
      'InvalidParameterValue',
      /^Invalid value given for parameter Login\. Specify a valid parameter value\.$/,
    );
    assertRefused(
      await putServer('sql-nobody', { administratorLogin: 'boss' }),
      'InvalidParameterValue',
      /parameter Password/,
    );
    for (const [change, parameter] of [
      [{ login: '' }, 'ExternalAdministratorLoginName'],
      [{ sid: 'nobody' }, 'ExternalAdministratorLoginSid'],
    ] as const) {
      const answer = await putServer('sql-nobody', {
        administrators: { ...administrators, ...change },
      });
      assertRefused(answer, 'InvalidParameterValue', new RegExp(`parameter ${parameter}\\.`));
    }
    assert.deepEqual(sql.news(), []);
    assert.equal((await get('sql-nobody')).status, 404);
  });

  it('has a name that is free in all of Azure, of small letters, digits and hyphens', async () => {
    assertRefused(
      await putServer('sql-of-another'),
      'NameAlreadyExists',
      /^The name 'sql-of-another' already exists\. Choose a different name\.$/,
    );
    for (const name of ['Sql-Upper', '-sql', 'sql-', 'sql_main', 's'.repeat(64)]) {
      assertRefused(await putServer(name), 'InvalidParameterValue', /^Invalid server name/);
    }
  });

  it('has a name whose freedom can be asked for', async () => {
    const free = async (name: string) => {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Sql/checkNameAvailability`;
      const body = { name, type: 'Microsoft.Sql/servers' };
      return (await arm.call('POST', `${path}?${VERSION}`, { body })).body;
    };
    assert.deepEqual(await free('sql-free'), { name: 'sql-free', available: true });
    const { message, ...taken } = await free('sql-main');
    assert.deepEqual(taken, { name: 'sql-main', available: false, reason: 'AlreadyExists' });
    assert.equal((await free('SQL')).reason, 'Invalid');
  });

  it('refuses a password while Entra alone counts, and says so as Azure does', async () => {
    const answer = await putServer('sql-main', {
      administrators,
      administratorLoginPassword: 'S3cret-of-the-boss',
    });
    assertRefused(
      answer,
      'AadOnlyAuthenticationIsEnabled',
      /^Azure Active Directory Only Authentication is enabled\. Please contact your system administrator\.$/,
    );
  });

  it('can be changed in part', async () => {
    const answer = await arm.call('PATCH', `${idOf('sql-main')}?${VERSION}`, {
      body: { tags: { of: 'patch' }, properties: { minimalTlsVersion: '1.3' } },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.properties.minimalTlsVersion, '1.3');
    assert.equal(answer.body.properties.administrators.sid, administrator.principalId);
    sql.news();
  });

  it('can be put again as it is', async () => {
    const before = (await get('sql-main')).body.properties;
    assert.equal((await putServer('sql-main')).status, 200);
    assert.deepEqual((await get('sql-main')).body.properties, before);
    assert.deepEqual(sql.news(), [mainServer]);
  });
});

describe('the administrator of a server', () => {
  it('is changed by a resource of its own, which the server then shows, and the engine hears', async () => {
    assert.equal((await putServer('sql-admin')).status, 201);
    sql.news();
    const other = addIdentity(arm, []);
    const path = 'sql-admin/administrators/ActiveDirectory';
    const answer = await put(path, {
      administratorType: 'ActiveDirectory',
      login: 'other',
      sid: other.principalId,
    });
    assert.ok([200, 201].includes(answer.status));
    assert.equal(answer.body.type, 'Microsoft.Sql/servers', 'as Azure says');
    assert.deepEqual(Object.keys((await get(path)).body.properties), [
      'administratorType',
      'login',
      'sid',
      'tenantId',
    ]);
    const [[operation, settings] = []] = sql.news();
    assert.equal(operation, 'putServer');
    const expected = {
      login: 'other',
      sid: other.principalId,
      tenantId,
      principalType: 'Application',
    };
    assert.deepEqual((settings as { administrator: unknown }).administrator, expected);
    const { administrators: shown } = (await get('sql-admin')).body.properties;
    assert.deepEqual([shown.login, shown.azureADOnlyAuthentication], ['other', true]);
  });

  it('cannot go while Entra alone counts, and can afterwards', async () => {
    const admin = 'sql-admin/administrators/ActiveDirectory';
    const only = 'sql-admin/azureADOnlyAuthentications/Default';
    assertRefused(await remove(admin), 'AadOnlyAuthenticationIsEnabled', /Only Authentication/);
    assert.equal((await get(only)).body.properties.azureADOnlyAuthentication, true);
    assert.equal((await put(only, { azureADOnlyAuthentication: false })).status, 200);
    assert.equal((await remove(admin)).status, 200);
    const [off, gone] = sql.news().map(([, settings]) => settings as Record<string, unknown>);
    assert.equal(off?.azureADOnlyAuthentication, false);
    assert.ok(off?.administrator && !gone?.administrator);
    const { body } = await get('sql-admin');
    assert.ok(!('administrators' in body.properties));
    assertRefused(
      await get(admin),
      'ResourceNotFound',
      /^The requested resource of type 'Microsoft\.Sql\/servers\/administrators' with name 'ActiveDirectory' was not found\.$/,
    );
    assertRefused(
      await put(only, { azureADOnlyAuthentication: true }),
      'InvalidParameterValue',
      /parameter AzureADOnlyAuthentication/,
    );
  });

  it('has one name, and one kind', async () => {
    const { login, sid } = administrators;
    for (const [name, kind] of [
      ['sqlAdministrator', 'ActiveDirectory'],
      ['ActiveDirectory', 'Other'],
    ]) {
      assertRefused(
        await put(`sql-main/administrators/${name}`, { administratorType: kind, login, sid }),
        'InvalidParameterValue',
        /^Server active directory administrator type should be ActiveDirectory$/,
      );
    }
  });
});

describe('a database', () => {
  const serverless = { name: 'GP_S_Gen5', tier: 'GeneralPurpose', family: 'Gen5', capacity: 1 };
  const putDatabase = (name: string, properties: unknown, sku?: unknown) =>
    put(`sql-main/databases/${name}`, properties, { location: 'eastus', ...(sku ? { sku } : {}) });

  it('goes to the engine, and is shown with its service objective', async () => {
    sql.news();
    const answer = await putDatabase(
      'inventory',
      { autoPauseDelay: 60, minCapacity: '0.5', maxSizeBytes: 2_147_483_648 },
      serverless,
    );
    assert.equal(answer.status, 201);
    assert.deepEqual(sql.news(), [
      [
        'putDatabase',
        {
          serverName: 'sql-main',
          name: 'inventory',
          resourceId: idOf('sql-main/databases/inventory'),
          collation: 'SQL_Latin1_General_CP1_CI_AS',
          maxSizeBytes: 2_147_483_648,
          isServerless: true,
        },
      ],
    ]);
    const { kind, sku, properties } = answer.body;
    assert.equal(kind, 'v12.0,user,vcore,serverless');
    assert.deepEqual(sku, serverless);
    assert.deepEqual(Object.keys(properties), [
      'collation',
      'maxSizeBytes',
      'status',
      'databaseId',
      'creationDate',
      'currentServiceObjectiveName',
      'requestedServiceObjectiveName',
      'catalogCollation',
      'zoneRedundant',
      'readScale',
      'currentSku',
      'autoPauseDelay',
      'currentBackupStorageRedundancy',
      'requestedBackupStorageRedundancy',
      'minCapacity',
      'maintenanceConfigurationId',
      'isLedgerOn',
      'isInfraEncryptionEnabled',
      'availabilityZone',
    ]);
    const { status, currentServiceObjectiveName, autoPauseDelay, minCapacity } = properties;
    assert.deepEqual(
      [status, currentServiceObjectiveName, autoPauseDelay, minCapacity],
      ['Online', 'GP_S_Gen5_1', 60, 0.5],
    );
  });

  it('has an objective in any of the spellings of templates', async () => {
    for (const [sku, properties, objective, kind] of [
      [undefined, {}, 'GP_Gen5_2', 'v12.0,user,vcore'],
      [{ name: 'Basic', tier: 'Basic' }, {}, 'Basic', 'v12.0,user'],
      [{ name: 'S0' }, { maxSizeBytes: '1073741824' }, 'S0', 'v12.0,user'],
      [{ name: 'Standard', capacity: 50 }, {}, 'S2', 'v12.0,user'],
      [{ name: 'BC_Gen5_4' }, {}, 'BC_Gen5_4', 'v12.0,user,vcore'],
      [undefined, { edition: 'Standard', requestedServiceObjectiveName: 'S1' }, 'S1', 'v12.0,user'],
      [
        undefined,
        { elasticPoolId: idOf('sql-main/elasticPools/p') },
        'ElasticPool',
        'v12.0,user,pool',
      ],
    ] as const) {
      const { status, body } = await putDatabase(`any-${objective}`, properties, sku);
      assert.equal(status, 201, objective);
      assert.equal(body.properties.currentServiceObjectiveName, objective);
      assert.equal(body.kind, kind);
    }
    const answer = await putDatabase('none', {}, { name: 'XXL' });
    assertRefused(answer, 'InvalidSku', /'XXL'/);
  });

  it('refuses what would be another database than it says', async () => {
    sql.news();
    for (const properties of [{ createMode: 'Copy' }, { sampleName: 'AdventureWorksLT' }]) {
      assertRefused(await putDatabase('copy', properties), 'PropertyNotServed', /embedded Azure/);
    }
    for (const autoPauseDelay of [0, 14, 100_000]) {
      const answer = await putDatabase('pause', { autoPauseDelay }, serverless);
      assertRefused(answer, 'InvalidParameterValue', /AutoPauseDelay/);
    }
    assertRefused(await putDatabase('master', {}), 'InvalidParameterValue', /DatabaseName/);
    assert.deepEqual(sql.news(), []);
  });

  it('changes its objective in either spelling, and never its collation', async () => {
    const objectiveOf = async (properties: unknown, sku?: unknown) => {
      const { status, body } = await putDatabase('grows', properties, sku);
      return status < 300 ? body.properties.currentServiceObjectiveName : body.error.code;
    };
    assert.equal(await objectiveOf({}, { name: 'S0' }), 'S0');
    assert.equal(await objectiveOf({}), 'S0');
    assert.equal(await objectiveOf({ requestedServiceObjectiveName: 'S2' }), 'S2');
    assert.equal(await objectiveOf({}, serverless), 'GP_S_Gen5_1');
    assert.equal(await objectiveOf({ collation: 'Latin1_General_CI_AS' }), 'InvalidParameterValue');
  });

  it('has a collation that there is', async () => {
    const put = async (name: string, collation: string) => {
      const { body } = await putDatabase(name, { collation });
      return body.properties?.collation ?? `${body.error.code}: ${body.error.message}`;
    };
    assert.equal(await put('norsk', 'Norwegian_100_CI_AS_SC_UTF8'), 'Norwegian_100_CI_AS_SC_UTF8');
    assert.equal(await put('exact', 'Latin1_General_BIN2'), 'Latin1_General_BIN2');
    assert.equal(
      await put('none', 'SQL_Latin1_General_Cp1_CI_AS_KI_WI'),
      "InvalidCollation: 'SQL_Latin1_General_Cp1_CI_AS_KI_WI' is not a supported collation.",
    );
  });

  it('stands beside master, and goes with the server', async () => {
    const { body: list } = await get('sql-main/databases');
    assert.deepEqual(
      [list.value[0].name, list.value[0].kind, list.value[0].sku.name],
      ['master', 'v12.0,system', 'System'],
    );
    assert.equal((await putServer('sql-going')).status, 201);
    await put('sql-going/databases/one', {}, { location: 'eastus' });
    sql.news();
    assert.equal((await remove('sql-going/databases/one')).status, 200);
    assert.deepEqual(sql.news(), [['removeDatabase', 'sql-going', 'one']]);
    assert.equal((await get('sql-going/databases/one')).status, 404);
    await put('sql-going/databases/two', {}, { location: 'eastus' });
    sql.news();
    assert.equal((await remove('sql-going')).status, 200);
    assert.deepEqual(sql.news().at(-1), ['removeServer', 'sql-going']);
    assert.equal((await get('sql-going/databases/two')).status, 404);
    assert.equal((await putServer('sql-going')).status, 201, 'the name is free again');
  });

  it('needs its server', async () => {
    const answer = await put('sql-absent/databases/x', {}, { location: 'eastus' });
    assertRefused(answer, 'ParentResourceNotFound', /sql-absent/);
  });
});

describe('a firewall rule', () => {
  const rule = 'sql-main/firewallRules/AllowAllWindowsAzureIps';
  const azure = { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' };

  it('goes to the engine, and away again', async () => {
    sql.news();
    const made = await put(rule, azure);
    assert.equal(made.status, 201);
    assert.deepEqual(made.body.properties, azure);
    assert.equal((await remove(rule)).status, 200);
    assert.deepEqual(sql.news(), [
      ['putFirewallRule', { serverName: 'sql-main', name: 'AllowAllWindowsAzureIps', ...azure }],
      ['removeFirewallRule', 'sql-main', 'AllowAllWindowsAzureIps'],
    ]);
    assert.equal((await get(rule)).status, 404);
  });

  it('takes IPv4 addresses alone, the lower one first', async () => {
    for (const [startIpAddress, endIpAddress, parameter] of [
      ['::1', '0.0.0.0', 'startIpAddress'],
      ['10.0.0.1', undefined, 'endIpAddress'],
      ['10.0.0.2', '10.0.0.1', 'endIpAddress'],
      ['10.0.0', '10.0.0.1', 'startIpAddress'],
    ]) {
      assertRefused(
        await put(rule, { startIpAddress, endIpAddress }),
        'BadRequest',
        new RegExp(`^Invalid value provided for parameter: ${parameter}$`),
      );
    }
  });

  it('is refused where the public network is shut out', async () => {
    await putServer('sql-private', { administrators, publicNetworkAccess: 'Disabled' });
    const answer = await put('sql-private/firewallRules/any', azure);
    assertRefused(
      answer,
      'DenyPublicEndpointEnabled',
      /^Unable to create or modify firewall rules/,
    );
  });
});

describe("a stranger's template", () => {
  it('deploys as tools write them, with null for what is not said, and refers to its server', async () => {
    const server = "[resourceId('Microsoft.Sql/servers', 'sql-strange')]";
    const principalId = administrator.principalId;
    const { state, error, outputs } = await arm.manager.deployments(false).start({
      name: 'strange',
      scope: { tenantId, subscriptionId, resourceGroup: 'rg-test', location: 'eastus' },
      parameters: {},
      caller: { ...arm.owner, tenantId, audience: 'https://management.azure.com/', issuer: '' },
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        resources: [
          {
            type: 'Microsoft.Sql/servers',
            apiVersion: '2023-08-01',
            name: 'sql-strange',
            location: 'East US',
            identity: null,
            properties: {
              administratorLogin: null,
              administratorLoginPassword: null,
              administrators: {
                administratorType: 'ActiveDirectory',
                azureADOnlyAuthentication: true,
                login: 'DeployerAdmin',
                sid: principalId,
                tenantId,
              },
              version: '12.0',
              minimalTlsVersion: '1.2',
              primaryUserAssignedIdentityId: null,
              publicNetworkAccess: null,
              restrictOutboundNetworkAccess: null,
            },
          },
          {
            type: 'Microsoft.Sql/servers/databases',
            apiVersion: '2023-08-01',
            name: 'sql-strange/Todo',
            location: 'East US',
            sku: { name: 'GP_S_Gen5_2', tier: null, family: null, capacity: null, size: null },
            properties: {
              autoPauseDelay: -1,
              availabilityZone: 'NoPreference',
              createMode: 'Default',
              elasticPoolId: null,
              freeLimitExhaustionBehavior: 'AutoPause',
              maxSizeBytes: 34_359_738_368,
              minCapacity: null,
              preferredEnclaveType: 'Default',
              sampleName: '',
              useFreeLimit: true,
              zoneRedundant: false,
            },
            dependsOn: [server],
          },
          {
            type: 'Microsoft.Sql/servers/firewallRules',
            apiVersion: '2023-08-01',
            name: 'sql-strange/Azure Services',
            properties: { startIpAddress: '0.0.0.1', endIpAddress: '255.255.255.254' },
            dependsOn: [server],
          },
          {
            type: 'Microsoft.Sql/servers/virtualNetworkRules',
            apiVersion: '2023-08-01',
            name: 'sql-strange/one',
            properties: { ignoreMissingVnetServiceEndpoint: true },
            dependsOn: [server],
          },
        ],
        outputs: {
          host: {
            type: 'string',
            value:
              "[reference(resourceId('Microsoft.Sql/servers', 'sql-strange')).fullyQualifiedDomainName]",
          },
        },
      },
    }).done;
    assert.equal(state, 'Succeeded', JSON.stringify(error));
    assert.equal(outputs?.host?.value, 'sql-strange.database.windows.net');
    const { sku, properties } = (await get('sql-strange/databases/Todo')).body;
    assert.deepEqual([sku.name, sku.capacity, sku.family], ['GP_S_Gen5', 2, 'Gen5']);
    assert.equal(properties.useFreeLimit, true);
    assert.ok(!('elasticPoolId' in properties));
    assert.equal((await get('sql-strange/firewallRules/Azure%20Services')).status, 200);
  });
});

describe('settings that nobody has made', () => {
  it('are there, can be set, and show no key', async () => {
    const path = 'sql-main/auditingSettings/Default';
    assert.equal((await get(path)).body.properties.state, 'Disabled');
    const set = await put(path, { state: 'Enabled', storageAccountAccessKey: 'S3cret-key' });
    assert.ok([200, 201].includes(set.status));
    const shown = await get(path);
    assert.equal(shown.body.properties.state, 'Enabled');
    assert.doesNotMatch(set.text + shown.text, /S3cret/);
    for (const [type, key, value] of [
      ['connectionPolicies/default', 'connectionType', 'Default'],
      ['encryptionProtector/current', 'serverKeyType', 'ServiceManaged'],
      ['databases/inventory/transparentDataEncryption/current', 'state', 'Enabled'],
      ['databases/inventory/backupShortTermRetentionPolicies/default', 'retentionDays', 7],
    ]) {
      const { status, body } = await get(`sql-main/${type}`);
      assert.equal(status, 200, String(type));
      assert.equal(body.properties[String(key)], value);
    }
    assert.equal((await get('sql-main/connectionPolicies/other')).status, 404);
    assert.equal((await get('sql-absent/connectionPolicies/default')).status, 404);
  });
});
