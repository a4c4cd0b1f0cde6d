// With keys checked and at full verbosity: a function key is in its own file and nowhere else, and no 16 characters of
// a key, token, identity header or secret are in anything that is printed, answered, written or recorded.
// Without keys, and with failing targets: test/end-to-end/nothing-leaks.test.ts. DEBUG is all but what the app refuses
// in Azure, because it prints what is sent by messaging, tokens as well: shared/debug-output.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { ContainerClient } from '@azure/storage-blob';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../support/local-azure.ts';
import { type AppWithKeys, keyFolder, startAppWithKeys } from './app-with-keys.ts';
import { endpoints as otherEndpoints } from './bad-inputs/endpoints.ts';
import { inventoryEndpoints } from './bad-inputs/inventory-endpoints.ts';
import { messagingEndpoints } from './bad-inputs/messaging-endpoints.ts';
import { createLeakFinder } from './find-leaks.ts';

const GROUP = 'rg-canaries';
const endpoints = [...otherEndpoints, ...inventoryEndpoints, ...messagingEndpoints('inventory')];
const azure = await useLocalAzure();
const tokens: string[] = [];
const { issue } = azure.tokens;
mock.method(azure.tokens, 'issue', async (...args: Parameters<typeof issue>) => {
  const token = await issue(...args);
  tokens.push(token.accessToken);
  return token;
});
const inspector = addIdentity(azure, 'inspector');

let app: AppWithKeys;
let leaksIn: (text: string) => string[];
const answers: string[] = [];

before(async () => {
  const verbose = {
    AZURE_LOG_LEVEL: 'verbose',
    DEBUG: '*,-rhea:frames,-rhea:raw,-rhea:message',
  };
  app = await startAppWithKeys(azure, GROUP, verbose, { messaging: true });
  for (const role of ['Key Vault Secrets User', 'Storage Blob Data Reader']) {
    grant(azure, inspector, role, groupId(GROUP));
  }
  await callEverything();
  leaksIn = createLeakFinder({
    'a function key': [app.keys.master, app.keys.host, ...Object.values(app.keys.own)],
    // Its header is the same in every token and no secret.
    'a token': tokens.map((token) => token.slice(token.indexOf('.') + 1)),
    'the identity header': [azure.identityEnvironmentOf(app.siteId).IDENTITY_HEADER ?? ''],
    'the secret': [await readSecret()],
    'the control secret': [azure.controlEnvironment.LOCAL_AZURE_CONTROL_SECRET ?? ''],
  });
});
after(() => app?.stop());

async function callEverything(): Promise<void> {
  const since = azure.journal.position;
  const scan = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  await keep(fetch(`${app.baseUrl}/admin/functions/scanResources?code=${app.keys.master}`, scan));
  await azure.journal.waitFor(
    'the report of the scan',
    (entry) =>
      entry.kind === 'request' && entry.method === 'PUT' && entry.target.includes('scan-report'),
    { since },
  );
  for (const { name, path, level, posted } of endpoints) {
    const key = level === 'admin' ? app.keys.master : (app.keys.own[name] ?? '');
    for (const target of [path, `${path}?x`, `${path}/x`]) {
      await keep(app.get(target, key));
      await keep(app.get(`${target}${target.includes('?') ? '&' : '?'}code=${key}`));
      await keep(app.get(target, `${key.slice(0, -4)}oops`));
      if (!posted) continue;
      const headers = { 'x-functions-key': key, 'content-type': posted.contentType };
      const { body } = posted;
      await keep(fetch(app.baseUrl + target, { method: 'POST', headers, body }));
    }
  }
}

async function keep(answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  answers.push([...answer.headers].join('\n'), await answer.text());
}

async function readSecret(): Promise<string> {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  const address = app.settings.KEY_VAULT_URL ?? '';
  const client = new SecretClient(address, credentialOf(azure, inspector));
  return (await client.getSecret('demo')).value ?? '';
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('T2 T3 T6 a canary', () => {
  it('is found where it is', () => {
    assert.deepEqual(leaksIn(`?code=${app.keys.master.slice(3, 19)}`), ['a function key']);
    assert.deepEqual(leaksIn(`Bearer ${tokens[0]?.slice(-16)}`), ['a token']);
    assert.deepEqual(leaksIn(tokens[0]?.slice(-15) ?? ''), []);
  });

  it('is in nothing that host and app print', () => {
    const output = app.output();
    assert.ok(/^azure:core-rest-pipeline/m.test(output), 'it is verbose');
    assert.ok(/^\S* ?azure:(service-bus|event-hubs):/m.test(output), 'the messaging SDKs too');
    assert.ok(output.length > 20_000);
    assert.deepEqual(leaksIn(output), []);
  });

  it('is in no answer', () => {
    assert.ok(answers.join('').includes('"kind":"userAssigned"'));
    assert.deepEqual(leaksIn(answers.join('\n')), []);
  });

  it('is in no blob that host and app write', async () => {
    for (const address of [
      app.settings.SCAN_STATE_CONTAINER_URL ?? '',
      `${app.settings.AzureWebJobsStorage__blobServiceUri}azure-webjobs-hosts`,
    ]) {
      const container = new ContainerClient(address, credentialOf(azure, inspector));
      const blobs: string[] = [];
      for await (const { name } of container.listBlobsFlat()) {
        blobs.push(name, String(await container.getBlobClient(name).downloadToBuffer()));
      }
      assert.ok(blobs.length > 0, address);
      assert.deepEqual(leaksIn(blobs.join('\n')), []);
    }
  });

  it('is not in the journal', () => {
    assert.deepEqual(leaksIn(JSON.stringify(azure.journal.since())), []);
  });

  it('is in no file but the keys in theirs', () => {
    const folder = keyFolder(azure);
    const files = filesBelow(dirname(folder));
    assert.ok(files.length > 5);
    for (const path of files) {
      // A certificate has Azure's names in base64, as the middle of a token has.
      const isCertificate = /certificate-authority\.json$|\.pem$/.test(path);
      const leaks = leaksIn(readFileSync(path, 'utf8'));
      assert.deepEqual(
        leaks.filter((name) => !(isCertificate && name === 'a token')),
        path.startsWith(folder) ? ['a function key'] : [],
        path,
      );
    }
  });
});
