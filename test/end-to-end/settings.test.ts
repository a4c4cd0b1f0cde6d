// Settings that are missing or wrong, and scan state that is not the scan's: said at once and by name, and nothing
// is overwritten.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ContainerClient } from '@azure/storage-blob';
import type { Resource } from '../../local/azure/resource-manager/resource.ts';
import { loadSettings, settingNames } from '../../shared/settings.ts';
import { credentialOf, useLocalAzure } from '../support/local-azure.ts';
import { type AppOnAzure, startApp, startDeployedApp } from './start-deployed-app.ts';
import { everythingWorks, tryEverything } from './try-everything.ts';

const azure = await useLocalAzure();
let good: AppOnAzure;
let site: Resource;

before(async () => {
  good = await startDeployedApp(azure, {
    group: 'rg-settings',
    parameters: { scanSchedule: '0 0 3 1 1 *' },
  });
  site = good.site;
});
after(() => good?.stop());

it('an app with the settings of the template has no complaint, and everything works', async () => {
  assert.doesNotMatch(good.output(), /CONFIG_INVALID/);
  assert.deepEqual(await tryEverything(good), everythingWorks);
});

/** In every value, to see that no complaint shows one. */
const CANARY = 'kanarienvogel';

// AZURE_CLIENT_ID is not read where the kind of the identity is not known.
const allWrong = Object.fromEntries(
  settingNames
    .filter((name) => name !== 'AZURE_CLIENT_ID')
    .map((name) => [name, `${CANARY}: no ${name}`]),
);
const allMissing = {
  ...Object.fromEntries(settingNames.map((name) => [name, undefined])),
  IDENTITY_KIND: 'userAssigned',
};

interface Trouble {
  readonly name: string;
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly complaints: readonly string[];
}

const troubles: readonly Trouble[] = [
  { name: 'all settings wrong', settings: allWrong, complaints: Object.keys(allWrong) },
  {
    name: 'all settings missing',
    settings: allMissing,
    // All but those that have a default.
    complaints: loadSettings(allMissing).problems.map(({ setting }) => setting),
  },
];

describe('an app with', () => {
  for (const { name, settings, complaints } of troubles) {
    it(`${name} complains of each at once, at its start, and still tells who it is`, async (t) => {
      const app = await startApp(azure, site, settings);
      t.after(app.stop);
      const { status, body } = await app.get('/api/identity');
      assert.ok(complaints.length >= 6);
      const said = [...app.output().matchAll(/^CONFIG_INVALID: (\w+) .*$/gm)];
      assert.deepEqual(
        said.map(([, setting]) => setting),
        complaints,
      );
      assert.equal(status, 200);
      assert.deepEqual(
        body.settingProblems,
        said.map(([line]) => line.replace('CONFIG_INVALID: ', '')),
      );
      for (const path of ['/api/secrets/demo', '/api/scans/latest']) {
        const answer = await app.get(path);
        assert.equal(answer.status, 500, path);
        assert.equal(answer.body.code, 'CONFIG_INVALID', path);
        assert.match(
          String(answer.body.nextStep),
          /^Correct the app settings? [A-Z_, ]+ and restart/,
        );
        assert.ok(!answer.text.includes(CANARY));
      }
      const { body: diagnosis } = await app.get('/api/diagnose');
      const verdicts = (diagnosis.targets as { verdict: string }[]).map(({ verdict }) => verdict);
      assert.deepEqual([...new Set(verdicts)], ['CONFIG_INVALID']);
      for (const [line] of said) assert.ok(!line.includes(CANARY), 'no complaint shows a value');
    });
  }

  const settingsByNeed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    KEY_VAULT_URL: {
      readSecret: 'CONFIG_INVALID (settings)',
      'diagnose key-vault': 'CONFIG_INVALID',
    },
    SCAN_SCOPES: {
      scanResources: 'CONFIG_INVALID (settings)',
      listIdentities: 'CONFIG_INVALID (settings)',
      findIdentity: 'CONFIG_INVALID (settings)',
      'diagnose resource-manager': 'CONFIG_INVALID',
    },
    SCAN_LOOKBACK: { scanResources: 'CONFIG_INVALID (settings)' },
    SCAN_STATE_CONTAINER_URL: {
      scanResources: 'CONFIG_INVALID (settings)',
      getScan: 'CONFIG_INVALID (settings)',
      'diagnose blobs': 'CONFIG_INVALID',
    },
  };
  for (const [setting, refused] of Object.entries(settingsByNeed)) {
    it(`no ${setting} works but for what needs it`, async (t) => {
      const app = await startApp(azure, site, { [setting]: undefined });
      t.after(app.stop);
      assert.deepEqual(await tryEverything(app), { ...everythingWorks, ...refused });
      assert.match(app.output(), new RegExp(`^CONFIG_INVALID: ${setting} is missing`, 'm'));
    });
  }

  it('TLS verification turned off calls nobody', async (t) => {
    const since = azure.journal.position;
    const app = await startApp(azure, site, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    t.after(app.stop);
    const { status, body } = await app.get('/api/secrets/demo');
    assert.equal(status, 500);
    assert.match(String(body.message), /^NODE_TLS_REJECT_UNAUTHORIZED turns off TLS verification/);
    const calls = azure.journal
      .since(since)
      .filter((entry) => entry.kind === 'request' && entry.door === 'key-vault');
    assert.deepEqual(calls, []);
  });
});

