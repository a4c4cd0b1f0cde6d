import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2024-04-01';
const planId = `${group}/providers/Microsoft.Web/serverfarms/plan-flex`;
const siteId = (name: string) => `${group}/providers/Microsoft.Web/sites/${name}`;

const plan = await arm.call('PUT', `${planId}?${version}`, {
  body: {
    location: 'eastus',
    sku: { name: 'FC1', tier: 'FlexConsumption' },
    properties: { reserved: true },
  },
});
assert.equal(plan.status, 200, plan.text);

const functionAppConfig = {
  deployment: {
    storage: {
      type: 'blobContainer',
      value: 'https://stapp.blob.core.windows.net/app',
      authentication: { type: 'SystemAssignedIdentity' },
    },
  },
  scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 100 },
  runtime: { name: 'node', version: '24' },
};

function putSite(name: string, more: Record<string, unknown> = {}) {
  return arm.call('PUT', `${siteId(name)}?${version}`, {
    body: {
      location: 'eastus',
      kind: 'functionapp,linux',
      properties: { serverFarmId: planId, functionAppConfig, ...more },
    },
  });
}

const settings = (pairs: Record<string, string>) => ({
  siteConfig: { appSettings: Object.entries(pairs).map(([name, value]) => ({ name, value })) },
});

test('a Flex app is made at once; its settings are told to POST list only', async () => {
  const site = await putSite('func-a', settings({ KEY_VAULT_URL: 'https://kv.vault.azure.net' }));
  assert.equal(site.status, 200, site.text);
  assert.equal(site.headers['content-type'], 'application/json');
  assert.equal(site.body.location, 'East US');
  assert.equal(site.body.properties.sku, 'FlexConsumption');
  assert.equal(site.body.properties.siteConfig.appSettings, null);
  assert.equal(site.body.properties.defaultHostName, 'func-a.azurewebsites.net');
  const list = await arm.call('POST', `${siteId('func-a')}/config/appsettings/list?${version}`);
  assert.equal(list.body.name, 'appsettings');
  assert.deepEqual(list.body.properties, { KEY_VAULT_URL: 'https://kv.vault.azure.net' });
  const get = await arm.call('GET', `${siteId('func-a')}/config/appsettings?${version}`);
  assert.ok(!get.text.includes('kv.vault.azure.net'));
  const slots = await arm.call('GET', `${siteId('func-a')}/config/slotConfigNames?${version}`);
  assert.deepEqual(slots.body.properties.appSettingNames, []);
  assert.equal((await arm.call('GET', `${siteId('func-a')}/config/web?${version}`)).status, 200);
});

test('a reader sees the site and not its settings', async () => {
  await putSite('func-r', settings({ A: 'b' }));
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const read = await arm.call('GET', `${siteId('func-r')}?${version}`, { caller: reader });
  assert.equal(read.status, 200);
  const path = `${siteId('func-r')}/config/appsettings/list?${version}`;
  const refused = await arm.call('POST', path, { caller: reader });
  assert.equal(refused.status, 403);
  assert.match(refused.body.error.message, /'Microsoft\.Web\/sites\/config\/list\/action'/);
});

test('a PUT without settings keeps them; config/appsettings replaces them all', async () => {
  await putSite('func-k', settings({ A: '1', B: '2' }));
  await putSite('func-k');
  const path = `${siteId('func-k')}/config/appsettings`;
  const kept = await arm.call('POST', `${path}/list?${version}`);
  assert.deepEqual(kept.body.properties, { A: '1', B: '2' });
  await arm.call('PUT', `${path}?${version}`, { body: { properties: { C: '3' } } });
  const replaced = await arm.call('POST', `${path}/list?${version}`);
  assert.deepEqual(replaced.body.properties, { C: '3' });
});

test('Flex takes alwaysOn where it is off, and a site shows the addresses that modules give out', async () => {
  const site = await putSite('func-off', { siteConfig: { alwaysOn: false } });
  assert.equal(site.status, 200, site.text);
  const { properties } = site.body;
  assert.match(properties.customDomainVerificationId, /^[0-9A-F]{64}$/);
  for (const name of ['outboundIpAddresses', 'possibleOutboundIpAddresses']) {
    assert.match(properties[name], /^[\d.,]+$/, name);
  }
});

