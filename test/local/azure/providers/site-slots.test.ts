import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2024-11-01';
const web = `${group}/providers/Microsoft.Web`;
const siteId = (name: string) => `${web}/sites/${name}`;
const websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772';

await putPlan('plan-s', { name: 'S1', tier: 'Standard' });

async function putPlan(name: string, sku: Record<string, unknown>) {
  const answer = await arm.call('PUT', `${web}/serverfarms/${name}?${version}`, {
    body: { location: 'eastus', sku, properties: { reserved: true } },
  });
  assert.equal(answer.status, 200, answer.text);
}

function putApp(id: string, properties: Record<string, unknown> = {}, more = {}) {
  return arm.call('PUT', `${id}?${version}`, {
    body: { location: 'eastus', kind: 'functionapp,linux', properties, ...more },
  });
}

const withSettings = (settings: Record<string, string>, siteConfig = {}) => ({
  siteConfig: {
    ...siteConfig,
    appSettings: Object.entries(settings).map(([name, value]) => ({ name, value })),
  },
});

/** A site on plan-s with a slot `staging`. */
async function putPair(name: string, site: Record<string, unknown>, slot: Record<string, unknown>) {
  const identity = { identity: { type: 'SystemAssigned' } };
  const serverFarmId = `${web}/serverfarms/plan-s`;
  const answers = [
    await putApp(siteId(name), { serverFarmId, ...site }, identity),
    await putApp(`${siteId(name)}/slots/staging`, slot, identity),
  ];
  for (const answer of answers) assert.equal(answer.status, 200, answer.text);
  return answers.map(({ body }) => body);
}

async function settingsOf(id: string) {
  return (await arm.call('POST', `${id}/config/appsettings/list?${version}`)).body.properties;
}

function swap(id: string, body: unknown, caller = arm.owner) {
  return arm.call('POST', `${id}/slotsswap?${version}`, { body, caller });
}

test('a slot is an app of its own: host name, settings, principal', async () => {
  const [site, slot] = await putPair('app-own', withSettings({ A: '1' }), withSettings({ A: '2' }));
  assert.equal(slot.name, 'app-own/staging');
  assert.equal(slot.type, 'Microsoft.Web/sites/slots');
  assert.equal(slot.properties.name, 'app-own(staging)');
  assert.equal(slot.properties.repositorySiteName, 'app-own');
  assert.equal(slot.properties.defaultHostName, 'app-own-staging.azurewebsites.net');
  assert.equal(slot.properties.serverFarmId, `${web}/serverfarms/plan-s`);
  assert.notEqual(slot.identity.principalId, site.identity.principalId);
  const principal = arm.directory.find(slot.identity.principalId);
  assert.equal(principal?.displayName, 'app-own/slots/staging');
  assert.equal(principal?.resourceId, `${siteId('app-own')}/slots/staging`);
  const told = `${siteId('app-own')}/slots/staging/providers/Microsoft.ManagedIdentity/identities/default`;
  const identity = await arm.call('GET', `${told}?api-version=2023-01-31`);
  assert.equal(identity.body.properties.clientId, principal?.clientId);
  assert.deepEqual(await settingsOf(siteId('app-own')), { A: '1' });
  assert.deepEqual(await settingsOf(`${siteId('app-own')}/slots/staging`), { A: '2' });
  const read = await arm.call(
    'GET',
    `${siteId('app-own')}/slots/staging/config/appsettings?${version}`,
  );
  assert.equal(read.status, 405);
  const slots = await arm.call('GET', `${siteId('app-own')}/slots?${version}`);
  assert.deepEqual(
    slots.body.value.map((one: { name: string }) => one.name),
    ['app-own/staging'],
  );
});

test('a slot of a site that is not there is refused, and goes with its site', async () => {
  const orphan = await putApp(`${siteId('app-nowhere')}/slots/staging`);
  assert.equal(orphan.status, 404, orphan.text);
  const [, slot] = await putPair('app-goes', {}, {});
  await arm.call('DELETE', `${siteId('app-goes')}?${version}`);
  assert.equal(arm.directory.find(slot.identity.principalId), undefined);
});

