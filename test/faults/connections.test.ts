// Names that lead nowhere, doors that nobody listens at, and servers that are not who they should be.
import assert from 'node:assert/strict';
import dns from 'node:dns';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import tls from 'node:tls';
import { createCertificates } from '../../local/azure/create-certificates.ts';
import type { Door } from '../../local/azure/doors.ts';
import { installRedirect } from '../../local/redirect/redirect.ts';
import { openFaultLab } from './fault-lab.ts';
import type { Problem } from './promises.ts';
import type { WatchedApp } from './watched-app.ts';

const lab = await openFaultLab(18);
const { azure } = lab;

interface Target {
  readonly door: Door;
  readonly host: string;
  readonly fails: (app: WatchedApp) => Promise<Problem>;
  readonly works: (app: WatchedApp) => Promise<unknown>;
}

const targets: readonly Target[] = [
  {
    door: 'resource-manager',
    host: 'management.azure.com',
    fails: (app) => app.diagnosis('resource-manager'),
    works: (app) => app.scanFinishes(),
  },
  {
    door: 'key-vault',
    host: 'kv-faults.vault.azure.net',
    fails: (app) => app.refuses('readSecret', 'TARGET_UNAVAILABLE'),
    works: (app) => app.works('readSecret'),
  },
  {
    door: 'blob',
    host: 'stfaults.blob.core.windows.net',
    fails: (app) => app.diagnosis('blobs'),
    works: (app) => app.scanFinishes(),
  },
];

describe('an address', () => {
  for (const { door, host, fails, works } of targets) {
    it(`Row 46: ${host}, which does not resolve: TARGET_UNAVAILABLE at once, naming it`, async (t) => {
      await endConnections(door);
      const app = lab.app();
      const { lookup } = dns;
      const noSuchName = t.mock.method(dns, 'lookup', ((name: string, ...rest: unknown[]) => {
        if (name !== host) return Reflect.apply(lookup, dns, [name, ...rest]);
        const callback = rest.at(-1) as (error: Error) => void;
        const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
          code: 'ENOTFOUND',
        });
        process.nextTick(callback, error);
      }) as typeof dns.lookup);
      const startedMs = performance.now();
      const { code, message } = await fails(app);
      assert.equal(code, 'TARGET_UNAVAILABLE');
      assert.equal(message, `The name ${host} does not resolve.`);
      assert.ok(performance.now() - startedMs < 3_000);
      assert.ok(noSuchName.mock.callCount() > 0);
      noSuchName.mock.restore();
      await app.recovers(() => works(app));
      await app.keptItsPromises();
    });

    it(`Row 46: ${host}, where nothing listens: TARGET_UNAVAILABLE naming it, and works when it is back`, async () => {
      const app = lab.app();
      await azure.closeDoor(door);
      try {
        const { code, message } = await fails(app);
        assert.equal(code, 'TARGET_UNAVAILABLE');
        assert.equal(message, `Nothing listens at ${host}.`);
      } finally {
        await azure.openDoor(door);
      }
      await app.recovers(() => works(app));
      await app.keptItsPromises();
    });
  }
});

const DAY_MS = 86_400_000;
const { serverIdentity } = azure.certificateAuthority;

/** Who answers at the name instead, and what the app says of it. */
const impostors: Readonly<
  Record<string, readonly [create: (host: string) => Promise<https.ServerOptions>, said: RegExp]>
> = {
  'a certificate of a foreign CA': [
    (host) => certify(host, DAY_MS, { isTrusted: false }),
    /comes from a CA that this machine does not trust/,
  ],
  'a certificate that has expired': [
    (host) => certify(host, -60_000, { isTrusted: true }),
    /The TLS certificate of [\w.-]+ has expired/,
  ],
  'a certificate for another name': [
    () => certify('elsewhere.vault.azure.net', DAY_MS, { isTrusted: true }),
    /The TLS certificate at [\w.-]+ is for another name/,
  ],
  'TLS 1.1': [
    async () => ({
      ...serverIdentity,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    }),
    /agree on no TLS version/,
  ],
};

describe('a server', () => {
  for (const [name, [create, said]] of Object.entries(impostors)) {
    for (const { door, host, fails, works } of targets) {
      it(`Row 45: ${host} with ${name}: TARGET_UNAVAILABLE naming it, and it is told nothing`, async (t) => {
        await endConnections(door);
        const app = lab.app();
        const impostor = await listenAs(t, host, await create(host));
        const { code, message } = await fails(app);
        assert.equal(code, 'TARGET_UNAVAILABLE');
        assert.match(message, said);
        assert.ok(message.includes(host));
        assert.ok(impostor.connections() > 0, 'it was there');
        assert.equal(impostor.requests(), 0);
        impostor.leave();
        await app.recovers(() => works(app));
        await app.keptItsPromises();
      });
    }
  }
});

/** So that the next call connects anew. */
async function endConnections(door: Door): Promise<void> {
  await azure.closeDoor(door);
  await azure.openDoor(door);
}

async function certify(
  host: string,
  lifetimeMs: number,
  { isTrusted }: { isTrusted: boolean },
): Promise<https.ServerOptions> {
  const { certificate, leafKey, leafCertificate } = await createCertificates(
    [host],
    new Date(Date.now() + lifetimeMs),
  );
  if (isTrusted) tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate]);
  return { key: leafKey, cert: leafCertificate + certificate };
}

async function listenAs(t: TestContext, host: string, options: https.ServerOptions) {
  let [connections, requests] = [0, 0];
  const server = https.createServer(options, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const leave = installRedirect({ [`${host}:443`]: (server.address() as AddressInfo).port });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { leave, connections: () => connections, requests: () => requests };
}
