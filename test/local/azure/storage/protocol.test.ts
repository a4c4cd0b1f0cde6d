// Blob storage on the wire: who is let in, in Azure's words [R40], [R41], and what must not slip past the proxy.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import {
  type BlobStorage,
  createBlobStorage,
} from '../../../../local/azure/storage/create-blob-storage.ts';
import {
  addIdentity,
  createDoorParts,
  type DoorParts,
  groupId,
  openDoor,
  sendRaw,
  tenantId,
} from '../../../support/open-door.ts';

const contributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const reader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';
const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/stwire`;
const scope = `${accountId}/blobServices/default/containers/data`;
const host = 'stwire.blob.core.windows.net';
const version = { 'x-ms-version': '2021-12-02' };

let parts: DoorParts;
let storage: BlobStorage;
let close: () => Promise<void>;
let writer: Principal;

async function bearer(principal = writer, audience = 'https://storage.azure.com/') {
  const { accessToken } = await parts.tokens.issue(principal, audience);
  return { Authorization: `Bearer ${accessToken}` };
}

async function send(path: string, more: Parameters<typeof sendRaw>[2] = {}) {
  return sendRaw(host, path, {
    ...more,
    headers: { ...version, ...(await bearer()), ...more.headers },
  });
}

async function put(path: string, body: string, headers: Record<string, string> = {}) {
  return send(path, {
    method: 'PUT',
    body,
    headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Length': String(body.length), ...headers },
  });
}

function addRole(id: string, dataActions: string[], actions: string[] = []) {
  const permissions = [{ actions, notActions: [], dataActions, notDataActions: [] }];
  parts.access.addDefinition({
    id,
    roleName: id,
    type: 'CustomRole',
    description: '',
    assignableScopes: ['/'],
    permissions,
  });
}

before(async () => {
  parts = await createDoorParts();
  storage = createBlobStorage(parts);
  close = await openDoor(storage.listener, '.blob.core.windows.net:443');
  await storage.blobs.putAccount({ name: 'stwire', resourceId: accountId, location: 'westeurope' });
  await storage.blobs.putContainer('stwire', 'data');
  writer = addIdentity(parts, [{ roleId: contributor, scope }]);
  assert.equal((await put('/data/a.txt', 'hello')).status, 201);
});
after(async () => {
  await close?.();
  await storage?.stop();
});

describe('authentication', () => {
  test('another audience: 401, the unquoted challenge, XML behind a BOM', async () => {
    const { status, headers, body } = await send('/data/a.txt', {
      headers: await bearer(writer, 'https://vault.azure.net'),
    });
    assert.equal(status, 401);
    assert.equal(
      headers['www-authenticate'],
      `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`,
    );
    assert.equal(headers['x-ms-error-code'], 'InvalidAuthenticationInfo');
    assert.equal(headers['x-ms-version'], undefined);
    assert.match(
      body,
      /^\u{feff}?<\?xml version="1\.0" encoding="utf-8"\?><Error><Code>InvalidAuthenticationInfo<\/Code><Message>Server failed to authenticate the request\. Please refer to the information in the www-authenticate header\.\nRequestId:[0-9a-f-]{36}\nTime:[\dT:.-]{27}Z<\/Message><AuthenticationErrorDetail>Audience validation failed\. Audience did not match\.<\/AuthenticationErrorDetail><\/Error>$/u,
    );
  });

  test("storage's audience and the account's are good, another account's is not", async () => {
    for (const audience of ['https://storage.azure.com', `https://${host}`, `https://${host}/`]) {
      const headers = await bearer(writer, audience);
      assert.equal((await send('/data/a.txt', { headers })).status, 200, audience);
    }
    const headers = await bearer(writer, 'https://stother.blob.core.windows.net');
    assert.equal((await send('/data/a.txt', { headers })).status, 401);
  });

  test('no credentials: the challenge, or 409 for callers from before there was one', async () => {
    const challenged = await sendRaw(host, '/data/a.txt', { headers: version });
    assert.equal(challenged.status, 401);
    assert.equal(challenged.headers['x-ms-error-code'], 'NoAuthenticationInformation');
    assert.ok(challenged.headers['www-authenticate']);
    const old = await sendRaw(host, '/data/a.txt');
    assert.equal(old.status, 409);
    assert.equal(old.headers['x-ms-error-code'], 'PublicAccessNotPermitted');
  });

  test('a token without x-ms-version is not understood', async () => {
    const { status, body } = await sendRaw(host, '/data/a.txt', { headers: await bearer() });
    assert.equal(status, 403);
    assert.match(body, /Authentication scheme Bearer is not supported in this version\./);
  });

  test('forged, expired, doubled and foreign tokens are refused', async () => {
    const good = (await bearer()).Authorization;
    const [head, , signature] = good.split('.');
    const claims = Buffer.from(JSON.stringify({ oid: writer.principalId })).toString('base64url');
    const { accessToken: expired } = await parts.tokens.issue(writer, 'https://storage.azure.com', {
      lifetimeSeconds: -301,
    });
    const forged = [
      `${head}.${claims}.${signature}`,
      good.slice(0, -4),
      `Bearer ${expired}`,
      [good, good],
      good.replace('Bearer', 'Basic'),
      'Bearer',
    ];
    for (const Authorization of forged) {
      const { status } = await send('/data/a.txt', { headers: { Authorization } });
      assert.ok(status === 401 || status === 400, String(status));
    }
  });

  test('account keys and SAS: KeyBasedAuthenticationNotPermitted', async () => {
    const key = await sendRaw(host, '/data/a.txt', {
      headers: { ...version, Authorization: 'SharedKey stwire:AAAA' },
    });
    const sas = await sendRaw(host, '/data/a.txt?sv=2021-12-02&sr=b&sp=r&sig=AAAA', {
      headers: version,
    });
    for (const { status, reason, headers } of [key, sas]) {
      assert.equal(status, 403);
      assert.equal(headers['x-ms-error-code'], 'KeyBasedAuthenticationNotPermitted');
      assert.equal(reason, 'Key based authentication is not permitted on this storage account.');
    }
    await sendRaw(host, '/data/a.txt?sv=1&%73%69G=BBBB', { headers: version });
    assert.doesNotMatch(JSON.stringify(parts.journal.since()), /AAAA|BBBB/);
  });

  test('an account that is not there is refused', async () => {
    const answer = await sendRaw('stnone.blob.core.windows.net', '/data/a.txt', {
      headers: { ...version, ...(await bearer()) },
    });
    assert.equal(answer.status, 404);
  });
});

