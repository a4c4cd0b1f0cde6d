import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2024-04-01';
const planId = `${group}/providers/Microsoft.Web/serverfarms/plan-auth`;
const siteId = (name: string) => `${group}/providers/Microsoft.Web/sites/${name}`;
const settingsOf = (name: string, more = '') =>
  `${siteId(name)}/config/authsettingsV2${more}?${version}`;
const clientId = '11112222-bbbb-3333-cccc-4444dddd5555';

await arm.call('PUT', `${planId}?${version}`, {
  body: { location: 'eastus', sku: { name: 'B1' } },
});

async function putSite(name: string) {
  const body = { location: 'eastus', kind: 'app', properties: { serverFarmId: planId } };
  assert.equal((await arm.call('PUT', `${siteId(name)}?${version}`, { body })).status, 200);
}

const put = (name: string, properties: unknown) =>
  arm.call('PUT', settingsOf(name), { body: { properties } });

test('a site whose authentication was never set says that it is off, to GET and to GET …/list', async () => {
  await putSite('app-new');
  for (const more of ['', '/list', '/LIST']) {
    const { status, body } = await arm.call('GET', settingsOf('app-new', more));
    assert.equal(status, 200);
    assert.equal(body.id, `${siteId('app-new')}/config/authsettingsV2`);
    assert.equal(body.name, 'authsettingsV2');
    assert.equal(body.type, 'Microsoft.Web/sites/config');
    assert.equal(body.location, 'East US');
    assert.deepEqual(body.properties, { platform: { enabled: false } });
  }
});

test('what a PUT does not say has the default, in whatever part it is', async () => {
  await putSite('app-auth');
  const { status, body } = await put('app-auth', {
    platform: { enabled: true },
    globalValidation: { requireAuthentication: true, excludedPaths: ['/public'] },
    identityProviders: {
      azureActiveDirectory: {
        registration: { clientId },
        validation: { allowedAudiences: [`api://${clientId}`] },
      },
      customOpenIdConnectProviders: { other: { enabled: false } },
    },
    login: { tokenStore: { enabled: true } },
  });
  assert.equal(status, 200);
  const { platform, globalValidation, identityProviders, login, httpSettings } = body.properties;
  assert.deepEqual(platform, { enabled: true, runtimeVersion: '~1' });
  assert.deepEqual(globalValidation, {
    requireAuthentication: true,
    excludedPaths: ['/public'],
    unauthenticatedClientAction: 'RedirectToLoginPage',
  });
  assert.deepEqual(identityProviders.azureActiveDirectory, {
    enabled: true,
    registration: { clientId },
    login: { disableWWWAuthenticate: false },
    validation: {
      jwtClaimChecks: {},
      allowedAudiences: [`api://${clientId}`],
      defaultAuthorizationPolicy: { allowedPrincipals: {} },
    },
  });
  assert.deepEqual(identityProviders.customOpenIdConnectProviders, { other: { enabled: false } });
  assert.deepEqual(login.tokenStore, {
    enabled: true,
    tokenRefreshExtensionHours: 72,
    fileSystem: {},
    azureBlobStorage: {},
  });
  assert.deepEqual(httpSettings.routes, { apiPrefix: '/.auth' });
  for (const more of ['', '/list']) {
    const got = await arm.call('GET', settingsOf('app-auth', more));
    assert.deepEqual(got.body.properties, body.properties);
  }
});

test('flags in text are flags, and null is as not said', async () => {
  await putSite('app-text');
  const { body } = await put('app-text', {
    platform: { enabled: 'True' },
    globalValidation: { requireAuthentication: 'true', unauthenticatedClientAction: null },
    identityProviders: null,
  });
  assert.equal(body.properties.platform.enabled, true);
  assert.deepEqual(body.properties.globalValidation, {
    requireAuthentication: true,
    unauthenticatedClientAction: 'RedirectToLoginPage',
  });
  assert.deepEqual(body.properties.identityProviders.twitter, { enabled: true, registration: {} });
});

test('a PUT replaces the whole', async () => {
  await putSite('app-replaced');
  await put('app-replaced', {
    platform: { enabled: true },
    login: { tokenStore: { enabled: true } },
  });
  const { body } = await put('app-replaced', { globalValidation: { excludedPaths: ['/a'] } });
  assert.equal(body.properties.platform.enabled, false);
  assert.equal(body.properties.login.tokenStore.enabled, false);
});

test('what is not of its type is refused with 400', async () => {
  await putSite('app-wrong');
  for (const properties of [
    { platform: 'on' },
    { platform: { enabled: 'yes' } },
    { identityProviders: [] },
    { identityProviders: { azureActiveDirectory: { validation: { allowedAudiences: 'x' } } } },
    { identityProviders: { azureActiveDirectory: { registration: { clientId: 1 } } } },
  ]) {
    const refused = await put('app-wrong', properties);
    assert.equal(refused.status, 400, JSON.stringify(properties));
    assert.equal(refused.body.Code, 'InvalidRequestContent');
  }
});

test('the registration is an application of the tenant from then on, with all the audiences it had', async () => {
  const { directory } = arm;
  const own = crypto.randomUUID();
  assert.equal(directory.findByClientId(own), undefined);
  await putSite('app-registered');
  const registered = (allowedAudiences: unknown[]) =>
    put('app-registered', {
      identityProviders: {
        azureActiveDirectory: { registration: { clientId: own }, validation: { allowedAudiences } },
      },
    });
  await registered([`api://${own}`, 'not-a-uri']);
  const first = directory.findByClientId(own);
  await registered(['https://contoso.com/api']);
  const second = directory.findByClientId(own);
  assert.equal(second?.kind, 'Application');
  assert.equal(second?.principalId, first?.principalId);
  assert.deepEqual(second?.identifierUris, [`api://${own}`, 'https://contoso.com/api']);
});

test('the client id of an identity is not taken for a registration', async () => {
  const identity = addIdentity(arm);
  await putSite('app-identity');
  await put('app-identity', {
    identityProviders: {
      azureActiveDirectory: { registration: { clientId: identity.clientId } },
    },
  });
  assert.equal(arm.directory.findByClientId(identity.clientId)?.kind, 'ManagedIdentity');
});

test('who may only read may read it, and not write it', async () => {
  await putSite('app-reader');
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const asReader = { caller: reader };
  for (const more of ['', '/list']) {
    assert.equal((await arm.call('GET', settingsOf('app-reader', more), asReader)).status, 200);
    const nobody = { caller: addIdentity(arm) };
    assert.equal((await arm.call('GET', settingsOf('app-reader', more), nobody)).status, 403);
  }
  const refused = await arm.call('PUT', settingsOf('app-reader'), {
    ...asReader,
    body: { properties: {} },
  });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /Microsoft\.Web\/sites\/config\/write/);
});
