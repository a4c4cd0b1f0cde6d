import assert from 'node:assert/strict';
import http from 'node:http';
import type net from 'node:net';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { startServer } from '../../local/azure/http/server.ts';
import { startForwardProxy } from '../../local/forward-proxy.ts';

const door = await startServer((request, response) => {
  const { host, metadata, 'x-forwarded-for': forwarded } = request.headers;
  response.end(JSON.stringify({ url: request.url, host, metadata, forwarded }));
});
const proxy = await startForwardProxy({
  '169.254.169.254:80': door.port,
  '.vault.azure.net:443': door.port,
  'gone.example:443': 1,
});
after(async () => {
  await proxy.stop();
  await door.stop();
});
const { port } = new URL(proxy.address);

function connect(authority: string): Promise<{ status: number; socket: net.Socket }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: authority });
    request.once('connect', (answer, socket) =>
      resolve({ status: answer.statusCode ?? 0, socket }),
    );
    request.once('error', reject);
    request.end();
  });
}

async function plain(path: string, headers = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) =>
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject),
    );
    request.once('error', reject);
  });
}

describe('the proxy for foreign clients', () => {
  it('tunnels to the door of a name, by its suffix too', async () => {
    const { status, socket } = await connect('KV-demo.vault.azure.net:443');
    assert.equal(status, 200);
    socket.write('GET /x HTTP/1.1\r\nHost: kv\r\nConnection: close\r\n\r\n');
    assert.match(await text(socket), /"url":"\/x"/);
  });

  for (const authority of [
    'example.com:443',
    'kv-demo.vault.azure.net:80',
    'kv-demo.vault.azure.net.example.com:443',
    '.vault.azure.net:443',
    '127.0.0.1:22',
    '',
  ]) {
    it(`leads nowhere else: ${authority || 'no name'}`, async () => {
      if (authority === '') {
        assert.equal((await plain('/')).status, 403);
        return;
      }
      const { status, socket } = await connect(authority);
      assert.equal(status, 403);
      socket.destroy();
    });
  }

  it('passes a plain request on under the name that it was sent to, adding nothing', async () => {
    const { body } = await plain('http://169.254.169.254/metadata/instance?a=b', {
      Metadata: 'true',
      'Proxy-Connection': 'keep-alive',
    });
    assert.deepEqual(JSON.parse(body), {
      url: '/metadata/instance?a=b',
      host: '169.254.169.254',
      metadata: 'true',
    });
  });

  it('refuses a plain request to another name, and a path without a name', async () => {
    assert.equal((await plain('http://example.com/')).status, 403);
    assert.equal((await plain('/metadata/instance')).status, 403);
  });

  it('ends the tunnel where nobody listens, and goes on', async () => {
    await assert.rejects(connect('gone.example:443'));
    assert.equal(
      await connect('a.vault.azure.net:443').then(({ status, socket }) => {
        socket.destroy();
        return status;
      }),
      200,
    );
  });
});
