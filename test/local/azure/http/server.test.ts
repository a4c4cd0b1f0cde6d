import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import tls from 'node:tls';
import { loadCertificateAuthority } from '../../../../local/azure/certificate-authority.ts';
import { startServer } from '../../../../local/azure/http/server.ts';

const directory = mkdtempSync(join(tmpdir(), 'server-'));
after(() => rmSync(directory, { recursive: true }));
const { serverIdentity } = await loadCertificateAuthority(directory);

describe('a server that stops', () => {
  it('ends a connection that is not through with TLS: it would be served from then on', {
    timeout: 10_000,
  }, async (t) => {
    const server = await startServer((_, response) => response.end('hello'), {
      tls: serverIdentity,
    });
    const socket = net.connect(server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    // The server has accepted it: it has answered one that came later.
    const later = tls.connect({
      port: server.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    t.after(() => later.destroy());
    await once(later, 'secureConnect');
    const ended = once(socket, 'close');
    later.on('error', () => {});
    socket.on('error', () => {});
    await server.stop();
    await ended;
  });
});
