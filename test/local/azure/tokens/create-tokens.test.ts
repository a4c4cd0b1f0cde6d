import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compactVerify, jwtVerify } from 'jose';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { appId, createTenant, systemAssigned, tenantId, userAssigned } from './embedded-tenant.ts';
import { decodePart } from './token-forgery.ts';

const VAULT = 'https://vault.azure.net';

describe('an issued token', () => {
  test('has the header and the claims of a managed identity’s token, in Entra’s order', async () => {
    const { tokens, keys } = await createTenant();
    const { accessToken, expiresOn, notBefore, expiresIn } = await tokens.issue(
      systemAssigned,
      VAULT,
      { azureResourceId: appId },
    );
    const { kid } = keys.current();
    assert.deepEqual(decodePart(accessToken, 0), { typ: 'JWT', alg: 'RS256', x5t: kid, kid });
    const claims = decodePart(accessToken, 1);
    assert.deepEqual(Object.keys(claims), [
      'aud',
      'iss',
      'iat',
      'nbf',
      'exp',
      'aio',
      'appid',
      'appidacr',
      'idp',
      'idtyp',
      'oid',
      'rh',
      'sub',
      'tid',
      'uti',
      'ver',
      'xms_az_rid',
      'xms_mirid',
    ]);
    const { aio, rh, uti, ...rest } = claims;
    for (const random of [aio, rh, uti]) assert.equal(typeof random, 'string');
    assert.deepEqual(rest, {
      aud: VAULT,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: notBefore,
      nbf: notBefore,
      exp: expiresOn,
      appid: systemAssigned.clientId,
      appidacr: '2',
      idp: `https://sts.windows.net/${tenantId}/`,
      idtyp: 'app',
      oid: systemAssigned.principalId,
      sub: systemAssigned.principalId,
      tid: tenantId,
      ver: '1.0',
      xms_az_rid: appId,
      xms_mirid: appId,
    });
    assert.equal(expiresIn, 86_400);
    assert.equal(expiresOn - notBefore, 86_700);
  });

  test('is accepted by jose', async () => {
    const { tokens, keys } = await createTenant();
    const { accessToken } = await tokens.issue(userAssigned, VAULT);
    const key = keys.find(keys.current().kid);
    assert.ok(key);
    await compactVerify(accessToken, key, { algorithms: ['RS256'] });
    await jwtVerify(accessToken, key, {
      audience: VAULT,
      issuer: `https://sts.windows.net/${tenantId}/`,
    });
  });

  test('lives as long as it is asked to', async () => {
    const { tokens, clock } = await createTenant();
    const { accessToken, expiresIn } = await tokens.issue(userAssigned, VAULT, {
      lifetimeSeconds: 60,
    });
    assert.equal(expiresIn, 60);
    await tokens.verify(accessToken, keyVaultAudiences);
    clock.advanceMs(61_000 + 300_000);
    await assert.rejects(tokens.verify(accessToken, keyVaultAudiences), { problem: 'expired' });
  });

  test('is of a machine: users and groups have none', async () => {
    const { tokens } = await createTenant();
    for (const kind of ['User', 'Group'] as const) {
      await assert.rejects(tokens.issue({ ...userAssigned, kind }, VAULT), new RegExp(kind));
    }
  });
});

describe('the signing keys', () => {
  test('refuse to retire the one that signs', async () => {
    const { keys } = await createTenant();
    assert.throws(() => keys.retire(keys.current().kid), /signs/);
  });
});
