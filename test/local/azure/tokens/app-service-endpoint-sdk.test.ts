import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { ManagedIdentityCredential } from '@azure/identity';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { useAppService, vault } from './app-service.ts';
import { identityOf, otherUserAssigned, systemAssigned, userAssigned } from './embedded-tenant.ts';
import { decodePart } from './token-forgery.ts';

const service = useAppService();

describe('through @azure/identity', () => {
  const names = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET'] as const;
  beforeEach(() => {
    for (const name of names) process.env[name] = service.environment[name];
  });
  after(() => {
    for (const name of names) delete process.env[name];
  });

  test('each way to name an identity gives its token, with the lifetime of the token', async () => {
    for (const [credential, principal] of [
      [new ManagedIdentityCredential(), systemAssigned],
      [new ManagedIdentityCredential({ clientId: userAssigned.clientId }), userAssigned],
      [
        new ManagedIdentityCredential({ objectId: otherUserAssigned.principalId }),
        otherUserAssigned,
      ],
      [new ManagedIdentityCredential({ resourceId: userAssigned.resourceId ?? '' }), userAssigned],
    ] as const) {
      const { token, expiresOnTimestamp } = await credential.getToken(`${vault}/.default`);
      const caller = await service.tenant.tokens.verify(token, keyVaultAudiences);
      assert.equal(caller.principalId, principal.principalId);
      assert.equal(expiresOnTimestamp / 1000, decodePart(token, 1).exp);
    }
  });

  test('a second getToken comes from the cache: the endpoint is not asked again', async () => {
    const credential = new ManagedIdentityCredential({ clientId: userAssigned.clientId });
    await credential.getToken('https://storage.azure.com/.default');
    const since = service.tenant.journal.position;
    await credential.getToken('https://storage.azure.com/.default');
    assert.deepEqual(service.tenant.journal.since(since), []);
  });

  test('an id that is not assigned fails at once, with the endpoint’s words', async () => {
    service.assign(identityOf(false, userAssigned));
    const since = service.tenant.journal.position;
    const credential = new ManagedIdentityCredential({ clientId: otherUserAssigned.clientId });
    await assert.rejects(
      credential.getToken('https://eventhubs.azure.net/.default'),
      /No User Assigned or Delegated/,
    );
    await assert.rejects(
      new ManagedIdentityCredential().getToken('https://eventhubs.azure.net/.default'),
      /No User Assigned or Delegated/,
    );
    assert.equal(service.tenant.journal.since(since).length, 2);
  });
});
