// The example infra/examples/deployment-slots.bicep beside main.bicep's vault, with the unmodified app in both slots.
// Nothing tells the app that it is in a slot: only whose tokens it gets differs, and which settings.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Principal } from '../../local/azure/directory.ts';
import type { Resource } from '../../local/azure/resource-manager/resource.ts';
import { buildApp } from '../../local/build-app.ts';
import { deployTemplate, readTemplate } from '../../local/deploy-template.ts';
import { appSettingsOf } from '../../local/run-app.ts';
import { foreignClient } from '../support/foreign-client.ts';
import {
  addIdentity,
  grant,
  groupId,
  projectDirectory,
  useLocalAzure,
} from '../support/local-azure.ts';
import {
  type AppProcess,
  deploySite,
  identityOf,
  resourcesIn,
  startApp,
} from './start-deployed-app.ts';
import { startProcess } from './start-process.ts';
import { diagnose } from './try-everything.ts';

const azure = await useLocalAzure();
const group = 'rg-slots';
const version = 'api-version=2024-11-01';

function resource(type: string, name = /./) {
  const found = resourcesIn(azure, group).find((one) => one.type === type && name.test(one.name));
  assert.ok(found, type);
  return found;
}

/** Of the example, as somebody deploys it again with another parameter. */
async function deployExample(parameters: Readonly<Record<string, unknown>>) {
  const all = { vaultName: resource('Microsoft.KeyVault/vaults').name, secretName: 'demo' };
  await deployTemplate(azure, {
    name: 'deployment-slots',
    resourceGroup: group,
    location: 'westeurope',
    template: readTemplate(join(projectDirectory, 'infra/examples/deployment-slots.json')),
    parameters: Object.fromEntries(
      Object.entries({ ...all, ...parameters }).map(([name, value]) => [name, { value }]),
    ),
  });
}

before(async () => {
  buildApp(projectDirectory);
  await deploySite(azure, { group });
});

describe('an app with a slot, each with a system-assigned identity', () => {
  const site = () => resource('Microsoft.Web/sites', /^func-slots-/);
  const slot = () => resource('Microsoft.Web/sites/slots', /^func-slots-/);
  let production: Principal;
  let staging: Principal;

  before(async () => {
    await deployExample({ grantSlot: false });
    production = identityOf(azure, site());
    staging = identityOf(azure, slot());
  });

  it('has two principals, of which only production is granted anything', () => {
    assert.notEqual(staging.principalId, production.principalId);
    assert.equal(staging.displayName, `${site().name}/slots/staging`);
    const assigned = (of: Principal) =>
      azure.access
        .listAssignments()
        .filter(({ principalId }) => principalId === of.principalId)
        .map(({ scope }) => scope.split('/').at(-1));
    assert.deepEqual(
      assigned(production).toSorted(),
      ['demo', resource('Microsoft.Storage/storageAccounts', /^stslots/).name].toSorted(),
    );
    assert.deepEqual(assigned(staging), []);
  });

  it('is refused in the slot until the slot itself is granted, and the diagnosis names its principal', async (t) => {
    const app = await startApp(azure, slot());
    t.after(app.stop);
    assert.equal((await app.get('/api/identity')).body.principalId, staging.principalId);
    assert.doesNotMatch(app.output(), /CONFIG_INVALID/);

    const refused = await app.get('/api/secrets/demo');
    assert.equal(refused.body.code, 'ACCESS_DENIED', refused.text);
    const keyVault = (await diagnose(app)).find(({ target }) => target === 'key-vault');
    assert.equal(keyVault?.verdict, 'ACCESS_DENIED');
    assert.equal(keyVault.access?.principalId, staging.principalId);
    assert.ok(!JSON.stringify(keyVault).includes(production.principalId));

    await deployExample({});
    assert.deepEqual(await readSecret(app), { status: 200, principalId: staging.principalId });
  });

  it('has the settings of the slot after a swap, but for the sticky ones, and stays production', async (t) => {
    await deployExample({});
    const released = { SCAN_LOOKBACK: 'P2D', 'AzureWebJobs.scanResources.Disabled': '1' };
    await putSlotSettings({ ...appSettingsOf(azure, slot().id), ...released });
    await swapIntoProduction();
    const watched = ({ id }: Resource) => {
      const { SCAN_LOOKBACK, 'AzureWebJobs.scanResources.Disabled': disabled } = appSettingsOf(
        azure,
        id,
      );
      return { SCAN_LOOKBACK, disabled };
    };
    assert.deepEqual(watched(site()), { SCAN_LOOKBACK: 'P2D', disabled: 'true' });
    assert.deepEqual(watched(slot()), { SCAN_LOOKBACK: 'P1D', disabled: '1' });

    const app = await startApp(azure, site());
    t.after(app.stop);
    const { body } = await app.get('/api/identity');
    assert.equal(body.principalId, production.principalId);
    for (const token of Object.values(body.tokens as Record<string, Record<string, string>>)) {
      assert.equal(token.xms_mirid, site().id);
    }
    assert.deepEqual(await readSecret(app), { status: 200, principalId: production.principalId });
  });

  /** What the app answers, and who the vault saw. */
  async function readSecret(app: AppProcess) {
    const since = azure.journal.position;
    const { status } = await app.get('/api/secrets/demo');
    const seen = azure.journal
      .since(since)
      .flatMap((entry) =>
        entry.kind === 'request' && entry.door === 'key-vault' && entry.status === 200
          ? [entry]
          : [],
      );
    return { status, principalId: seen[0]?.principalId };
  }

  async function putSlotSettings(properties: Readonly<Record<string, string>>) {
    const answer = await arm()(`${slot().id}/config/appsettings?${version}`, {
      method: 'PUT',
      body: { properties },
    });
    assert.equal(answer.status, 200, answer.text);
  }

  /** As `az functionapp deployment slot swap` does. */
  async function swapIntoProduction() {
    const send = arm();
    const accepted = await send(`${slot().id}/slotsswap?${version}`, {
      method: 'POST',
      body: { targetSlot: 'production', preserveVnet: true },
    });
    assert.equal(accepted.status, 202, accepted.text);
    const { pathname, search } = new URL(String(accepted.headers.location));
    assert.equal((await send(pathname + search)).status, 200);
  }

  function arm() {
    const webmaster = addIdentity(azure, 'webmaster');
    grant(azure, webmaster, 'Website Contributor', groupId(group));
    return foreignClient(azure, 'management.azure.com', webmaster);
  }
});

