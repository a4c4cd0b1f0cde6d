// The proxy holds nothing back and leaves nothing behind: memory, torn connections, the child process.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { startServer } from '../../../../local/azure/http/server.ts';
import {
  type BlobStorage,
  createBlobStorage,
} from '../../../../local/azure/storage/create-blob-storage.ts';
import { forward } from '../../../../local/azure/storage/forward.ts';
import { startAzurite } from '../../../../local/azure/storage/start-azurite.ts';
import {
  addIdentity,
  createDoorParts,
  type DoorParts,
  groupId,
  openDoor,
  sendRaw,
} from '../../../support/open-door.ts';

const contributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/ststream`;
const host = 'ststream.blob.core.windows.net';

let parts: DoorParts;
let storage: BlobStorage;
let close: () => Promise<void>;
let writer: Principal;

async function headers(more: Record<string, string>): Promise<Record<string, string>> {
  const { accessToken } = await parts.tokens.issue(writer, 'https://storage.azure.com');
  return { Authorization: `Bearer ${accessToken}`, 'x-ms-version': '2021-12-02', ...more };
}

before(async () => {
  parts = await createDoorParts();
  storage = createBlobStorage(parts);
  close = await openDoor(storage.listener, '.blob.core.windows.net:443');
  await storage.blobs.putAccount({ name: 'ststream', resourceId: accountId, location: 'x' });
  await storage.blobs.putContainer('ststream', 'data');
  writer = addIdentity(parts, [{ roleId: contributor, scope: accountId }]);
});
after(async () => {
  await close?.();
  await storage?.stop();
});

test('a refused upload is answered before its body has come', async () => {
  const request = https.request({
    host,
    path: '/data/refused',
    method: 'PUT',
    agent: false,
    headers: {
      'x-ms-version': '2021-12-02',
      'x-ms-blob-type': 'BlockBlob',
      'Content-Length': '1000000',
    },
  });
  request.on('error', () => {});
  request.write('only the beginning');
  const [answer] = await once(request, 'response');
  assert.equal(answer.statusCode, 401);
  request.destroy();
});

test('an upload that is torn leaves no blob and the door open', async () => {
  const request = https.request({
    host,
    path: '/data/torn',
    method: 'PUT',
    agent: false,
    headers: await headers({
      'x-ms-blob-type': 'BlockBlob',
      'Content-Length': '1000000',
      Expect: '100-continue',
    }),
  });
  request.on('error', () => {});
  request.flushHeaders();
  await once(request, 'continue'); // The door has read the head of the request.
  const since = parts.journal.position;
  request.write(Buffer.alloc(100_000), () => request.destroy());
  await parts.journal.waitFor('the torn upload', (fact) => fact.kind === 'request', { since });
  const { status } = await sendRaw(host, '/data/torn', { headers: await headers({}) });
  assert.equal(status, 404);
});

test('a reader may leave in the middle of a download', async () => {
  const size = 32 * 1024 * 1024;
  const put = https.request({
    host,
    path: '/data/big',
    method: 'PUT',
    headers: await headers({ 'x-ms-blob-type': 'BlockBlob', 'Content-Length': String(size) }),
  });
  put.end(Buffer.alloc(size));
  const [stored] = await once(put, 'response');
  assert.equal(stored.statusCode, 201);
  stored.resume();

  const get = https.request({ host, path: '/data/big', agent: false, headers: await headers({}) });
  get.on('error', () => {});
  get.end();
  const [answer] = await once(get, 'response');
  answer.on('error', () => {});
  await once(answer, 'readable');
  const [, chunk] = [answer.pause(), answer.read(1024)];
  assert.equal(chunk.length, 1024);
  get.destroy();
  const { status } = await sendRaw(host, '/data/big', {
    headers: await headers({ 'x-ms-range': 'bytes=0-9' }),
  });
  assert.equal(status, 206);
});

test('a slow reader holds the source back', async () => {
  const total = 300 * 1024 * 1024;
  const chunk = Buffer.alloc(64 * 1024);
  let sent = 0;
  const source = http.createServer((_, response) => {
    const endless = function* () {
      for (; sent < total; sent += chunk.length) yield chunk;
    };
    Readable.from(endless()).pipe(response);
  });
  const sourceServer = source.listen(0, '127.0.0.1');
  await once(sourceServer, 'listening');
  const proxy = await startServer((incoming, outgoing) => {
    const { port } = sourceServer.address() as AddressInfo;
    void forward(incoming, outgoing, http.request({ port, host: '127.0.0.1' }), {});
  });
  const get = http.get({ port: proxy.port, host: '127.0.0.1' });
  get.on('error', () => {});
  const [answer] = await once(get, 'response');
  answer.on('error', () => {});
  answer.pause();
  // Until the source stands still: with all buffers on the way full, or with everything sent.
  for (let still = 0, before = -1; still < 500; still = sent === before ? still + 1 : 0) {
    before = sent;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < total / 2, `${sent} bytes were taken from the source`);
  get.destroy();
  while (await hasConnections(source)) await new Promise((resolve) => setImmediate(resolve));
  await proxy.stop();
  source.close();
});

async function hasConnections(server: http.Server): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count > 0)));
}

test('stop ends Azurite, and its end is told to whoever waits', async () => {
  const azurite = startAzurite('c2VjcmV0');
  await azurite.stop();
  await assert.rejects(azurite.port, /ended before it was ready/);
  await azurite.stop();
});

test('Azurite ends when its parent is killed', { timeout: 20_000 }, async () => {
  const parent = fork(new URL('./azurite-parent.ts', import.meta.url), { stdio: 'inherit' });
  const [port] = await once(parent, 'message');
  assert.ok(await isListening(port));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  while (await isListening(port)) await new Promise((resolve) => setImmediate(resolve));
});

async function isListening(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`);
    return true;
  } catch {
    return false;
  }
}