describe('scan state that is corrupt', () => {
  const stateOf = (blob: string) =>
    new ContainerClient(
      good.settings.SCAN_STATE_CONTAINER_URL ?? '',
      credentialOf(azure, good.identity),
    ).getBlockBlobClient(blob);

  const corrupt: Readonly<Record<string, string | Buffer>> = {
    'is no JSON': 'hello',
    'is cut in the middle': '{"schemaVersion":1,"scopes":{"/subscr',
    'is empty': '',
    'is binary': Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    'is of another kind': '[1,2,3]',
    'is of a later schema': '{"schemaVersion":99,"scopes":{},"seen":{},"claims":[]}',
    'is ahead of its time':
      '{"schemaVersion":1,"scopes":{"/subscriptions/x":{"since":"2026-01-01T00:00:00.000Z","watermark":"2999-01-01T00:00:00.000Z"}},"seen":{},"claims":[]}',
  };
  for (const [what, content] of Object.entries(corrupt)) {
    it(`because it ${what} fails the scan with its name, and stays as it is`, async () => {
      const blob = stateOf('scan-checkpoint.json');
      const bytes = Buffer.from(content);
      const { etag } = await blob.upload(bytes, bytes.length);
      const { outcome, log } = await good.scan();
      assert.equal(outcome, 'Failed');
      assert.match(log, /CONFIG_INVALID \(blobs\): .*scan-checkpoint\.json/);
      assert.deepEqual(await blob.downloadToBuffer(), bytes);
      assert.equal((await blob.getProperties()).etag, etag, 'nobody has written it');
      const { body } = await good.get('/api/scans/latest');
      assert.equal(body.outcome, 'failed');
      assert.equal((body.error as { code: string }).code, 'CONFIG_INVALID');
    });
  }

  it('is moved away: the scan begins anew', async () => {
    await stateOf('scan-checkpoint.json').delete();
    const { outcome } = await good.scan();
    assert.equal(outcome, 'Succeeded');
    assert.deepEqual(await tryEverything(good), everythingWorks);
  });

  it('in the report is told by getScan, and the next scan writes it anew', async () => {
    await stateOf('scan-report.json').upload('hello', 5);
    const { status, body } = await good.get('/api/scans/latest');
    assert.equal(status, 500);
    assert.equal(body.code, 'CONFIG_INVALID');
    assert.match(String(body.message), /scan-report\.json is not JSON/);
    await good.scan();
    assert.equal((await good.get('/api/scans/latest')).status, 200);
  });
});
