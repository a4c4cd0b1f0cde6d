// `npm start` as a stranger meets it: what it tells, what can be asked of it then, and that nothing of it stays.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { buildApp } from '../../local/build-app.ts';
import { projectDirectory, readOwnTemplate } from '../support/local-azure.ts';
import { findRoleAssignments, withoutAssignment } from './find-role-assignments.ts';
import { type StartProcess, startProcess } from './start-process.ts';

const READY = /^Ready {2}(http:\/\/127\.0\.0\.1:(\d+))$/m;
const ALL_SAID = /^Ctrl-C ends it\.$/m;

interface Identity {
  readonly kind: string;
  readonly clientId: string;
  readonly principalId: string;
  readonly tokens: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

async function getJson<Body>(address: string): Promise<Body> {
  const response = await fetch(address);
  assert.equal(response.status, 200, address);
  return (await response.json()) as Body;
}

async function startAndRead(port = '0'): Promise<{ start: StartProcess; baseUrl: string }> {
  const start = startProcess(['--port', port]);
  await start.printed(ALL_SAID);
  return { start, baseUrl: READY.exec(start.output())?.[1] ?? '' };
}

/** Without the part of a name that only makes it unique. */
const withoutToken = (text: string) =>
  text.replaceAll(/\b(kv-|appi-|stdata|sthost|sb-|evh-|sql-)[a-z2-7]{13}\b/g, '$1…');

before(() => buildApp(projectDirectory));

describe('npm start, started once,', () => {
  let start: StartProcess;
  let baseUrl: string;
  before(async () => {
    ({ start, baseUrl } = await startAndRead());
  });

  it('tells what it has deployed, who may do what, and what the first scan found; all of it is so', async () => {
    const said = start.output();
    const resources = [...said.matchAll(/^ {2}(Microsoft\.\S+) +(\S+)$/gm)].map(
      ([, type = '', name = '']) => `${type} ${name}`,
    );
    assert.ok(resources.length >= 14);

    const identity = await getJson<Identity>(`${baseUrl}/api/identity`);
    assert.equal(identity.kind, 'userAssigned');
    assert.match(
      said,
      new RegExp(
        `^User-assigned identity id-\\S+\\n {2}client id ${identity.clientId}, principal id ${identity.principalId}$`,
        'm',
      ),
    );
    const grants = [...said.matchAll(/^ {2}may act as (.+?) +on (.+)$/gm)];
    assert.deepEqual(
      grants.map(([, role, scope]) => `${role} on ${withoutToken(scope ?? '')}`),
      [
        'Reader on resource group rg-local',
        'Key Vault Secrets User on secret demo of vault kv-…',
        'Storage Blob Data Contributor on container scan-state of storage account stdata…',
        'Storage Blob Data Owner on storage account sthost…',
        'Monitoring Metrics Publisher on component appi-…',
        'Azure Service Bus Data Sender on queue scan-requests of namespace sb-…',
        'Azure Service Bus Data Receiver on queue scan-requests of namespace sb-…',
        'Azure Service Bus Data Sender on queue rejected of namespace sb-…',
        'Azure Service Bus Data Sender on topic new-resources of namespace sb-…',
        'Azure Service Bus Data Receiver on subscription inventory of topic new-resources of namespace sb-…',
        'Azure Service Bus Data Receiver on subscription vaults of topic new-resources of namespace sb-…',
        'Azure Event Hubs Data Sender on eventhub resource-events of namespace evh-…',
        'Azure Event Hubs Data Receiver on eventhub resource-events of namespace evh-…',
        'Storage Blob Data Contributor on container events of storage account stdata…',
      ],
    );

    const scan = await getJson<{ newFindings: { type: string; name: string }[] }>(
      `${baseUrl}/api/scans/latest`,
    );
    const found = scan.newFindings.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(found.sort(), resources.sort());
    assert.match(said, new RegExp(`^First scan: finished, ${found.length} new resources$`, 'm'));

    const addresses = [...said.matchAll(/^ {2}curl (\S+)$/gm)].map(([, address = '']) => address);
    assert.equal(addresses.length, 8);
    for (const address of addresses) await getJson(address);
  });

  it('lets what the scan found run through Event Hubs, Service Bus and the database, each thing once', async () => {
    const scan = await getJson<{ newFindings: { type: string; name: string }[] }>(
      `${baseUrl}/api/scans/latest`,
    );
    const recorded = scan.newFindings.map(
      ({ type, name }) => `(?=[^]*Recorded: ${RegExp.escape(`${type} ${name}`)}\\n)`,
    );
    await start.printed(new RegExp(`^${recorded.join('')}`));
    await start.printed(/Archived [1-9]\d* of \d+ events of partition \d+\.$/m);
    const { total } = await getJson<{ total: number }>(`${baseUrl}/api/resource-summary`);
    assert.equal(total, scan.newFindings.length);
    const { resources } = await getJson<{ resources: { type: string; name: string }[] }>(
      `${baseUrl}/api/resources`,
    );
    const told = (all: readonly { type: string; name: string }[]) =>
      all.map(({ type, name }) => `${type} ${name}`).sort();
    assert.deepEqual(told(resources), told(scan.newFindings));
  });

  it('lets every call go by TLS, under production names, with a token that names the identity', async () => {
    const diagnosis = await getJson<{
      verdict: string;
      targets: { subject: string; verdict: string; token: Record<string, string> }[];
    }>(`${baseUrl}/api/diagnose?secret=demo`);
    assert.equal(diagnosis.verdict, 'works');
    const identity = await getJson<Identity>(`${baseUrl}/api/identity`);
    const audiences = diagnosis.targets.map(({ subject, token }) => {
      assert.equal(token.oid, identity.principalId);
      assert.match(token.iss ?? '', /^https:\/\/sts\.windows\.net\/[0-9a-f-]{36}\/$/);
      return [withoutToken(subject), token.aud];
    });
    assert.deepEqual(audiences, [
      [
        '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg-local',
        'https://management.azure.com',
      ],
      ['https://kv-….vault.azure.net/', 'https://vault.azure.net'],
      ['https://stdata….blob.core.windows.net/scan-state', 'https://storage.azure.com'],
      ...['resource-events', 'resource-events'].map((hub) => [
        `sb://evh-….servicebus.windows.net/${hub}`,
        'https://eventhubs.azure.net/',
      ]),
      ...[
        'new-resources',
        'scan-requests',
        'scan-requests',
        'rejected',
        'new-resources/inventory',
      ].map((entity) => [
        `sb://sb-….servicebus.windows.net/${entity}`,
        'https://servicebus.azure.net/',
      ]),
      ['sql-….database.windows.net/inventory', 'https://database.windows.net'],
    ]);
  });

  it('ends with everything at Ctrl-C within a second, also while a request is under way', async () => {
    assert.ok(start.group().length >= 3, 'itself, the host and Azurite');
    const unfinished = connect(Number(new URL(baseUrl).port), '127.0.0.1');
    const cut = once(unfinished, 'close');
    unfinished.on('error', () => {});
    unfinished.write(
      'POST /admin/functions/scanResources HTTP/1.1\r\nHost: localhost\r\n' +
        'Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    );
    const [answer] = await once(unfinished, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 100 /);
    await stop(start);
    await cut;
  });
});

describe('npm start', () => {
  it('ends at Ctrl-C before it is ready, too', async () => {
    const start = startProcess(['--port', '0']);
    await start.printed(/^Deployed 'main'/m);
    await stop(start);
  });

  it('leaves no orphan when it is killed', async () => {
    const { start } = await startAndRead();
    start.signal('SIGKILL', 'process');
    await start.gone(3_000);
  });

  it('beside another on the same port says which, and ends with 1; the first goes on', async () => {
    const { start: first, baseUrl } = await startAndRead();
    const port = new URL(baseUrl).port;
    const second = startProcess(['--port', port]);
    assert.equal(await second.ended, 1);
    const lines = second.output().trim().split('\n');
    assert.equal(lines.filter((line) => line.includes(port)).length, 1);
    assert.match(lines.at(-1) ?? '', new RegExp(`^Port ${port} is unavailable\\. .*--port\\.$`));
    await second.gone(1_000);
    await getJson(`${baseUrl}/api/secrets/demo`);
    await stop(first);

    // And the port is free again at once.
    const { start: third } = await startAndRead(port);
    await stop(third);
  });

  const missing: Readonly<Record<string, RegExp>> = {
    Reader:
      /^First scan: failed\. The identity \S+ may not read there: .* Grant it the role Reader/m,
    'Storage Blob Data Contributor':
      /^First scan: failed\. The identity \S+ may not read the blob: .* Grant it the role Storage Blob Data Contributor/m,
    'Storage Blob Data Owner':
      /lacks the role 'Storage Blob Data Owner' [\s\S]*^First scan: failed\./m,
  };
  for (const [role, told] of Object.entries(missing)) {
    it(`without ${role} tells at the first scan what is missing, and goes on`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'start-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'azuredeploy.json');
      writeFileSync(file, JSON.stringify(withoutRole(role)));
      const start = startProcess(['--port', '0', '--template', file]);
      await start.printed(ALL_SAID);
      assert.match(start.output(), told);
      await getJson(`${READY.exec(start.output())?.[1]}/api/secrets/demo`);
      await stop(start);
    });
  }

  it('says in one sentence that it will not start inside of Azure', async () => {
    const start = startProcess(['--port', '0'], { WEBSITE_SITE_NAME: 'func-real' });
    assert.equal(await start.ended, 1);
    assert.match(start.output(), /^WEBSITE_SITE_NAME is set, .*nothing is started\.\n$/);
  });
});

/** Ids of built-in roles are the same in every tenant. */
const roleIds: Readonly<Record<string, string>> = {
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
};

function withoutRole(roleName: string): unknown {
  const template = readOwnTemplate();
  const assignment = findRoleAssignments(template).find(({ role }) => role === roleIds[roleName]);
  assert.ok(assignment);
  return withoutAssignment(template, assignment);
}

/** As Ctrl-C in a terminal: the whole group gets it. */
async function stop(start: StartProcess): Promise<void> {
  start.signal('SIGINT', 'group');
  await start.gone(1_000);
  assert.equal(await start.ended, 0);
}
