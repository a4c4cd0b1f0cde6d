// The local doors: for this machine and their own names only (T17), and the identity endpoints for their app only (T18).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { type Door, doorNames } from '../../local/azure/doors.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { type AppWithKeys, startAppWithKeys } from './app-with-keys.ts';
import { sendBytes } from './bad-inputs/send-bytes.ts';
import { listeningSockets } from './listening-sockets.ts';
import { getOverTls } from './raw-https.ts';

const azure = await useLocalAzure();
let app: AppWithKeys;
before(async () => {
  app = await startAppWithKeys(azure, 'rg-doors');
  await azure.startImds(app.siteId);
});
after(() => app?.stop());

const portOf = (door: Door) => {
  const port = azure.ports[door];
  assert.ok(port !== undefined, `${door} is open`);
  return port;
};

const FOREIGN = [
  'evil.example',
  'localhost.evil.example',
  'vault.azure.net.evil.example',
  'management.azure.com.evil.example',
  'vault.azure.net',
  '10.0.0.1',
  '[::1]',
  '',
];

/** Every door that is open must be tried here. */
const SECURE = [
  'resource-manager',
  'key-vault',
  'blob',
  'entra',
  'graph',
  'app-service',
  'messaging-websocket',
] as const;
/** TLS without HTTP. */
const WITHOUT_HTTP = ['messaging', 'sql'] as const;
const PLAIN = ['app-service-identity', 'imds', 'control'] as const;

const ownName = (door: (typeof SECURE)[number]) =>
  (doorNames[door].hosts[0] ?? '').replace(/^\./, 'own.');

describe('T17 the doors', () => {
  it('are all known to this test', () => {
    assert.deepEqual(
      Object.keys(azure.ports).sort(),
      [...SECURE, ...WITHOUT_HTTP, ...PLAIN].sort(),
    );
  });

  it('and all else that listens, of host and blob storage too, is on loopback', (t) => {
    if (process.platform !== 'linux') return t.skip('the kernel is asked by /proc');
    const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    const pids = [process.pid];
    for (const parent of pids) {
      pids.push(...rows.filter(([, ppid]) => ppid === parent).map(([pid = 0]) => pid));
    }
    const sockets = pids.flatMap((pid) => {
      try {
        return listeningSockets(pid);
      } catch {
        return []; // ps itself has ended
      }
    });
    const ports = sockets.map(({ port }) => port);
    for (const port of [...Object.values(azure.ports), Number(new URL(app.baseUrl).port)]) {
      assert.ok(ports.includes(port), `port ${port}`);
    }
    assert.ok(sockets.length > Object.keys(azure.ports).length + 1, 'blob storage listens too');
    assert.deepEqual([...new Set(sockets.map(({ address }) => address))], ['0100007F']);
  });

  for (const door of [...SECURE, ...WITHOUT_HTTP]) {
    it(`${door} has no certificate for a foreign name`, async () => {
      for (const servername of FOREIGN.filter((name) => /^[a-z.]+$/.test(name))) {
        const socket = tls.connect({ host: '127.0.0.1', port: portOf(door), servername });
        const outcome = await new Promise<string>((resolve) => {
          socket.once('secureConnect', () => resolve('connected'));
          socket.once('error', () => resolve('refused'));
        });
        socket.destroy();
        assert.equal(outcome, 'refused', servername);
      }
    });
  }

  for (const door of SECURE) {
    it(`${door} answers 421 to a foreign Host, whatever TLS was told`, async () => {
      const since = azure.journal.position;
      for (const host of FOREIGN) {
        const at = { servername: ownName(door), host, port: portOf(door), target: '/' };
        const answer = await getOverTls(at, []);
        assert.equal(answer?.status, 421, host);
        assert.equal(answer?.body, '');
      }
      assert.deepEqual(requestsAt(door, since), []);
    });

    it(`${door} answers to its own name`, async () => {
      const at = { host: ownName(door), port: portOf(door), target: '/' };
      assert.notEqual((await getOverTls(at, []))?.status, 421);
    });
  }

  it('app-service leads to the host of the running app, by the name of its site', async () => {
    const site = azure.resourceManager.findResource(app.siteId);
    const host = String(site?.properties.defaultHostName);
    const answer = await getOverTls({ host, port: portOf('app-service'), target: '/' }, []);
    assert.equal(answer?.status, 200);
    assert.match(answer?.body ?? '', /Your Azure Function App is up and running/);
    const at = { host, port: portOf('app-service'), target: '/api/diagnose' };
    assert.equal((await getOverTls(at, []))?.status, 401, 'function keys count there too');
  });

  for (const door of PLAIN) {
    it(`${door} answers 421 to a foreign Host`, async () => {
      const since = azure.journal.position;
      for (const host of [...FOREIGN, 'localhost']) {
        assert.equal((await getPlain(door, '/', [`Host: ${host}`]))?.status, 421, host);
      }
      assert.deepEqual(requestsAt(door, since), []);
    });
  }
});

