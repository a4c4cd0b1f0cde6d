// What ARM's providers tell the data planes, which decide by it who may do what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployTemplate } from '../../../../local/deploy-template.ts';
import { foreignClient } from '../../../support/foreign-client.ts';
import { addIdentity, grant, groupId, useLocalAzure } from '../../../support/local-azure.ts';

const azure = await useLocalAzure();
const { tenantId } = azure.directory;
const named = addIdentity(azure, 'in-the-policy');
const stranger = addIdentity(azure, 'in-no-policy');
await deployTemplate(azure, {
  name: 'planes',
  resourceGroup: 'rg-planes',
  location: 'eastus',
  strict: false,
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.KeyVault/vaults',
        apiVersion: '2024-11-01',
        name: 'kv-planes',
        location: 'eastus',
        properties: {
          tenantId,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: false,
          enablePurgeProtection: true,
          accessPolicies: [
            {
              tenantId,
              objectId: named.principalId,
              permissions: { secrets: ['Get', 'Set', 'Delete', 'Purge'] },
            },
            { tenantId, objectId: stranger.principalId, permissions: { keys: ['get'] } },
          ],
        },
      },
      ...[true, false].map((allowSharedKeyAccess) => ({
        type: 'Microsoft.Storage/storageAccounts',
        apiVersion: '2023-05-01',
        name: allowSharedKeyAccess ? 'stkeys' : 'stnokeys',
        location: 'eastus',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        properties: { allowSharedKeyAccess },
      })),
    ],
  },
});
await azure.storageReady;

const vault = (principal: typeof named) =>
  foreignClient(azure, 'kv-planes.vault.azure.net', principal, 'https://vault.azure.net');
const secret = '/secrets/s?api-version=7.4';

test('an access policy grants what it names to whom it names, and nothing else', async () => {
  const put = { method: 'PUT', body: { value: 'v' } };
  assert.equal((await vault(named)(secret, put)).status, 200);
  assert.equal((await vault(named)(secret)).body.value, 'v');
  assert.equal((await vault(stranger)(secret)).status, 403);
  assert.equal((await vault(named)('/secrets?api-version=7.4')).status, 403, 'list is not named');
});

test('purge protection refuses a purge that the policy allows', async () => {
  await vault(named)('/secrets/p?api-version=7.4', { method: 'PUT', body: { value: 'v' } });
  await vault(named)('/secrets/p?api-version=7.4', { method: 'DELETE' });
  const purge = await vault(named)('/deletedsecrets/p?api-version=7.4', { method: 'DELETE' });
  assert.equal(purge.status, 403);
});

test('listKeys gives the keys of that account, 64 bytes each', async () => {
  const keysOf = async (name: string) => {
    const id = `${groupId('rg-planes')}/providers/Microsoft.Storage/storageAccounts/${name}`;
    grant(azure, named, 'Owner', id);
    const arm = foreignClient(azure, 'management.azure.com', named);
    const { body } = await arm(`${id}/listKeys?api-version=2023-05-01`, { method: 'POST' });
    return body.keys.map(({ value }: { value: string }) => value) as string[];
  };
  const keys = await keysOf('stkeys');
  assert.deepEqual(
    keys.map((value) => Buffer.from(value, 'base64').length),
    [64, 64],
  );
  assert.notDeepEqual(keys, await keysOf('stnokeys'));
});

test('a shared key opens an account only where allowSharedKeyAccess is not false', async () => {
  const codeOf = async (name: string) => {
    const host = `${name}.blob.core.windows.net`;
    const answer = await foreignClient(azure, host)('/?comp=list', {
      headers: {
        Authorization: `SharedKey ${name}:bm90IHRoZSByaWdodCBvbmU=`,
        'x-ms-version': '2021-12-02',
      },
    });
    return answer.headers['x-ms-error-code'];
  };
  assert.equal(await codeOf('stnokeys'), 'KeyBasedAuthenticationNotPermitted');
  // Refused for its signature: that account looks at keys.
  assert.match(String(await codeOf('stkeys')), /^(AuthenticationFailed|AuthorizationFailure)$/);
});
