import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertRefused, identityNotFound, useAppService } from './app-service.ts';
import { systemAssigned, userAssigned } from './embedded-tenant.ts';
import { decodePart } from './token-forgery.ts';

const service = useAppService();

describe('the App Service token endpoint, 2017-09-01', () => {
  const old = { 'api-version': '2017-09-01' };
  const secret = () => ({ secret: service.environment.MSI_SECRET });

  test('gives the time as .NET writes it', async () => {
    const { status, body } = await service.ask(old, secret());
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['access_token', 'expires_on', 'resource', 'token_type']);
    assert.match(body.expires_on, /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d \+00:00$/);
    assert.equal(Date.parse(body.expires_on) / 1000, decodePart(body.access_token, 1).exp);
  });

  test('knows clientid only, as it did', async () => {
    const named = await service.ask({ ...old, clientid: userAssigned.clientId }, secret());
    assert.equal(decodePart(named.body.access_token, 1).appid, userAssigned.clientId);
    const ignored = await service.ask({ ...old, client_id: userAssigned.clientId }, secret());
    assert.equal(decodePart(ignored.body.access_token, 1).appid, systemAssigned.clientId);
    assertRefused(
      await service.ask({ ...old, clientid: 'nonsense' }, secret()),
      400,
      identityNotFound,
    );
  });

  test('wants its own header', async () => {
    assertRefused(
      await service.ask(old, { 'X-IDENTITY-HEADER': service.environment.IDENTITY_HEADER }),
      401,
    );
  });
});
