import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadCertificateAuthority } from '../../../local/azure/certificate-authority.ts';
import { createCertificates } from '../../../local/azure/create-certificates.ts';
import { startServer } from '../../../local/azure/http/server.ts';

const directory = mkdtempSync(join(tmpdir(), 'ca-'));
after(() => rmSync(directory, { recursive: true, force: true }));

describe('the local certificate authority', async () => {
  const authority = await loadCertificateAuthority(directory);
  const server = await startServer((_, response) => response.end('hello'), {
    tls: authority.serverIdentity,
  });
  after(() => server.stop());

  const get = (servername: string, ca: string) =>
    new Promise<string>((resolve, reject) => {
      https
        .get({ host: '127.0.0.1', port: server.port, servername, ca, agent: false }, (response) => {
          response.setEncoding('utf8').on('data', resolve);
        })
        .on('error', (error) => reject(error));
    });

  for (const name of [
    'management.azure.com',
    'kv-demo.vault.azure.net',
    'account.blob.core.windows.net',
    'login.microsoftonline.com',
    'localhost',
  ]) {
    it(`signs ${name}, which a client that trusts it accepts`, async () => {
      assert.equal(await get(name, authority.certificatePem), 'hello');
    });
  }

  it('signs no other name', async () => {
    await assert.rejects(get('www.example.com', authority.certificatePem), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('T15: could not sign another name that a client accepts, by critical name constraints', async () => {
    const foreign = await createCertificates(['www.example.com'], new Date(Date.now() + 3600_000));
    const other = await startServer((_, response) => response.end('hello'), {
      tls: { key: foreign.leafKey, cert: foreign.leafCertificate + foreign.certificate },
    });
    try {
      await assert.rejects(
        fetchFrom(other.port, 'www.example.com', foreign.certificate),
        /permitted subtree|ERR_TLS|name constraint/i,
      );
    } finally {
      await other.stop();
    }
  });

  it('T15: keeps its files readable by their owner only, and no key that could sign again', () => {
    for (const file of readdirSync(directory)) {
      assert.equal(statSync(join(directory, file)).mode & 0o077, 0, file);
    }
    const kept = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'));
    const keys = kept.join('').match(/BEGIN PRIVATE KEY/g) ?? [];
    assert.equal(keys.length, 1, 'the leaf’s key alone');
  });

  it('is the same at the next start', async () => {
    const again = await loadCertificateAuthority(directory);
    assert.equal(again.certificatePem, authority.certificatePem);
  });

  it('is made anew when its file is torn', async () => {
    const torn = mkdtempSync(join(tmpdir(), 'ca-torn-'));
    writeFileSync(join(torn, 'certificate-authority.json'), '{"certificate": "-----BEG');
    const renewed = await loadCertificateAuthority(torn);
    assert.match(renewed.certificatePem, /^-----BEGIN CERTIFICATE-----/);
    rmSync(torn, { recursive: true });
  });
});

function fetchFrom(port: number, servername: string, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    https
      .get({ host: '127.0.0.1', port, servername, ca, agent: false }, () => resolve())
      .on('error', reject);
  });
}
