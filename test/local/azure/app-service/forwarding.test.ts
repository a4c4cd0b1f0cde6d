// What the program of a site is told and what it never hears; sites without a program; slots; faults.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { tenantId } from '../../../../local/azure/tenant.ts';
import { addIdentity, useLocalAzure } from '../../../support/local-azure.ts';
import { getOverTls } from '../../../threats/raw-https.ts';
import {
  ask,
  audience,
  authSettings,
  deployInto,
  deploySite,
  siteId,
  startProgram,
} from './protected-site.ts';

const azure = await useLocalAzure();
const caller = addIdentity(azure, 'id-caller');
const program = await startProgram();
const tokenOf = async (principal: Principal) =>
  (await azure.tokens.issue(principal, audience)).accessToken;

before(async () => {
  const globalValidation = { excludedPaths: ['/public'] };
  const settings = authSettings({ globalValidation });
  azure.serveSite(await deploySite(azure, 'func-api', settings), program.address);
  azure.serveSite(await deploySite(azure, 'func-plain'), program.address);
});

const forged = {
  'X-MS-CLIENT-PRINCIPAL': Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64'),
  'x-ms-client-principal-id': 'admin',
  'X-Ms-Client-Principal-Name': 'admin@example.com',
  'X-MS-CLIENT-PRINCIPAL-IDP': 'aad',
  'X-MS-TOKEN-AAD-ACCESS-TOKEN': 'x',
  'X-MS-TOKEN-AAD-ID-TOKEN': 'x',
  'X-MS-TOKEN-GOOGLE-ACCESS-TOKEN': 'x',
  X_MS_CLIENT_PRINCIPAL_ID: 'admin',
};
const principalHeadersOf = (headers: Readonly<Record<string, string>>) =>
  Object.keys(headers).filter((name) => /^x.ms.(client.principal|token)/.test(name));

describe('the caller', () => {
  it('is told to the program, with the claims of the token under their .NET names', async () => {
    const token = await tokenOf(caller);
    const { headers } = (await ask('func-api', '/', { token })).seen();
    assert.equal(headers['x-ms-client-principal-id'], caller.principalId);
    assert.equal(headers['x-ms-client-principal-name'], caller.principalId);
    assert.equal(headers['x-ms-client-principal-idp'], 'aad');
    assert.equal(headers['x-ms-token-aad-access-token'], token);
    assert.equal(headers.authorization, `Bearer ${token}`);
    const principal = JSON.parse(
      Buffer.from(headers['x-ms-client-principal'] ?? '', 'base64').toString(),
    );
    assert.equal(principal.auth_typ, 'aad');
    const claims = new Map(
      principal.claims.map(({ typ, val }: { typ: string; val: string }) => [typ, val]),
    );
    const microsoft = 'http://schemas.microsoft.com/identity/claims';
    assert.equal(claims.get('aud'), audience);
    assert.equal(claims.get('appid'), caller.clientId);
    assert.equal(claims.get(`${microsoft}/objectidentifier`), caller.principalId);
    assert.equal(claims.get(`${microsoft}/tenantid`), tenantId);
    assert.equal(claims.get('oid'), undefined);
    assert.match(String(claims.get('exp')), /^\d{10}$/);
  });

  it('cannot be forged by headers: with a token they are replaced, without one they are gone', async () => {
    const token = await tokenOf(caller);
    const known = (await ask('func-api', '/', { token, headers: forged })).seen().headers;
    assert.equal(known['x-ms-client-principal-id'], caller.principalId);
    assert.equal(known['x-ms-token-aad-access-token'], token);
    assert.ok(!JSON.stringify(known).includes('admin'));
    assert.equal(principalHeadersOf(known).length, 5);
    for (const [site, path, more] of [
      ['func-plain', '/', {}],
      ['func-plain', '/', { token }],
      ['func-api', '/public', {}],
      ['func-api', '/public', { token }],
    ] as const) {
      const { headers } = (await ask(site, path, { ...more, headers: forged })).seen();
      assert.deepEqual(principalHeadersOf(headers), [], site);
    }
    assert.equal((await ask('func-api', '/', { headers: forged })).status, 401);
  });

  it('is lost by no repetition of a header, and gained by none', async () => {
    const token = await tokenOf(caller);
    const at = { host: 'func-api.azurewebsites.net', port: azure.ports['app-service'] ?? 0 };
    const lines = ['X-MS-CLIENT-PRINCIPAL-ID: a', 'X-MS-CLIENT-PRINCIPAL-ID: b'];
    const answer = await getOverTls({ ...at, target: '/' }, [
      ...lines,
      `Authorization: Bearer ${token}`,
      'Connection: X-MS-CLIENT-PRINCIPAL, Authorization',
    ]);
    const { headers } = JSON.parse(answer?.body ?? '');
    assert.equal(headers['x-ms-client-principal-id'], caller.principalId);
    assert.ok(headers['x-ms-client-principal']);
    const twice = [`Authorization: Bearer ${token}`, 'Authorization: Bearer x'];
    assert.equal((await getOverTls({ ...at, target: '/' }, twice))?.status, 401);
  });
});