it('an app with a slot and one user-assigned identity is the same in both, by settings that stay', async () => {
  await deployExample({ name: 'func-shared', identityKind: 'userAssigned' });
  const site = resource('Microsoft.Web/sites', /^func-shared$/);
  const slot = resource('Microsoft.Web/sites/slots', /^func-shared\//);
  const identity = identityOf(azure, site);
  assert.equal(identityOf(azure, slot).principalId, identity.principalId);
  for (const { id } of [site, slot]) {
    const settings = appSettingsOf(azure, id);
    assert.equal(settings.AZURE_CLIENT_ID, identity.clientId);
    assert.equal(settings.AzureWebJobsStorage__clientId, identity.clientId);
  }
  const names = azure.resourceManager.findResource(`${site.id}/config/slotConfigNames`);
  const sticky = names?.properties.appSettingNames as readonly string[];
  for (const name of ['AZURE_CLIENT_ID', 'AzureWebJobsStorage__clientId']) {
    assert.ok(sticky.includes(name), name);
  }
});

it('npm start runs the slot where it is told to', async (t) => {
  const own = { group: 'rg-local', parameters: { environmentName: 'local' } };
  await deploySite(azure, own);
  const vault = resourcesIn(azure, own.group).find(({ type }) => /\/vaults$/.test(type));
  const folder = mkdtempSync(join(tmpdir(), 'slot-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'parameters.json');
  const parameters = { vaultName: { value: vault?.name }, secretName: { value: 'demo' } };
  writeFileSync(file, JSON.stringify({ parameters }));
  const start = startProcess([
    ...['--port', '0', '--parameter', 'messaging=false', '--run', 'staging'],
    ...['--also', 'infra/examples/deployment-slots.json', '--also-parameters', file],
  ]);
  const [, baseUrl] = await start.printed(/^Ready {2}(\S+)$/m);
  const answer = await fetch(`${baseUrl}/api/identity`);
  const { kind, tokens } = (await answer.json()) as {
    kind: string;
    tokens: Record<string, Record<string, string>>;
  };
  assert.equal(kind, 'systemAssigned');
  const [token] = Object.values(tokens);
  assert.match(token?.xms_mirid ?? '', /\/sites\/func-slots-\w+\/slots\/staging$/);
  assert.equal((await fetch(`${baseUrl}/api/secrets/demo`)).status, 200);
  start.signal('SIGINT', 'group');
  assert.equal(await start.ended, 0);
});