describe('what must not slip past the proxy', () => {
  const reading = () => addIdentity(parts, [{ roleId: reader, scope }]);

  test('a method override', async () => {
    const headers = { ...(await bearer(reading())), 'X-HTTP-Method': 'DELETE' };
    assert.equal((await send('/data/a.txt', { headers })).status, 200);
    assert.equal((await send('/data/a.txt')).body, 'hello');
  });

  test('a Put Blob in the clothes of Set Blob Tags', async () => {
    const role = '66666666-0000-4000-8000-000000000001';
    addRole(role, ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write']);
    const tagger = await bearer(addIdentity(parts, [{ roleId: role, scope }]));
    for (const comp of ['tags', 'tags&timeout=1']) {
      const { status } = await put(`/data/a.txt?comp=${comp}`, 'stolen', tagger);
      assert.equal(status, 400);
    }
    assert.equal((await send('/data/a.txt')).body, 'hello');
  });

  test('a Copy Blob in the clothes of Set Blob Tags or Append Block', async () => {
    const role = '66666666-0000-4000-8000-000000000002';
    const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
    addRole(role, [`${blobs}/tags/write`, `${blobs}/add/action`, `${blobs}/read`]);
    const headers = {
      ...(await bearer(addIdentity(parts, [{ roleId: role, scope }]))),
      'x-ms-copy-source': `https://${host}/data/b.txt`,
      'x-ms-requires-sync': 'true',
    };
    await put('/data/b.txt', 'stolen');
    const copy = (path: string, more: Record<string, string>) =>
      send(path, { method: 'PUT', headers: { ...headers, ...more } });
    for (const query of ['?comp=tags', '?comp=appendblock', '?comp=snapshot', '']) {
      await copy(`/data/a.txt${query}`, { 'Content-Length': '0' });
      await copy(`/data/a.txt${query}`, { 'Transfer-Encoding': 'chunked' });
      assert.equal((await send('/data/a.txt')).body, 'hello', query);
    }
    const allowed = await copy('/data/new.txt', { 'Content-Length': '0' });
    assert.equal(allowed.status, 202, allowed.body);
  });

  test('metadata asked for by GET comes without the blob', async () => {
    await put('/data/meta.txt', 'hello', { 'x-ms-meta-Team': 'blue' });
    const { status, headers, body } = await send('/data/meta.txt?comp=metadata');
    assert.deepEqual([status, headers['x-ms-meta-team'], body], [200, 'blue', '']);
  });

  test('a parameter twice, in another case, or as an array', async () => {
    for (const query of [
      'comp=tags&comp=metadata',
      'comp=tags&Comp=',
      'restype=container&restype=',
    ]) {
      const { status, headers } = await send(`/data/a.txt?${query}`);
      assert.equal(status, 400, query);
      assert.equal(headers['x-ms-error-code'], 'InvalidQueryParameterValue');
    }
    assert.equal((await send('/data/a.txt?comp[]=tags&unknown=1')).body, 'hello');
  });

  test('an encoded slash that leads out of the container', async () => {
    await storage.blobs.putContainer('stwire', 'private');
    for (const path of ['/private%2Fx', '/private/x', '//private/x', '/data/../private/x']) {
      const { status } = await put(path, 'x');
      assert.ok(status === 403 || status === 400 || path.startsWith('/data/..'), path);
    }
    const owner = addIdentity(parts, [{ roleId: contributor, scope: accountId }]);
    const list = await send('/private?restype=container&comp=list', {
      headers: await bearer(owner),
    });
    assert.ok(!list.body.includes('<Name>'), list.body);
    assert.ok(list.body.includes(`ServiceEndpoint="https://${host}/"`), list.body);
  });

  test('an operation that is not in the table', async () => {
    for (const [method, path] of [
      ['PUT', '/data/a.txt?comp=unknown'],
      ['POST', '/data/a.txt'],
      ['PATCH', '/data/a.txt'],
      ['GET', '/data'],
      ['DELETE', '/data'],
      ['GET', '/data/a.txt?versionid=2020-01-01T00:00:00.0000000Z'],
    ] as const) {
      const { status } = await send(path, { method });
      assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
    }
    assert.equal((await send('/?comp=batch', { method: 'POST' })).status, 501);
    assert.equal((await send('/data/a.txt')).body, 'hello');
  });
});

test('answers carry the names of Azure, not those of Azurite', async () => {
  const { headers } = await send('/data/a.txt', { headers: { 'x-ms-client-request-id': 'mine' } });
  assert.equal(headers.server, 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0');
  assert.equal(headers['x-ms-version'], version['x-ms-version']);
  assert.equal(headers['x-ms-client-request-id'], 'mine');
  assert.match(String(headers.etag), /^"0x[0-9A-F]+"$/);
  assert.ok(!JSON.stringify(headers).includes('zurite'), JSON.stringify(headers));
});

test("Azurite's refusals come in Azure's form too", async () => {
  const { status, reason, headers, body } = await send('/data/none');
  assert.equal(status, 404);
  assert.equal(reason, 'The specified blob does not exist.');
  assert.equal(headers['x-ms-error-code'], 'BlobNotFound');
  assert.match(
    body,
    /<Error><Code>BlobNotFound<\/Code><Message>The specified blob does not exist\.\nRequestId:[0-9a-f-]{36}\nTime:[\dT:.-]{27}Z<\/Message><\/Error>$/,
  );
  assert.ok(body.includes(String(headers['x-ms-request-id'])));
  const beyond = await send('/data/a.txt', { headers: { 'x-ms-range': 'bytes=100-' } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['x-ms-error-code'], 'InvalidRange');
});

test('x-ms-range gives 206, as Python asks for it', async () => {
  const { status, headers, body } = await send('/data/a.txt', {
    headers: { 'x-ms-range': 'bytes=1-2' },
  });
  assert.deepEqual([status, headers['content-range'], body], [206, 'bytes 1-2/5', 'el']);
});

test('the journal names caller, status and code', async () => {
  const stranger = addIdentity(parts);
  const since = parts.journal.position;
  await send('/data/a.txt', { headers: await bearer(stranger) });
  const entry = await parts.journal.waitFor('the refusal', (fact) => fact.kind === 'request', {
    since,
  });
  const { sequence, atMs, ...fact } = entry;
  assert.deepEqual(fact, {
    kind: 'request',
    door: 'blob',
    method: 'GET',
    host,
    target: '/data/a.txt',
    status: 403,
    code: 'AuthorizationPermissionMismatch',
    principalId: stranger.principalId,
  });
});
