import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { assertRefused, identityNotFound, useAppService, vault } from './app-service.ts';
import {
  appId,
  group,
  identityOf,
  otherUserAssigned,
  systemAssigned,
  userAssigned,
} from './embedded-tenant.ts';
import { decodePart } from './token-forgery.ts';

const service = useAppService();

describe('the App Service token endpoint, 2019-08-01', () => {
  test('gives a token of the system-assigned identity when none is named', async () => {
    const { status, body } = await service.ask({});
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), [
      'access_token',
      'expires_on',
      'resource',
      'token_type',
      'client_id',
    ]);
    assert.equal(body.client_id, systemAssigned.clientId);
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.resource, vault);
    const caller = await service.tenant.tokens.verify(body.access_token, keyVaultAudiences);
    assert.equal(caller.principalId, systemAssigned.principalId);
    assert.equal(caller.azureResourceId, appId);
    assert.equal(body.expires_on, String(decodePart(body.access_token, 1).exp));
  });

  test('gives a token of the user-assigned identity that any of its ids names, in any case', async () => {
    for (const query of [
      { client_id: userAssigned.clientId },
      { client_id: userAssigned.clientId.toUpperCase() },
      { principal_id: userAssigned.principalId },
      { object_id: userAssigned.principalId },
      { mi_res_id: userAssigned.resourceId ?? '' },
      { mi_res_id: userAssigned.resourceId?.replace('resourceGroups', 'resourcegroups') ?? '' },
    ]) {
      const { status, body } = await service.ask(query);
      assert.equal(status, 200, JSON.stringify(query));
      assert.equal(body.client_id, userAssigned.clientId);
      assert.equal(decodePart(body.access_token, 1).oid, userAssigned.principalId);
    }
  });

  test('echoes the resource byte for byte', async () => {
    for (const resource of [
      vault,
      `${vault}/`,
      'https://vault.azure.net',
      'https://management.core.windows.net/',
      'https://account.blob.core.windows.net',
    ]) {
      const { body } = await service.ask({ resource });
      assert.equal(body.resource, resource);
      assert.equal(decodePart(body.access_token, 1).aud, resource);
    }
  });

  test('answers at the path with a last slash and in the documentation’s case', async () => {
    for (const path of ['/msi/token/', '/MSI/token']) {
      const url = new URL(
        `${path}?resource=${vault}&api-version=2019-08-01`,
        service.environment.IDENTITY_ENDPOINT,
      );
      const response = await fetch(url, {
        headers: { 'x-identity-header': service.environment.IDENTITY_HEADER },
      });
      assert.equal(response.status, 200);
    }
  });

  test('reads an encoded name of a parameter', async () => {
    assert.equal((await service.ask(`resource=${vault}&api%2Dversion=2019-08-01`)).status, 200);
  });

  test('puts every token into the journal, and no part of one', async () => {
    const since = service.tenant.journal.position;
    const { body } = await service.ask({ client_id: userAssigned.clientId });
    const entries = service.tenant.journal.since(since);
    assert.deepEqual(
      entries
        .filter((entry) => entry.kind === 'token')
        .map(({ audience, clientId, door }) => ({ audience, clientId, door })),
      [{ audience: vault, clientId: userAssigned.clientId, door: 'app-service-identity' }],
    );
    const written = JSON.stringify(entries);
    assert.ok(!written.includes(body.access_token.split('.')[2] ?? '.'));
    assert.ok(!written.includes(service.environment.IDENTITY_HEADER));
  });

  test('refuses an id that is not assigned to the app', async () => {
    service.assign(identityOf(true, userAssigned));
    for (const query of [
      { client_id: otherUserAssigned.clientId },
      { principal_id: otherUserAssigned.principalId },
      { mi_res_id: otherUserAssigned.resourceId ?? '' },
      { client_id: userAssigned.principalId },
      { client_id: 'nonsense' },
    ]) {
      assertRefused(await service.ask(query), 400, identityNotFound);
    }
  });

  test('refuses to guess: one or several user-assigned identities and none named', async () => {
    service.assign(identityOf(false, userAssigned));
    assertRefused(await service.ask({}), 400, identityNotFound);
    assert.equal((await service.ask({ client_id: userAssigned.clientId })).status, 200);
    service.assign(identityOf(false, userAssigned, otherUserAssigned));
    assertRefused(await service.ask({}), 400, identityNotFound);
    assert.equal((await service.ask({ client_id: userAssigned.clientId })).status, 200);
  });

  test('refuses an app without identity, and one that is gone', async () => {
    service.assign(undefined);
    assertRefused(await service.ask({}), 400, identityNotFound);
    service.assign({});
    assertRefused(await service.ask({ client_id: userAssigned.clientId }), 400, identityNotFound);
    service.assign({}, `${appId}2`);
    assertRefused(await service.ask({}), 400, identityNotFound);
  });

  test('G11 a token stays good when the identity is taken from the app, but no new one is given', async () => {
    const { body } = await service.ask({ client_id: userAssigned.clientId });
    service.assign(identityOf(true));
    await service.tenant.tokens.verify(body.access_token, keyVaultAudiences);
    const refused = await service.ask({ client_id: userAssigned.clientId });
    assertRefused(refused, 400, identityNotFound);
  });

  test('refuses an identity whose principal was deleted', async () => {
    service.tenant.directory.remove(userAssigned.principalId);
    assertRefused(await service.ask({ client_id: userAssigned.clientId }), 400, identityNotFound);
    service.tenant.directory.add(userAssigned);
    assert.equal((await service.ask({ client_id: userAssigned.clientId })).status, 200);
  });

  test('refuses two ids, and a parameter given twice', async () => {
    assertRefused(
      await service.ask({
        client_id: userAssigned.clientId,
        mi_res_id: userAssigned.resourceId ?? '',
      }),
      400,
    );
    assertRefused(
      await service.ask(`resource=${vault}&resource=${vault}&api-version=2019-08-01`),
      400,
    );
  });

  test('refuses a missing, wrong or foreign header with 401', async () => {
    const other = service.environmentOf(`${group}/providers/Microsoft.Web/sites/other`);
    for (const headers of [
      {},
      { 'X-IDENTITY-HEADER': '' },
      { 'X-IDENTITY-HEADER': 'wrong' },
      { secret: service.environment.IDENTITY_HEADER },
      { Metadata: 'true' },
    ]) {
      assertRefused(await service.ask({}, headers), 401);
    }
    // Another app's header opens that app's identities only.
    assertRefused(
      await service.ask({}, { 'X-IDENTITY-HEADER': other.IDENTITY_HEADER }),
      400,
      identityNotFound,
    );
  });

  test('refuses forwarded requests even with the right header', async () => {
    assertRefused(
      await service.ask(
        {},
        { 'X-IDENTITY-HEADER': service.environment.IDENTITY_HEADER, 'X-Forwarded-For': '10.0.0.1' },
      ),
      400,
    );
  });

  test('refuses the old header after a rotation', async () => {
    const old = service.environment.IDENTITY_HEADER;
    service.rotateHeader(appId.toUpperCase());
    assert.notEqual(service.environment.IDENTITY_HEADER, old);
    assertRefused(await service.ask({}, { 'X-IDENTITY-HEADER': old }), 401);
    assert.equal((await service.ask({})).status, 200);
  });

  test('refuses a missing or unknown resource', async () => {
    assertRefused(await service.ask('api-version=2019-08-01'), 400);
    assertRefused(await service.ask({ resource: '' }), 400);
    for (const resource of [
      'https://vault.azure.example',
      'api://unknown',
      'nonsense',
      'https://vault.azure.net/.default',
    ]) {
      assertRefused(
        await service.ask({ resource }),
        400,
        new RegExp(`^AADSTS500011: The resource principal named ${resource} was not found`),
      );
    }
  });

  test('gives a token for an application of the tenant', async () => {
    const application = {
      ...userAssigned,
      principalId: '33333333-aaaa-4bbb-8ccc-000000000001',
      clientId: '33333333-aaaa-4bbb-8ccc-000000000002',
      kind: 'Application',
    } as const;
    const resource = `api://${application.clientId}`;
    assertRefused(await service.ask({ resource }), 400, /AADSTS500011/);
    service.tenant.directory.add(application);
    assert.equal((await service.ask({ resource })).status, 200);
    service.tenant.directory.remove(application.principalId);
  });

  test('refuses a missing or unknown api-version, another path, another method', async () => {
    assertRefused(await service.ask(`resource=${vault}`), 400);
    assertRefused(await service.ask({ 'api-version': '2020-01-01' }), 400, /2020-01-01/);
    assertRefused(await service.ask({ 'api-version': '__proto__' }), 400);
    const headers = { 'X-IDENTITY-HEADER': service.environment.IDENTITY_HEADER };
    const url = `${service.environment.IDENTITY_ENDPOINT}?resource=${vault}&api-version=2019-08-01`;
    assert.equal((await fetch(url.replace('/msi/', '/'), { headers })).status, 404);
    assert.equal((await fetch(url, { method: 'POST', headers })).status, 405);
  });
});