test('Flex refuses settings of the other plans, in Web\u2019s own form of an error', async () => {
  const refused = await putSite('func-w', settings({ FUNCTIONS_WORKER_RUNTIME: 'node' }));
  assert.equal(refused.status, 400);
  assert.deepEqual(Object.keys(refused.body), [
    'Code',
    'Message',
    'Target',
    'Details',
    'Innererror',
  ]);
  assert.equal(
    refused.body.Message,
    'The following app setting (Site.SiteConfig.AppSettings.FUNCTIONS_WORKER_RUNTIME) for Flex Consumption sites is ' +
      'invalid. Please remove or rename it before retrying.',
  );
  const always = await putSite('func-w', { siteConfig: { alwaysOn: true } });
  assert.match(always.body.Message, /\(Site\.SiteConfig\.AlwaysOn\) for Flex Consumption/);
  const fx = await putSite('func-w', { siteConfig: { linuxFxVersion: 'Node|22' } });
  assert.match(fx.body.Message, /\(Site\.SiteConfig\.LinuxFxVersion\) for Flex Consumption/);
  const bare = await putSite('func-w', { functionAppConfig: undefined });
  assert.match(
    bare.body.Message,
    /^Site\.FunctionAppConfig is invalid\. {2}The FunctionAppConfig section/,
  );
  assert.equal(arm.manager.findResource(siteId('func-w')), undefined);
});

test('a plan may be asked for by its tier alone, as templates of every age do', async () => {
  const tierOf = async (name: string, body: Record<string, unknown>) => {
    const path = `${group}/providers/Microsoft.Web/serverfarms/${name}?${version}`;
    const answer = await arm.call('PUT', path, { body: { location: 'eastus', ...body } });
    return [answer.body.sku.name, answer.body.sku.tier];
  };
  const old = { properties: { computeMode: 'Dynamic', sku: 'Dynamic' } };
  assert.deepEqual(await tierOf('plan-old', old), ['Y1', 'Dynamic']);
  const capitals = { sku: { Name: 'S2', Tier: 'Standard' } };
  assert.deepEqual(await tierOf('plan-capitals', capitals), ['S2', 'Standard']);
  assert.deepEqual(await tierOf('plan-tier', { sku: { tier: 'Standard' } }), ['S1', 'Standard']);
  assert.deepEqual(await tierOf('plan-none', {}), ['F1', 'Free']);
});

test('a plan that is not there, a plan of an unknown size', async () => {
  const lost = await putSite('func-l', { serverFarmId: `${planId}-none` });
  assert.equal(lost.status, 404);
  const body = { location: 'eastus', sku: { name: 'Z9' } };
  const odd = await arm.call('PUT', `${planId}-odd?${version}`, { body });
  assert.equal(odd.status, 400);
});

test('basic authentication policies are there by default and can be shut', async () => {
  await putSite('func-b');
  const path = `${siteId('func-b')}/basicPublishingCredentialsPolicies`;
  const before = await arm.call('GET', `${path}/ftp?${version}`);
  assert.equal(before.body.properties.allow, true);
  const shut = await arm.call('PUT', `${path}/ftp?${version}`, {
    body: { properties: { allow: false } },
  });
  assert.equal(shut.body.properties.allow, false);
  const list = await arm.call('GET', `${path}?${version}`);
  assert.equal(list.body.value.length, 2);
  assert.equal(list.body.nextLink, null);
});

test('functions and groups may be always ready, in numbers that the app may have', async () => {
  const ready = (name: unknown, instanceCount: unknown) => {
    const scaleAndConcurrency = {
      ...functionAppConfig.scaleAndConcurrency,
      alwaysReady: [{ name, instanceCount }],
    };
    return putSite('func-ready', {
      functionAppConfig: { ...functionAppConfig, scaleAndConcurrency },
    });
  };
  for (const name of ['http', 'function:scanOnRequest']) {
    assert.equal((await ready(name, 1)).status, 200, name);
  }
  for (const [name, count] of [
    ['scanOnRequest', 1],
    ['http', 101],
    ['http', -1],
  ] as const) {
    const { status, text } = await ready(name, count);
    assert.equal(status, 400, `${name} ${count}`);
    assert.match(text, /ScaleAndConcurrency\.AlwaysReady/);
  }
});
