// At full verbosity, with everything called that there is and much of it failing: no token, no secret, no identity
// header in anything that the app prints, answers or writes, nor in the journal.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it, mock } from 'node:test';
import { SecretClient } from '@azure/keyvault-secrets';
import { ContainerClient } from '@azure/storage-blob';
import { credentialOf, useLocalAzure } from '../support/local-azure.ts';
import {
  type AppOnAzure,
  type AppProcess,
  startApp,
  startDeployedApp,
} from './start-deployed-app.ts';
import { startProcess } from './start-process.ts';
import { tryEverything } from './try-everything.ts';

/** What a target's own error text would give away if it were passed on. */
const TARGETS_WORDS = 'kanarienvogel-of-the-target';

const azure = await useLocalAzure();
const tokens: string[] = [];
const { issue } = azure.tokens;
mock.method(azure.tokens, 'issue', async (...args: Parameters<typeof issue>) => {
  const token = await issue(...args);
  tokens.push(token.accessToken);
  return token;
});

/** Every way of asking, with answers good and bad. */
const requests: readonly (readonly [string, RequestInit?])[] = [
  ['/'],
  ['/api/identity'],
  ['/api/identity?resource=https://evil.example'],
  ['/api/secrets/demo'],
  ['/api/secrets/missing'],
  ['/api/secrets/..%2Fkeys'],
  ['/api/secrets/demo?version=0'],
  ['/api/secrets/demo', { method: 'POST', body: 'x' }],
  ['/api/scans/latest'],
  ['/api/diagnose'],
  ['/api/diagnose?secret=demo'],
  ['/api/diagnose?secret=missing'],
  ['/api/nothing'],
  ['/admin/functions'],
  ['/admin/functions/readSecret'],
  ['/admin/functions/readSecret/keys'],
  ['/admin/functions/readSecret/status'],
  ['/admin/host/status'],
  ['/admin/host/keys'],
  ['/admin/host/ping'],
];

const VERBOSE = { AZURE_LOG_LEVEL: 'verbose', DEBUG: '*' };

describe('nothing leaks', () => {
  let app: AppOnAzure;
  let stranger: AppProcess;
  let header: string;
  let secret: string;
  let underFaults: string;
  const answers: string[] = [];

  before(async () => {
    app = await startDeployedApp(azure, { group: 'rg-leaks' }, VERBOSE);
    header = azure.identityEnvironmentOf(app.site.id).IDENTITY_HEADER ?? '';
    secret = await readSecret();
    await tryEverything(app);
    await askAll(app);
    // An identity that the app does not have.
    stranger = await startApp(azure, app.site, { ...VERBOSE, AZURE_CLIENT_ID: randomUUID() });
    await askAll(stranger);
    // Targets that fail, and say what nobody should hear.
    const body = JSON.stringify({ error: { code: 'Oops', message: TARGETS_WORDS } });
    const orders = (['resource-manager', 'key-vault', 'blob'] as const).map((door) =>
      azure.faults.arm({ door, times: 'always', fault: { kind: 'status', status: 400, body } }),
    );
    const before = answers.length;
    await askAll(app);
    await app.scan();
    underFaults = answers.slice(before).join('\n');
    for (const order of orders) azure.faults.withdraw(order);
  });
  after(async () => {
    await app?.stop();
    await stranger?.stop();
  });

  async function readSecret(): Promise<string> {
    const credential = credentialOf(azure, app.identity);
    const client = new SecretClient(app.settings.KEY_VAULT_URL ?? '', credential);
    return (await client.getSecret('demo')).value ?? '';
  }

  async function askAll({ baseUrl }: AppProcess): Promise<void> {
    for (const [path, init] of requests) {
      const response = await fetch(`${baseUrl}${path}`, init);
      answers.push([...response.headers].join('\n'), await response.text());
    }
  }

  /** What of this is in the text: any piece of a token, and any 16 characters of a secret. */
  function leaksIn(text: string): string[] {
    const canaries: Readonly<Record<string, readonly string[]>> = {
      'a token': tokens.flatMap((token) => token.split('.').slice(1)).flatMap(pieces),
      'the secret': windows(secret),
      'the identity header': windows(header),
      'the control secret': windows(azure.controlEnvironment.LOCAL_AZURE_CONTROL_SECRET ?? ''),
    };
    return Object.entries(canaries).flatMap(([name, parts]) => {
      assert.ok(parts.length > 1, name);
      return parts.some((part) => text.includes(part)) ? [name] : [];
    });
  }

  it('unnoticed: a piece of each is found where it is', () => {
    const [, payload = '', signature = ''] = tokens[0]?.split('.') ?? [];
    for (const piece of [payload.slice(11, 111), signature.slice(-100)]) {
      assert.deepEqual(leaksIn(`Bearer ${piece}`), ['a token']);
    }
    assert.deepEqual(leaksIn(`value=${secret.slice(5, 21)}`), ['the secret']);
    assert.deepEqual(leaksIn(`"x-identity-header": "${header}"`), ['the identity header']);
  });

  it('into what app and host print', () => {
    for (const one of [app, stranger]) {
      assert.ok(/^azure:identity:info/m.test(one.output()), 'it is verbose');
      assert.deepEqual(leaksIn(one.output()), []);
    }
  });

  it('into an answer, with its headers', () => {
    assert.ok(answers.length >= requests.length * 6);
    assert.deepEqual(leaksIn(answers.join('\n')), []);
  });

  it('of what a failing target says: the app tells it in its own words', () => {
    assert.match(underFaults, /UNEXPECTED/);
    assert.ok(!underFaults.includes(TARGETS_WORDS));
  });

  it('into what app and host write', async () => {
    const containers = [
      app.settings.SCAN_STATE_CONTAINER_URL ?? '',
      `${app.settings.AzureWebJobsStorage__blobServiceUri}azure-webjobs-hosts`,
    ];
    for (const address of containers) {
      const container = new ContainerClient(address, credentialOf(azure, app.identity));
      const blobs: string[] = [];
      for await (const { name } of container.listBlobsFlat()) {
        blobs.push(name, String(await container.getBlobClient(name).downloadToBuffer()));
      }
      assert.ok(blobs.length > 0, address);
      assert.deepEqual(leaksIn(blobs.join('\n')), []);
    }
  });

  it('into the journal', () => {
    assert.deepEqual(leaksIn(JSON.stringify(azure.journal.since())), []);
  });

  it('from npm start: it prints no token and no header', async () => {
    // The three would print what is sent, tokens as well, and the app refuses to work with them: shared/debug-output.ts.
    const DEBUG = '*,-rhea:frames,-rhea:raw,-rhea:message';
    const start = startProcess(['--port', '0'], { ...VERBOSE, DEBUG });
    await start.printed(/^Ctrl-C ends it\.$/m);
    start.signal('SIGINT', 'group');
    await start.ended;
    const output = start.output();
    assert.ok(/^azure:identity:info/m.test(output), 'it is verbose');
    const leaks = [/\beyJ[\w-]{10}/, /Bearer [\w-]{10}/, /x-identity-header"?: (?!"REDACTED")/i];
    assert.deepEqual(
      leaks.filter((leak) => leak.test(output)),
      [],
    );
  });
});

/** Of 32 characters: whatever is longer than two of them holds one. */
function pieces(text: string): readonly string[] {
  return text.match(/.{32}/g) ?? [];
}

function windows(text: string, length = 16): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) =>
    text.slice(start, start + length),
  );
}
