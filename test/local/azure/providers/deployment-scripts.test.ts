// Deployment scripts: ours runs its SQL as the identity that is attached to it, and nobody else's does anything.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import type { DeploymentRecord } from '../../../../local/azure/deployments/deployment.ts';
import type { Principal } from '../../../../local/azure/directory.ts';
import { RUN_BATCHES_SHA256 } from '../../../../local/azure/providers/known-script.ts';
import { readTemplate, templatesIn, valueAt } from '../../../infra/deployed.ts';
import { readOwnTemplate } from '../../../support/local-azure.ts';
import { tenantId } from '../../../support/open-door.ts';
import {
  group,
  openResourceManager,
  subscription,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';
import { recordingSql } from './recording-sql.ts';

const sql = recordingSql();
const arm = await openResourceManager({ sql });
const AUDIENCE = 'https://database.windows.net/';
const HOUR_MS = 3_600_000;

beforeEach(() => {
  sql.failure = undefined;
  sql.news();
});

interface RanScript {
  readonly serverName: string;
  readonly databaseName: string;
  readonly accessToken: string;
  readonly batches: readonly string[];
}

const ran = () =>
  sql
    .news()
    .flatMap(([operation, script]) => (operation === 'runScript' ? [script as RanScript] : []));

async function deploy(
  resourceGroup: string,
  template: unknown,
  parameters: Readonly<Record<string, unknown>> = {},
  strict = true,
): Promise<DeploymentRecord> {
  arm.manager.addResourceGroup({ subscriptionId, name: resourceGroup, location: 'westeurope' });
  const audience = 'https://management.azure.com/';
  const { owner } = arm;
  return arm.manager.deployments(strict).start({
    name: 'main',
    scope: { tenantId, subscriptionId, resourceGroup, location: 'westeurope' },
    template,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value }]),
    ),
    caller: { ...owner, tenantId, audience, issuer: `https://sts.windows.net/${tenantId}/` },
  }).done;
}

const deployOwn = (resourceGroup: string, parameters: Readonly<Record<string, unknown>> = {}) =>
  deploy(resourceGroup, readOwnTemplate(), { environmentName: resourceGroup, ...parameters });

function find(resourceGroup: string, pattern: RegExp) {
  const prefix = `${subscription}/resourceGroups/${resourceGroup}/`;
  const found = arm.manager
    .listResources()
    .find(({ id }) => id.startsWith(prefix) && pattern.test(id));
  assert.ok(found, `${pattern} in ${resourceGroup}`);
  return found;
}

/** As SQL Server keeps the bytes of a GUID: the first three groups the other way round. */
function sidOf(clientId: string): string {
  const bytes = Buffer.from(clientId.replaceAll('-', ''), 'hex');
  for (const [from, to] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const) {
    bytes.subarray(from, to).reverse();
  }
  return `0x${bytes.toString('hex').toUpperCase()}`;
}

