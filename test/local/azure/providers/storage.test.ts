import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, openResourceManager } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const accountId = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
const version = 'api-version=2023-05-01';
const good = {
  location: 'eastus',
  kind: 'StorageV2',
  sku: { name: 'Standard_LRS' },
  properties: { allowSharedKeyAccess: false, allowBlobPublicAccess: false },
};

function put(name: string, body: unknown = good) {
  return arm.call('PUT', `${accountId(name)}?${version}`, { body });
}

test('an account has its endpoints, Azure\u2019s key order and no charset', async () => {
  const answer = await put('stgood');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json');
  const keys = ['sku', 'kind', 'id', 'name', 'type', 'location', 'properties'];
  assert.deepEqual(Object.keys(answer.body), keys);
  assert.equal(
    answer.body.properties.primaryEndpoints.blob,
    'https://stgood.blob.core.windows.net/',
  );
  assert.equal(answer.body.properties.allowSharedKeyAccess, false);
  assert.deepEqual(answer.body.sku, { name: 'Standard_LRS', tier: 'Standard' });
});

test('bad names, taken names, unknown SKUs and kinds are refused in Azure\u2019s words', async () => {
  const named = await put('St-Bad');
  assert.deepEqual(named.body.error, {
    code: 'AccountNameInvalid',
    target: 'St-Bad',
    message:
      'St-Bad is not a valid storage account name. Storage account name must be between 3 and 24 characters in ' +
      'length and use numbers and lower-case letters only.',
  });
  await put('sttaken');
  const elsewhere = accountId('sttaken').replace('rg-test', 'rg-other');
  arm.manager.addResourceGroup({
    subscriptionId: elsewhere.split('/')[2] ?? '',
    name: 'rg-other',
    location: 'eastus',
  });
  const taken = await arm.call('PUT', `${elsewhere}?${version}`, { body: good });
  assert.equal(taken.status, 409);
  assert.equal(taken.body.error.message, 'The storage account named sttaken is already taken.');
  const sku = await put('stsku', { ...good, sku: { name: 'Gold' } });
  assert.equal(sku.body.error.code, 'InvalidValuesForRequestParameters');
  const kind = await put('stkind', { ...good, kind: undefined });
  assert.equal(kind.body.error.code, 'InvalidValuesForRequestParameters');
});

test('services are there by default, containers below them have name rules', async () => {
  await put('stblob');
  const service = `${accountId('stblob')}/blobServices/default`;
  assert.equal((await arm.call('GET', `${service}?${version}`)).status, 200);
  const services = await arm.call('GET', `${accountId('stblob')}/blobServices?${version}`);
  assert.equal(services.body.value[0].name, 'default');
  const made = await arm.call('PUT', `${service}/containers/scan-state?${version}`, { body: {} });
  assert.equal(made.status, 200, made.text);
  assert.equal(made.body.properties.publicAccess, 'None');
  assert.equal(made.body.id, `${service}/containers/scan-state`);
  const bad = await arm.call('PUT', `${service}/containers/Bad_Name?${version}`, { body: {} });
  assert.equal(bad.status, 400);
  const body = { properties: { publicAccess: 'Blob' } };
  const open = await arm.call('PUT', `${service}/containers/open?${version}`, { body });
  assert.equal(open.body.error.code, 'PublicAccessNotPermitted');
});

test('keys are listed, as in Azure, even where shared keys are off', async () => {
  await put('stkeys');
  const { body } = await arm.call('POST', `${accountId('stkeys')}/listKeys?${version}`);
  assert.deepEqual(
    body.keys.map(({ keyName }: { keyName: string }) => keyName),
    ['key1', 'key2'],
  );
  assert.deepEqual(Object.keys(body.keys[0]), ['creationTime', 'keyName', 'value', 'permissions']);
});
