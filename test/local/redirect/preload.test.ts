import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { installRedirect } from '../../../local/redirect/redirect.ts';

const PRELOAD = new URL('../../../local/redirect/preload.ts', import.meta.url).href;

describe('the redirect', () => {
  const server = http.createServer((request, response) => response.end(request.headers.host));
  let undo = () => {};
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    undo = installRedirect({ '169.254.169.254:80': port, '.vault.azure.net:80': port });
  });
  after(() => {
    undo();
    server.close();
    server.closeAllConnections();
  });

  it('sends a name below a suffix to loopback and keeps the Host header', async () => {
    const response = await fetch('http://kv-demo.vault.azure.net/');
    assert.equal(await response.text(), 'kv-demo.vault.azure.net');
  });

  it('sends the address of IMDS, which no look-up sees, to loopback', async () => {
    const response = await fetch('http://169.254.169.254/metadata');
    assert.equal(await response.text(), '169.254.169.254');
  });

  it('leaves other names alone', async () => {
    await assert.rejects(fetch('http://vault.azure.net.invalid/'), (error: Error) =>
      /ENOTFOUND|EAI_AGAIN/.test(String((error.cause as { code?: string }).code)),
    );
  });

  it('leaves other ports of a redirected name alone', async () => {
    await assert.rejects(fetch('http://kv-demo.vault.azure.net:9/'));
  });
});

describe('T16: the preload', () => {
  const load = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['--import', PRELOAD, '-e', 'console.log("loaded")'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...environment },
    });

  it('loads on a developer’s machine', () => {
    assert.equal(load({}).stdout, 'loaded\n');
  });

  for (const name of ['WEBSITE_INSTANCE_ID', 'WEBSITE_POD_NAME', 'CONTAINER_NAME']) {
    it(`refuses in Azure, where ${name} is set`, () => {
      const { status, stdout, stderr } = load({ [name]: 'x' });
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`${name} is set, so this process runs in Azure`));
    });
  }
});