/** By a foreign name: the running app calls its doors meanwhile. */
const requestsAt = (door: Door, since: number) =>
  azure.journal
    .since(since)
    .filter(
      (entry) =>
        entry.kind === 'request' &&
        entry.door === door &&
        [...FOREIGN, 'localhost'].includes(entry.host),
    );

async function getPlain(door: Door, target: string, headerLines: readonly string[]) {
  const lines = [`GET ${target} HTTP/1.1`, ...headerLines, 'Connection: close'];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const baseUrl = `http://127.0.0.1:${portOf(door)}`;
  return (await sendBytes(baseUrl, { bytes, endsEarly: false })).answer;
}

/** The host asks for its own, for blobs. */
const vaultTokensSince = (since: number) =>
  azure.journal
    .since(since)
    .filter((entry) => entry.kind === 'token' && entry.audience.includes('vault.azure.net'));

describe('T18 the identity endpoint of App Service', () => {
  const VAULT = 'resource=https%3A%2F%2Fvault.azure.net';
  const environment = () => azure.identityEnvironmentOf(app.siteId);
  const ask = (...headerLines: string[]) => {
    const { pathname } = new URL(environment().IDENTITY_ENDPOINT ?? '');
    const clientId = app.settings.AZURE_CLIENT_ID;
    const target = `${pathname}?api-version=2019-08-01&${VAULT}&client_id=${clientId}`;
    return getPlain('app-service-identity', target, ['Host: 127.0.0.1', ...headerLines]);
  };

  it('gives a token for the right header only, once, and unforwarded', async () => {
    const header = environment().IDENTITY_HEADER ?? '';
    const good = `X-IDENTITY-HEADER: ${header}`;
    const since = azure.journal.position;
    for (const [status, ...lines] of [
      [401],
      [401, 'X-IDENTITY-HEADER:'],
      [401, 'X-IDENTITY-HEADER: wrong'],
      [401, `X-IDENTITY-HEADER: ${header.slice(0, -1)}`],
      [401, `X-IDENTITY-HEADER: ${header}x`],
      [401, `X-IDENTITY-HEADER: ${header.toUpperCase()}`],
      [401, good, good],
      [401, good, 'x-identity-header: wrong'],
      [401, `Authorization: Bearer ${header}`],
      [401, `Cookie: X-IDENTITY-HEADER=${header}`],
      [401, 'Metadata: true'],
      [400, good, 'X-Forwarded-For: 10.0.0.1'],
      [400, good, 'x-forwarded-for:'],
    ] as const) {
      const answer = await ask(...lines);
      assert.equal(answer?.status, status, JSON.stringify(lines));
      assert.ok(!answer?.body.includes('access_token'));
    }
    assert.deepEqual(vaultTokensSince(since), []);
    for (const line of [good, good.toLowerCase().replace(header.toLowerCase(), header)]) {
      assert.equal((await ask(line))?.status, 200);
    }
  });
});

describe('T18 IMDS', () => {
  const target =
    '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net';
  const ask = (...headerLines: string[]) =>
    getPlain('imds', target, ['Host: 169.254.169.254', ...headerLines]);

  it('gives a token for Metadata: true only, once, and unforwarded', async () => {
    const since = azure.journal.position;
    for (const lines of [
      [],
      ['Metadata:'],
      ['Metadata: True'],
      ['Metadata: false'],
      ['Metadata: 1'],
      ['Metadata: true, true'],
      ['Metadata: true', 'Metadata: true'],
      ['X-Metadata: true'],
      ['Metadata: true', 'X-Forwarded-For: 10.0.0.1'],
      ['Metadata: true', 'x-forwarded-for:'],
    ]) {
      const answer = await ask(...lines);
      assert.equal(answer?.status, 400, JSON.stringify(lines));
      assert.ok(!answer?.body.includes('access_token'));
    }
    assert.deepEqual(vaultTokensSince(since), []);
    assert.equal((await ask('Metadata: true'))?.status, 200);
  });
});