describe('the script of our own template', () => {
  it('is recognised by its text, as it stands in azuredeploy.json', async () => {
    const texts = templatesIn(await readTemplate()).flatMap(({ resources, variables }) =>
      Object.values(resources)
        .filter(({ type }) => type === 'Microsoft.Resources/deploymentScripts')
        // The compiler puts the text of a file into a variable.
        .map((script) =>
          /variables\('(.+?)'\)/.exec(String(valueAt(script, 'properties.scriptContent'))),
        )
        .map((match) => String(variables?.[match?.[1] ?? ''])),
    );
    assert.ok(texts.length > 0);
    for (const text of texts) {
      const hash = createHash('sha256').update(text).digest('hex');
      assert.equal(hash, RUN_BATCHES_SHA256, 'known-script.ts must name the new one');
    }
  });

  for (const identityKind of ['userAssigned', 'systemAssigned']) {
    it(`makes the user of the ${identityKind} identity by its client id, with a token of the script's own`, async () => {
      const resourceGroup = `rg-${identityKind.toLowerCase()}`;
      const record = await deployOwn(resourceGroup, { identityKind });
      assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
      const [script, ...others] = ran();
      assert.ok(script);
      assert.deepEqual(others, []);

      const administrator = find(resourceGroup, /\/userAssignedIdentities\/id-sql-[^/]+$/);
      const caller = await arm.tokens.verify(script.accessToken, [AUDIENCE]);
      assert.equal(caller.principalId, administrator.properties.principalId);
      assert.equal(caller.audience, AUDIENCE);
      const server = find(resourceGroup, /\/Microsoft\.Sql\/servers\/[^/]+$/);
      assert.deepEqual([script.serverName, script.databaseName], [server.name, 'inventory']);

      const { clientId, name } = appIdentity(resourceGroup);
      const text = script.batches.join('\nGO\n');
      assert.match(
        text,
        new RegExp(`CREATE USER \\[${name}\\] WITH SID = ${sidOf(clientId)}, TYPE = E`),
      );
      assert.ok(!text.includes(sidOf(String(administrator.properties.clientId))));
      assert.doesNotMatch(text, /\$\(\w|(?:db_owner|db_datawriter|db_ddladmin)\]? ADD/);
      assert.match(text, /ALTER ROLE db_datareader ADD MEMBER/);
      assert.equal(text.match(/\bGRANT EXECUTE ON\b/g)?.length, 2);
    });
  }

  it('runs before a user-assigned app is there, and after a system-assigned one', async () => {
    const order = (resourceGroup: string) =>
      arm.manager
        .listResources()
        .filter(({ id }) => id.startsWith(`${subscription}/resourceGroups/${resourceGroup}/`))
        .map(({ type }) => type)
        .filter((type) => /^Microsoft\.(Web\/sites|Resources\/deploymentScripts)$/.test(type));
    const [script, site] = ['Microsoft.Resources/deploymentScripts', 'Microsoft.Web/sites'];
    assert.deepEqual(order('rg-userassigned'), [script, site]);
    assert.deepEqual(order('rg-systemassigned'), [site, script]);
  });

  it('fails the deployment with the words of the server, and no app is deployed', async () => {
    for (const [resourceGroup, words, method] of [
      ['rg-login', "Login failed for user '<token-identified principal>'.", 'Open'],
      ['rg-right', "CREATE TABLE permission denied in database 'inventory'.", 'ExecuteNonQuery'],
    ] as const) {
      sql.failure = new Error(words);
      const { state, error } = await deployOwn(resourceGroup);
      assert.equal(state, 'Failed');
      const failures = flatten(error);
      assert.deepEqual(
        failures.map(({ code }) => code),
        [
          'DeploymentFailed',
          'ResourceDeploymentFailure',
          'DeploymentFailed',
          'ResourceDeploymentFailure',
          'DeploymentScriptError',
        ],
      );
      const [last] = failures.slice(-1);
      assert.match(
        last?.message ?? '',
        /^The provided script failed with the following error:\r\n.+\. Please refer to https:\/\/aka\.ms\/DeploymentScriptsTroubleshoot for more deployment script information\.$/,
      );
      assert.ok(last?.message.includes(`Exception calling "${method}": "${words}"`));
      const script = find(resourceGroup, /\/deploymentScripts\/[^/]+$/);
      assert.match(String(failures.at(-2)?.target), /\/deploymentScripts\/script-sql-\w+$/);
      assert.equal(script.properties.provisioningState, 'Failed');
      const log = await arm.call('GET', `${script.id}/logs/default?api-version=2023-08-01`);
      assert.ok(log.body.properties.log.includes(words));
      assert.throws(() => find(resourceGroup, /\/Microsoft\.Web\/sites\/[^/]+$/));
    }
  });

  it('runs again after it has failed, after a change, and when Azure has forgotten it; else not', async () => {
    const resourceGroup = 'rg-again';
    sql.failure = new Error('Login failed for user');
    assert.equal((await deployOwn(resourceGroup)).state, 'Failed');
    sql.failure = undefined;
    assert.equal((await deployOwn(resourceGroup)).state, 'Succeeded');
    assert.equal(ran().length, 2);
    assert.equal((await deployOwn(resourceGroup)).state, 'Succeeded');
    assert.equal(ran().length, 0, 'nothing has changed');
    arm.clock.advanceMs(HOUR_MS + 60_000);
    assert.equal((await deployOwn(resourceGroup)).state, 'Succeeded');
    assert.equal(ran().length, 1, 'its retention is over');
    // Another identity is another client id, and so another text.
    assert.equal(
      (await deployOwn(resourceGroup, { identityKind: 'systemAssigned' })).state,
      'Succeeded',
    );
    assert.equal(ran().length, 1);
  });

  it('is not there where a person makes the user, and where there is no database', async () => {
    for (const [name, parameters] of [
      ['person', { grantDatabaseByScript: false, databaseAdministratorId: arm.owner.principalId }],
      ['no-database', { database: false }],
      ['no-messaging', { messaging: false }],
    ] as const) {
      const { state, error } = await deployOwn(`rg-${name}`, parameters);
      assert.equal(state, 'Succeeded', JSON.stringify(error));
      assert.deepEqual(ran(), []);
      assert.throws(() => find(`rg-${name}`, /\/deploymentScripts\//));
      assert.throws(() => find(`rg-${name}`, /\/userAssignedIdentities\/id-sql-/));
    }
    find('rg-person', /\/databases\/inventory$/);
    assert.throws(() => find('rg-no-database', /\/Microsoft\.Sql\//));
    assert.throws(() => find('rg-no-messaging', /\/Microsoft\.Sql\//));
  });
});

/** Of the app of a deployment: its name in the database, and its client id. */
function appIdentity(resourceGroup: string): Pick<Principal, 'clientId'> & { name: string } {
  const site = find(resourceGroup, /\/Microsoft\.Web\/sites\/[^/]+$/);
  const [userAssigned] = Object.entries(site.identity?.userAssignedIdentities ?? {});
  if (userAssigned) {
    const [id, { clientId }] = userAssigned;
    return { name: id.split('/').at(-1) ?? '', clientId };
  }
  const principal = arm.directory.find(site.identity?.principalId ?? '');
  assert.ok(principal);
  return { name: site.name, clientId: principal.clientId };
}

type Failure = NonNullable<DeploymentRecord['error']>;

function flatten(failure: Failure | undefined): Failure[] {
  return failure ? [failure, ...(failure.details ?? []).flatMap(flatten)] : [];
}

describe('another script', () => {
  const script = (properties: Readonly<Record<string, unknown>>, more = {}) => ({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.Resources/deploymentScripts',
        apiVersion: '2023-08-01',
        name: 'anything',
        location: 'westeurope',
        kind: 'AzureCLI',
        properties: {
          azCliVersion: '2.52.0',
          scriptContent: 'az group delete --yes --name rg-production',
          retentionInterval: 'PT1H',
          ...properties,
        },
        ...more,
      },
    ],
  });

  it('of a stranger is kept and not run, and its log says so', async () => {
    const environmentVariables = [
      { name: 'OPEN', value: 'shown' },
      { name: 'SECRET', secureValue: 'S3cret-of-a-stranger' },
    ];
    const record = await deploy('rg-test', script({ environmentVariables }), {}, false);
    assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
    assert.deepEqual(sql.news(), []);
    const path = `${group}/providers/Microsoft.Resources/deploymentScripts/anything`;
    const { text, body } = await arm.call('GET', `${path}?api-version=2023-08-01`);
    assert.equal(body.kind, 'AzureCLI');
    assert.deepEqual(body.properties.environmentVariables, [
      { name: 'OPEN', value: 'shown' },
      { name: 'SECRET' },
    ]);
    assert.doesNotMatch(text, /S3cret/);
    const { body: logs } = await arm.call('GET', `${path}/logs?api-version=2023-08-01`);
    assert.match(logs.value[0].properties.log, /this one has not run\.$/);
  });

  it('in our own template is refused by name', async () => {
    const { state, error } = await deploy('rg-test', script({}));
    assert.equal(state, 'Failed');
    const [refusal] = flatten(error).slice(-1);
    assert.equal(refusal?.code, 'PropertyNotServed');
    assert.equal(refusal?.target, 'properties.scriptContent');
  });

  it('of a form that Azure does not take is refused', async () => {
    for (const [properties, more, words] of [
      [{ retentionInterval: undefined }, {}, /'retentionInterval'/],
      [{ retentionInterval: 'soon' }, {}, /'retentionInterval'/],
      [{ retentionInterval: 'P2D' }, {}, /'retentionInterval'/],
      [{ timeout: 'soon' }, {}, /'timeout'/],
      [{ timeout: 'P2D' }, {}, /'timeout'/],
      [{ azCliVersion: undefined }, {}, /'azCliVersion'/],
      [{}, { kind: 'AzurePowerShell' }, /'azPowerShellVersion'/],
      [{}, { identity: { type: 'SystemAssigned' } }, /'identity'/],
      [{ scriptContent: undefined }, {}, /'scriptContent'/],
      [{ primaryScriptUri: 'https://example.com/a.sh' }, {}, /'scriptContent'/],
      [{}, { kind: 'Perl' }, /'kind'/],
    ] as const) {
      const { state, error } = await deploy('rg-test', script(properties, more), {}, false);
      assert.equal(state, 'Failed');
      assert.match(flatten(error).at(-1)?.message ?? '', words);
    }
  });
});