test('a swap exchanges settings; sticky ones, identities and host names stay', async () => {
  const id = siteId('app-swap');
  const [site, slot] = await putPair(
    'app-swap',
    withSettings({ FLAG: 'old', WHERE: 'production', ONLY_OLD: 'x', MY_EXTENSION_VERSION: '~4' }),
    withSettings({ FLAG: 'new', WHERE: 'staging', ONLY_NEW: 'y', MY_EXTENSION_VERSION: '~5' }),
  );
  const names = await arm.call('PUT', `${id}/config/slotConfigNames?${version}`, {
    body: { properties: { appSettingNames: ['where'] } },
  });
  assert.equal(names.status, 200, names.text);

  const accepted = await swap(`${id}/slots/staging`, {
    targetSlot: 'production',
    preserveVnet: true,
  });
  assert.equal(accepted.status, 202, accepted.text);
  assert.equal(accepted.text, '');
  const poll = new URL(String(accepted.headers.location));
  assert.match(poll.pathname, /\/sites\/app-swap\/slots\/staging\/operationresults\/[\w-]+$/);
  const done = await arm.call('GET', poll.pathname + poll.search);
  assert.equal(done.status, 200, done.text);
  assert.equal(done.body.name, 'app-swap/staging');

  assert.deepEqual(await settingsOf(id), {
    WHERE: 'production',
    MY_EXTENSION_VERSION: '~4',
    FLAG: 'new',
    ONLY_NEW: 'y',
  });
  assert.deepEqual(await settingsOf(`${id}/slots/staging`), {
    WHERE: 'staging',
    MY_EXTENSION_VERSION: '~5',
    FLAG: 'old',
    ONLY_OLD: 'x',
  });
  const after = (await arm.call('GET', `${id}?${version}`)).body;
  assert.deepEqual(after.identity, site.identity);
  assert.equal(after.properties.defaultHostName, 'app-swap.azurewebsites.net');
  assert.equal(after.location, 'East US');
  const { sourceSlotName, destinationSlotName } = after.properties.slotSwapStatus;
  assert.deepEqual([sourceSlotName, destinationSlotName], ['staging', 'Production']);
  assert.deepEqual(done.body.identity, slot.identity);
});

test('the stack goes over with the app; what scales it and its network stay', async () => {
  const id = siteId('app-stack');
  await putPair(
    'app-stack',
    withSettings({}, { linuxFxVersion: 'NODE|22', alwaysOn: true }),
    withSettings({}, { linuxFxVersion: 'NODE|24', alwaysOn: false }),
  );
  await arm.call('PUT', `${id}/config/web?${version}`, {
    body: { properties: { linuxFxVersion: 'NODE|20', minTlsVersion: '1.3' } },
  });
  assert.equal((await swap(id, { targetSlot: 'staging', preserveVnet: true })).status, 202);
  const config = async (of: string) =>
    (await arm.call('GET', `${of}/config/web?${version}`)).body.properties;
  const production = await config(id);
  assert.equal(production.linuxFxVersion, 'NODE|24');
  assert.equal(production.minTlsVersion, '1.3');
  const staging = await config(`${id}/slots/staging`);
  assert.equal(staging.linuxFxVersion, 'NODE|20');
  assert.equal(staging.alwaysOn, false);
  const { siteConfig, slotSwapStatus } = (await arm.call('GET', `${id}?${version}`)).body
    .properties;
  assert.equal(siteConfig.alwaysOn, true);
  assert.equal(slotSwapStatus.sourceSlotName, 'staging', 'though production was asked to swap');
});

test('with the override in both slots, what stays by itself goes over too', async () => {
  const id = siteId('app-override');
  const override = { WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS: '0' };
  await putPair(
    'app-override',
    withSettings({ MY_EXTENSION_VERSION: '~4', ...override }),
    withSettings({ MY_EXTENSION_VERSION: '~5', ...override }),
  );
  await swap(`${id}/slots/staging`, { targetSlot: 'production' });
  assert.equal((await settingsOf(id)).MY_EXTENSION_VERSION, '~5');
});

test('two swaps are none', async () => {
  const id = siteId('app-back');
  await putPair('app-back', withSettings({ A: '1' }), withSettings({ B: '2' }));
  for (const _ of [1, 2]) await swap(`${id}/slots/staging`, { targetSlot: 'Production' });
  assert.deepEqual(await settingsOf(id), { A: '1' });
});

test('a swap wants a target that is there and another, and a caller who may', async () => {
  const id = `${siteId('app-wrong')}/slots/staging`;
  await putPair('app-wrong', withSettings({ A: '1' }), withSettings({ A: '2' }));
  for (const [target, status] of [
    [undefined, 400],
    ['staging', 400],
    ['elsewhere', 404],
  ] as const) {
    const refused = await swap(id, { targetSlot: target, preserveVnet: true });
    assert.equal(refused.status, status, refused.text);
  }
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const refused = await swap(id, { targetSlot: 'production' }, reader);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /'Microsoft\.Web\/sites\/slots\/slotsswap\/action'/);
  const webmaster = addIdentity(arm, [{ roleId: websiteContributor, scope: siteId('app-wrong') }]);
  const accepted = await swap(id, { targetSlot: 'production' }, webmaster);
  assert.equal(accepted.status, 202, accepted.text);
  const poll = new URL(String(accepted.headers.location));
  const stranger = addIdentity(arm, []);
  const asked = await arm.call('GET', poll.pathname + poll.search, { caller: stranger });
  assert.equal(asked.status, 403, 'what the address shows is for those who may read the slot');
});

