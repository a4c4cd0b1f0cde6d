import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type RunningServer, startServer } from '../../../../local/azure/http/server.ts';
import { createOpenIdService } from '../../../../local/azure/tokens/openid-configuration.ts';
import { createTenant, tenantId, userAssigned } from './embedded-tenant.ts';

const LOGIN = 'https://login.microsoftonline.com';

let tenant: Awaited<ReturnType<typeof createTenant>>;
let server: RunningServer;

before(async () => {
  tenant = await createTenant();
  server = await startServer(createOpenIdService(tenant));
});
after(() => server.stop());

const address = (path: string) => `http://127.0.0.1:${server.port}${path}`;

async function get(path: string) {
  const response = await fetch(address(path));
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function post(path: string, form: Record<string, string>) {
  const response = await fetch(address(path), { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('login.microsoftonline.com', () => {
  test('publishes what a stranger needs to verify a managed identity’s token', async () => {
    const { body: metadata } = await get(`/${tenantId}/.well-known/openid-configuration`);
    assert.equal(metadata.jwks_uri, `${LOGIN}/${tenantId}/discovery/keys`);
    const { accessToken } = await tenant.tokens.issue(userAssigned, 'https://vault.azure.net');
    const keys = createRemoteJWKSet(new URL(address(new URL(metadata.jwks_uri).pathname)));
    const { payload } = await jwtVerify(accessToken, keys, {
      issuer: metadata.issuer,
      audience: 'https://vault.azure.net',
      algorithms: metadata.id_token_signing_alg_values_supported,
    });
    assert.equal(payload.oid, userAssigned.principalId);
  });

  test('has both versions, for the tenant and for common', async () => {
    const issuers = {
      [`/${tenantId}/.well-known/openid-configuration`]: `https://sts.windows.net/${tenantId}/`,
      [`/${tenantId.toUpperCase()}/v2.0/.well-known/openid-configuration`]: `${LOGIN}/${tenantId}/v2.0`,
      '/common/.well-known/openid-configuration': 'https://sts.windows.net/{tenantid}/',
      '/common/v2.0/.well-known/openid-configuration': `${LOGIN}/{tenantid}/v2.0`,
      '/organizations/v2.0/.well-known/openid-configuration': `${LOGIN}/{tenantid}/v2.0`,
    };
    for (const [path, issuer] of Object.entries(issuers)) {
      assert.equal((await get(path)).body.issuer, issuer, path);
    }
  });

  test('shows each published key, the retired no more', async () => {
    const first = tenant.keys.current();
    const second = await tenant.keys.rotate();
    const kids = async (path: string) => {
      const { body } = await get(path);
      return body.keys.map(({ kid }: { kid: string }) => kid);
    };
    for (const path of [
      `/${tenantId}/discovery/keys`,
      `/${tenantId}/discovery/v2.0/keys`,
      '/common/discovery/keys',
      '/common/discovery/v2.0/keys',
    ]) {
      assert.deepEqual(await kids(path), [first.kid, second.kid], path);
    }
    tenant.keys.retire(first.kid);
    assert.deepEqual(await kids('/common/discovery/keys'), [second.kid]);
    const { body } = await get('/common/discovery/keys');
    assert.deepEqual(Object.keys(body.keys[0]), ['kty', 'use', 'kid', 'x5t', 'n', 'e']);
  });

  test('answers instance discovery', async () => {
    const query = `api-version=1.1&authorization_endpoint=${LOGIN}/${tenantId}/oauth2/v2.0/authorize`;
    const { body } = await get(`/common/discovery/instance?${query}`);
    assert.equal(
      body.tenant_discovery_endpoint,
      `${LOGIN}/${tenantId}/v2.0/.well-known/openid-configuration`,
    );
  });

  test('refuses a stranger’s tenant and unknown paths', async () => {
    const { status, body } = await get(
      '/99999999-0000-cccc-1111-dddd2222eeee/v2.0/.well-known/openid-configuration',
    );
    assert.equal(status, 400);
    assert.equal(body.error, 'invalid_tenant');
    assert.deepEqual(body.error_codes, [90002]);
    assert.equal((await get(`/${tenantId}/nothing`)).status, 404);
  });

  test('gives no token to anybody, in Entra’s words', async () => {
    const path = `/${tenantId}/oauth2/v2.0/token`;
    const known = { grant_type: 'client_credentials', client_id: userAssigned.clientId };
    const cases = [
      [{}, 400, 'invalid_request', 900144],
      [{ grant_type: 'client_credentials' }, 400, 'invalid_request', 900144],
      [{ ...known, client_id: 'stranger', client_secret: 'x' }, 400, 'unauthorized_client', 700016],
      [{ ...known, grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
      [known, 401, 'invalid_client', 7000216],
      [{ ...known, client_assertion: 'x' }, 400, 'invalid_request', 70021],
      [{ ...known, client_secret: 'very secret' }, 401, 'invalid_client', 7000215],
    ] as const;
    for (const [form, status, error, number] of cases) {
      for (const endpoint of [path, `/${tenantId}/oauth2/token`]) {
        const answer = await post(endpoint, form);
        assert.equal(answer.status, status, JSON.stringify(form));
        assert.equal(answer.body.error, error);
        assert.deepEqual(answer.body.error_codes, [number]);
        assert.match(answer.body.error_description, new RegExp(`^AADSTS${number}: `));
        assert.ok(!answer.body.error_description.includes('very secret'));
      }
    }
    assert.equal((await fetch(address(path))).status, 405);
  });
});
