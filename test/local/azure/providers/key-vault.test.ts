import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantId } from '../../../support/open-door.ts';
import { group, openResourceManager } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const vaultId = (name: string) => `${group}/providers/Microsoft.KeyVault/vaults/${name}`;
const good = { tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true };

function put(name: string, properties: Record<string, unknown> = good, location = 'eastus') {
  return arm.call('PUT', `${vaultId(name)}?api-version=2024-11-01`, {
    body: { location, properties },
  });
}

test('a vault answers 200, with its address and Azure\u2019s key order', async () => {
  const { status, body } = await put('kv-good');
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), [
    'id',
    'name',
    'type',
    'location',
    'systemData',
    'properties',
  ]);
  assert.equal(body.properties.vaultUri, 'https://kv-good.vault.azure.net/');
  assert.equal(body.properties.softDeleteRetentionInDays, 90);
  assert.equal(body.systemData.createdBy, arm.owner.principalId);
});

for (const name of ['kv', '1vault', 'kv--two', 'kv-', 'a-name-of-more-than-24-chars', 'kv_under']) {
  test(`the vault name ${name} is refused`, async () => {
    const { status, body } = await put(name);
    assert.equal(status, 400);
    assert.equal(body.error.code, 'VaultNameNotValid');
  });
}

test('purge protection cannot be set to false, nor retention out of range, nor the tenant left out', async () => {
  const refused = [
    { ...good, enablePurgeProtection: false },
    { ...good, softDeleteRetentionInDays: 5 },
    { sku: good.sku },
    { ...good, sku: { family: 'A', name: 'gold' } },
  ];
  for (const properties of refused) {
    const { status, body } = await put('kv-bad', properties);
    assert.equal(status, 400);
    assert.equal(body.error.code, 'BadRequest');
  }
  assert.equal(arm.manager.findResource(vaultId('kv-bad')), undefined);
});

test('a deleted vault keeps its name, as soft-deleted', async () => {
  await put('kv-soft');
  assert.equal(
    (await arm.call('DELETE', `${vaultId('kv-soft')}?api-version=2024-11-01`)).status,
    200,
  );
  const again = await put('kv-soft');
  assert.equal(again.status, 409);
  assert.equal(again.body.error.code, 'ConflictError');
});

test('a secret made through ARM is never told back', async () => {
  await put('kv-secret');
  const path = `${vaultId('kv-secret')}/secrets/demo?api-version=2024-11-01`;
  const value = 'a-value-that-must-not-show';
  const created = await arm.call('PUT', path, { body: { properties: { value } } });
  assert.equal(created.status, 200, created.text);
  assert.equal(arm.vaults.secrets.get('kv-secret/demo'), value);
  const shown = await arm.call('GET', path);
  const list = await arm.call('GET', `${vaultId('kv-secret')}/secrets?api-version=2024-11-01`);
  assert.equal(list.body.value.length, 1);
  const told = [created.text, shown.text, list.text, JSON.stringify(arm.journal.since())];
  assert.ok(told.every((text) => !text.includes(value)));
  assert.equal(shown.body.properties.secretUri, 'https://kv-secret.vault.azure.net/secrets/demo');
  const all = await arm.call('GET', `${group}/resources?api-version=2021-04-01`);
  assert.ok(all.body.value.every(({ type }: { type: string }) => !type.endsWith('/secrets')));
});

test('a location is required, must be one, and cannot change', async () => {
  const bare = await arm.call('PUT', `${vaultId('kv-place')}?api-version=2024-11-01`, {
    body: { properties: good },
  });
  assert.equal(bare.body.error.code, 'LocationRequired');
  const odd = await put('kv-place', good, 'atlantis');
  assert.equal(odd.body.error.code, 'LocationNotAvailableForResourceType');
  assert.equal((await put('kv-place', good, 'East US')).body.location, 'eastus');
  const moved = await put('kv-place', good, 'westeurope');
  assert.equal(moved.status, 409);
  assert.equal(moved.body.error.code, 'InvalidResourceLocation');
});