describe('the request', () => {
  it('reaches the program whole: method, query, headers, body, and what the front end adds', async () => {
    const { seen } = await ask('func-plain', '/api/x?a=1&b=%20c', {
      method: 'POST',
      body: '{"total":1}',
      headers: {
        'Content-Type': 'application/json',
        'x-functions-key': 'key',
        'X-Forwarded-For': '10.0.0.1',
        'X-Forwarded-Proto': 'http',
        'X-Original-URL': '/admin',
      },
    });
    const { method, url, body, headers } = seen();
    assert.deepEqual([method, url, body], ['POST', '/api/x?a=1&b=%20c', '{"total":1}']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['x-functions-key'], 'key');
    assert.equal(headers.host, 'func-plain.azurewebsites.net');
    assert.equal(headers['x-forwarded-proto'], 'https');
    assert.equal(headers['x-original-url'], '/api/x?a=1&b=%20c');
    assert.match(headers['x-forwarded-for'] ?? '', /^127\.0\.0\.1:\d+$/);
  });

  it('gets the answer of the program whole, with what it repeats', async () => {
    const { status, headers } = await ask('func-plain', '/');
    assert.equal(status, 200);
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(headers['content-type'], 'application/json');
    const head = await ask('func-plain', '/', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body, head.headers['x-program']], [200, '', 'yes']);
  });

  it('is one request, even a GET with a body in chunks', async () => {
    const since = azure.journal.position;
    const at = {
      host: 'func-plain.azurewebsites.net',
      port: azure.ports['app-service'] ?? 0,
      target: '/first',
    };
    const smuggled = 'GET /second HTTP/1.1\r\nHost: func-plain.azurewebsites.net\r\n\r\n';
    const answer = await getOverTls(at, [
      'Connection: close',
      'Transfer-Encoding: chunked',
      `X-End: x\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0`,
    ]);
    // What raw-https adds behind the last chunk is its trailer.
    const seen = JSON.parse(answer?.body ?? '');
    assert.deepEqual([seen.url, seen.body], ['/first', smuggled]);
    const requests = azure.journal.since(since).filter(({ kind }) => kind === 'request');
    assert.equal(requests.length, 1);
  });

  it('leaves no function key in the journal', async () => {
    const since = azure.journal.position;
    await ask('func-plain', '/api/x?a=1&code=s3cret&Code=s3cret&%63ode=s3cret');
    const entry = azure.journal.since(since).find(({ kind }) => kind === 'request');
    assert.ok(entry?.kind === 'request');
    assert.equal(entry.target, '/api/x?a=1&code=…&code=…&code=…');
  });
});

describe('a site without a program', () => {
  it('answers 503 once the caller is let in: the host of functions in its words', async () => {
    await deploySite(azure, 'func-idle', authSettings());
    assert.equal((await ask('func-idle', '/')).status, 401);
    const answer = await ask('func-idle', '/', { token: await tokenOf(caller) });
    assert.deepEqual([answer.status, answer.body], [503, 'Function host is not running.']);
    await deploySite(azure, 'app-idle', undefined, { kind: 'app,linux' });
    assert.equal((await ask('app-idle', '/')).status, 503);
  });

  it('answers 503 when the program has gone, to a body too, and when it is withdrawn', async () => {
    const short = await startProgram();
    const withdraw = azure.serveSite(await deploySite(azure, 'func-gone'), short.address);
    assert.equal((await ask('func-gone', '/')).status, 200);
    short.stop();
    assert.equal((await ask('func-gone', '/')).status, 503);
    const body = 'x'.repeat(300_000);
    assert.equal((await ask('func-gone', '/', { method: 'POST', body })).status, 503);
    azure.serveSite(siteId('func-gone'), program.address);
    withdraw(); // Of an address that is no longer the site's: nothing.
    assert.equal((await ask('func-gone', '/')).status, 200);
  });

  it('answers 404 where there is no site', async () => {
    const answer = await ask('func-nowhere', '/');
    assert.equal(answer.status, 404);
    assert.match(answer.body, /no site at func-nowhere\.azurewebsites\.net/);
  });
});

it('a slot is a site of its own: name, program and authentication', async () => {
  await deploySite(azure, 'app-slots', authSettings(), { kind: 'app,linux', sku: 'S1' });
  const common = { apiVersion: '2024-04-01', location: 'westeurope' };
  await deployInto(azure, 'slot', [
    { ...common, type: 'Microsoft.Web/sites/slots', name: 'app-slots/next', properties: {} },
  ]);
  const withdraw = azure.serveSite(`${siteId('app-slots')}/slots/next`, program.address);
  assert.equal((await ask('app-slots', '/')).status, 401);
  assert.equal((await ask('app-slots-next', '/')).status, 200);
  await deployInto(azure, 'slot-auth', [
    {
      ...common,
      type: 'Microsoft.Web/sites/slots/config',
      name: 'app-slots/next/authsettingsV2',
      properties: authSettings({ globalValidation: { unauthenticatedClientAction: 'Return403' } }),
    },
  ]);
  assert.equal((await ask('app-slots-next', '/')).status, 403);
  withdraw();
  const token = await tokenOf(caller);
  assert.equal((await ask('app-slots-next', '/', { token })).status, 503);
});

it('a fault of the door changes what the program has answered', async () => {
  azure.faults.arm({ door: 'app-service', fault: { kind: 'wrongBody', body: 'other' } });
  const answer = await ask('func-plain', '/');
  assert.deepEqual([answer.status, answer.body], [200, 'other']);
  assert.equal(answer.headers['x-program'], 'yes');
});

it('a fault of the door comes before authentication', async () => {
  azure.faults.arm({ door: 'app-service', fault: { kind: 'status', status: 502 } });
  const answer = await ask('func-api', '/');
  assert.deepEqual([answer.status, answer.body], [502, 'Bad Gateway.']);
  assert.equal((await ask('func-api', '/')).status, 401);
});