test('a plan has so many slots and no more', async () => {
  for (const [tier, sku, room] of [
    ['Basic', { name: 'B1', tier: 'Basic' }, 0],
    ['Dynamic', { name: 'Y1', tier: 'Dynamic' }, 1],
    ['ElasticPremium', { name: 'EP1', tier: 'ElasticPremium' }, 2],
  ] as const) {
    const name = `app-${tier.toLowerCase()}`;
    await putPlan(`plan-${tier}`, sku);
    await putApp(siteId(name), { serverFarmId: `${web}/serverfarms/plan-${tier}` });
    for (let slot = 0; slot < room; slot++) {
      const made = await putApp(`${siteId(name)}/slots/s${slot}`);
      assert.equal(made.status, 200, made.text);
    }
    const refused = await putApp(`${siteId(name)}/slots/more`);
    assert.equal(refused.status, 409);
    assert.equal(
      refused.body.Message ?? refused.body.error?.message,
      `Cannot complete the operation because the site will exceed the number of slots allowed for the '${tier}' SKU.`,
    );
    if (room > 0) assert.equal((await putApp(`${siteId(name)}/slots/s0`)).status, 200);
  }
});

test('Flex Consumption has no slots', async () => {
  await putPlan('plan-flex', { name: 'FC1', tier: 'FlexConsumption' });
  const storage = {
    type: 'blobContainer',
    value: 'https://stapp.blob.core.windows.net/app',
    authentication: { type: 'SystemAssignedIdentity' },
  };
  const site = await putApp(siteId('app-flex'), {
    serverFarmId: `${web}/serverfarms/plan-flex`,
    functionAppConfig: {
      deployment: { storage },
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 },
      runtime: { name: 'node', version: '24' },
    },
  });
  assert.equal(site.status, 200, site.text);
  const refused = await putApp(`${siteId('app-flex')}/slots/staging`);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /slots allowed for the 'FlexConsumption' SKU/);
});

test('connection strings go over too, and a virtual network only where it is asked to', async () => {
  const id = siteId('app-more');
  const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`;
  const connectionStrings = (value: string) =>
    ['Main', 'Sticky'].map((name) => ({ name, connectionString: value, type: 'SQLAzure' }));
  const [site] = await putPair(
    'app-more',
    {
      virtualNetworkSubnetId: subnet,
      siteConfig: { connectionStrings: connectionStrings('Server=app-more') },
    },
    { siteConfig: { connectionStrings: connectionStrings('Server=staging') } },
  );
  assert.equal(site.properties.siteConfig.connectionStrings, null, 'told to POST list only');
  await arm.call('PUT', `${id}/config/slotConfigNames?${version}`, {
    body: { properties: { connectionStringNames: ['Sticky'] } },
  });
  const state = async () => {
    const list = await arm.call('POST', `${id}/config/connectionstrings/list?${version}`);
    const { Main, Sticky } = list.body.properties;
    const { properties } = (await arm.call('GET', `${id}?${version}`)).body;
    return [Main.value, Sticky.value, properties.virtualNetworkSubnetId];
  };
  await swap(`${id}/slots/staging`, { targetSlot: 'production', preserveVnet: true });
  assert.deepEqual(await state(), ['Server=staging', 'Server=app-more', subnet]);
  await swap(`${id}/slots/staging`, { targetSlot: 'production', preserveVnet: false });
  assert.deepEqual(await state(), ['Server=app-more', 'Server=app-more', undefined]);
});

test('slot setting names belong to the site, publishing policies to each slot', async () => {
  const id = siteId('app-names');
  await putPair('app-names', {}, {});
  const list = { properties: { appSettingNames: ['A'] } };
  const path = `/config/slotConfigNames?${version}`;
  assert.equal((await arm.call('PUT', id + path, { body: list })).status, 200);
  const read = await arm.call('GET', id + path);
  assert.deepEqual(read.body.properties.appSettingNames, ['A']);
  const refused = await arm.call('PUT', `${id}/slots/staging${path}`, { body: list });
  assert.equal(refused.status, 404);
  const policy = `/basicPublishingCredentialsPolicies/ftp?${version}`;
  await arm.call('PUT', `${id}/slots/staging${policy}`, { body: { properties: { allow: false } } });
  const allowed = async (of: string) => (await arm.call('GET', of + policy)).body.properties.allow;
  assert.deepEqual([await allowed(id), await allowed(`${id}/slots/staging`)], [true, false]);
});

test('slot names that are none are refused; a long host name is cut', async () => {
  const id = siteId(`app-${'x'.repeat(50)}`);
  await putApp(id, { serverFarmId: `${web}/serverfarms/plan-s` });
  for (const name of ['-a', 'a_b', 'Production']) {
    assert.equal((await putApp(`${id}/slots/${name}`)).status, 400, name);
  }
  const slot = await putApp(`${id}/slots/a-very-long-name-of-a-slot`);
  assert.match(slot.body.properties.defaultHostName, /^[\w-]{63}\.azurewebsites\.net$/);
});
