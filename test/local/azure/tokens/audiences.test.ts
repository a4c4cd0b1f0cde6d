import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../../local/azure/directory.ts';
import {
  isKnownAudience,
  keyVaultAudiences,
  resourceManagerAudiences,
  storageAudiences,
} from '../../../../local/azure/tokens/audiences.ts';
import { tenantId, userAssigned } from './embedded-tenant.ts';

const directory = new Directory(tenantId);
directory.add(userAssigned);

test('each door accepts its names, with and without slash', () => {
  assert.deepEqual(resourceManagerAudiences, [
    'https://management.azure.com',
    'https://management.azure.com/',
    'https://management.core.windows.net',
    'https://management.core.windows.net/',
  ]);
  assert.deepEqual(keyVaultAudiences, ['https://vault.azure.net', 'https://vault.azure.net/']);
  assert.deepEqual(storageAudiences('Account'), [
    'https://storage.azure.com',
    'https://storage.azure.com/',
    'https://account.blob.core.windows.net',
    'https://account.blob.core.windows.net/',
  ]);
});

test('Entra knows Azure’s services, by address in any case or by application id', () => {
  for (const audience of [
    ...resourceManagerAudiences,
    ...keyVaultAudiences,
    ...storageAudiences('account'),
    'https://VAULT.azure.net',
    'https://database.windows.net/',
    'https://servicebus.azure.net/',
    'https://namespace.servicebus.windows.net',
    'https://cognitiveservices.azure.com',
    'https://account.queue.core.windows.net/',
    'https://store.azconfig.io',
    '00000003-0000-0000-c000-000000000000',
    'api://AzureADTokenExchange',
  ]) {
    assert.equal(isKnownAudience(audience, directory), true, audience);
  }
});

test('Entra does not know anything else', () => {
  for (const audience of [
    '',
    '/',
    'x',
    'https://vault.azure.net//',
    'https://vault.azure.net/.default',
    'https://myvault.vault.azure.net',
    'https://server.database.windows.net',
    'https://vault.azure.net.evil.example',
    'http://vault.azure.net',
    'https://blob.core.windows.net',
    'https://evil.example/account.blob.core.windows.net',
    'https://a@b.blob.core.windows.net',
    'api://99999999-aaaa-4bbb-8ccc-000000000002',
    // A managed identity is no application: nobody gets a token for it.
    userAssigned.clientId,
    `api://${userAssigned.clientId}`,
  ]) {
    assert.equal(isKnownAudience(audience, directory), false, audience);
  }
});

test('Entra knows an application by its id, by api:// before it, and by its identifier URIs', () => {
  const tenant = new Directory(tenantId);
  const clientId = '99999999-aaaa-4bbb-8ccc-000000000003';
  const application = {
    principalId: '99999999-aaaa-4bbb-8ccc-000000000004',
    clientId,
    kind: 'Application',
    displayName: 'orders-api',
    identifierUris: ['api://Orders', 'https://contoso.com/api/'],
  } as const;
  const audiences = [clientId, `api://${clientId}`, 'api://orders', 'https://contoso.com/api'];
  for (const audience of audiences) assert.equal(isKnownAudience(audience, tenant), false);
  tenant.add(application);
  for (const audience of audiences) assert.equal(isKnownAudience(audience, tenant), true, audience);
  for (const audience of ['api://orders/x', 'api://order', 'https://contoso.com', 'orders']) {
    assert.equal(isKnownAudience(audience, tenant), false, audience);
  }
});
