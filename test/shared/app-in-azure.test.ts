// The app's services on the embedded Azure: unmodified SDKs, genuine tokens, the grants of our own template.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { AppError } from '../../shared/errors.ts';
import { describeIdentity } from '../../shared/identity/describe-identity.ts';
import { runScan } from '../../shared/scan/run-scan.ts';
import type { Services } from '../../shared/services.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { deployApp } from './deployed-app.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { messaging: false });

function scan(services: Services) {
  const needed = services.settings.need('SCAN_SCOPES', 'SCAN_LOOKBACK', 'SCAN_OVERLAP');
  return runScan({
    scopes: needed.SCAN_SCOPES,
    lookbackMs: needed.SCAN_LOOKBACK,
    overlapMs: needed.SCAN_OVERLAP,
    resourceManager: services.resourceManager,
    blobs: services.scanBlobs,
    publish: async () => {},
    log: { info() {}, warn() {}, error() {} },
    timeLimitMs: 9_000,
  });
}

const tokenRequests = (since: number) =>
  azure.journal.since(since).filter(({ kind }) => kind === 'token').length;

describe('the deployed app', () => {
  it('has settings without a complaint', () => {
    assert.deepEqual(app.createServices().settings.problems, []);
  });

  it('reads the secret by its identity', async () => {
    const secret = await app.createServices().keyVault.readSecret('demo');
    assert.equal(secret.name, 'demo');
    assert.equal(secret.enabled, true);
    assert.ok(secret.length > 0);
  });

  it('finds the resources that its deployment has just created, once', async () => {
    const services = app.createServices();
    const first = await scan(services);
    assert.equal(first.outcome, 'finished');
    assert.ok(first.newFindings.some(({ id }) => id === app.siteId));
    assert.equal(first.newFindingCount, first.resourcesSeen - first.unreadableCount);
    const second = await scan(services);
    assert.equal(second.newFindingCount, 0);
  });

  it('knows who it is', async () => {
    const identity = await describeIdentity(app.createServices());
    assert.equal(identity.kind, 'userAssigned');
    assert.equal(identity.clientId, app.settings.AZURE_CLIENT_ID);
    for (const token of Object.values(identity.tokens)) {
      assert.ok(!('error' in token));
      assert.equal(token.oid, identity.principalId);
      assert.match(token.xms_mirid ?? '', /userAssignedIdentities/);
    }
  });

  it('[8] sends one token request per audience, however many ask', async () => {
    const since = azure.journal.position;
    const services = app.createServices();
    await Promise.all(Array.from({ length: 30 }, () => services.keyVault.readSecret('demo')));
    assert.ok(tokenRequests(since) <= 1, 'msal-node may have one from before');
  });

  it('diagnoses itself as well', async () => {
    const { verdict, targets } = await diagnose(app.createServices(), 'demo');
    assert.deepEqual(
      targets.map(({ target, verdict }) => [target, verdict]),
      [
        ['resource-manager', 'works'],
        ['key-vault', 'works'],
        ['blobs', 'works'],
      ],
    );
    assert.equal(verdict, 'works');
  });

  it('is told by the diagnosis to name a secret where roles are given per secret', async () => {
    const { targets } = await diagnose(app.createServices());
    const vault = targets.find(({ target }) => target === 'key-vault');
    assert.equal(vault?.verdict, 'unclear');
    assert.match(vault?.nextStep ?? '', /secret=<name>/);
  });
});

describe('a grant that is taken away', () => {
  const calls: Readonly<Record<string, (services: Services) => Promise<unknown>>> = {
    Reader: scan,
    'Key Vault Secrets User': ({ keyVault }) => keyVault.readSecret('demo'),
    'Storage Blob Data Contributor': scan,
  };
  for (const [roleName, run] of Object.entries(calls)) {
    it(`stops what needs ${roleName}, names who, what, where and the role, and works again without restart`, async () => {
      const services = app.createServices();
      await run(services);
      const { principalId } = await describeIdentity(services);
      const role = azure.access.listDefinitions().find((one) => one.roleName === roleName);
      const taken = azure.access
        .listAssignments()
        .filter((one) => one.principalId === principalId && one.roleDefinitionId === role?.id);
      assert.ok(taken.length > 0);
      for (const { id } of taken) azure.access.removeAssignment(id);
      await assert.rejects(run(services), (error: AppError) => {
        assert.equal(error.code, 'ACCESS_DENIED', error.message);
        assert.equal(error.access?.principalId, principalId);
        assert.equal(error.access?.role, roleName);
        assert.match(error.access?.action ?? '', /^Microsoft\./);
        assert.ok(error.access?.scope);
        return true;
      });
      const { targets } = await diagnose(services, 'demo');
      assert.equal(targets.filter(({ verdict }) => verdict === 'ACCESS_DENIED').length, 1);
      for (const assignment of taken) azure.access.addAssignment(assignment);
      await run(services);
    });
  }
});

describe('an identity that is wrong', () => {
  it('that is not assigned: IDENTITY_UNAVAILABLE naming the setting', async () => {
    const services = app.createServices({ AZURE_CLIENT_ID: crypto.randomUUID() });
    await assert.rejects(services.keyVault.readSecret('demo'), (error: AppError) => {
      assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
      assert.match(error.nextStep, /AZURE_CLIENT_ID/);
      return true;
    });
  });

  it('that has no name, where only a user-assigned one is: IDENTITY_UNAVAILABLE', async () => {
    const services = app.createServices({ IDENTITY_KIND: 'systemAssigned' });
    await assert.rejects(services.keyVault.readSecret('demo'), { code: 'IDENTITY_UNAVAILABLE' });
  });

  it('[6] whose header was rotated: the next token comes', async () => {
    azure.rotateIdentityHeader(app.siteId);
    const services = app.createServices({ IDENTITY_KIND: 'userAssigned' });
    Object.assign(process.env, azure.identityEnvironmentOf(app.siteId));
    const since = azure.journal.position;
    await services.credential.getToken('https://servicebus.azure.net/.default');
    assert.equal(tokenRequests(since), 1);
  });
});

describe('scans that overlap', () => {
  it('[23] hand each new resource on once, through the real SDK and ETags', async () => {
    const services = app.createServices();
    await services.scanBlobs.write(
      'scan-checkpoint.json',
      JSON.stringify({ schemaVersion: 1, scopes: {}, seen: {}, claims: [] }),
      'overwrite',
    );
    const reports = await Promise.all([scan(services), scan(services), scan(app.createServices())]);
    const ids = reports.flatMap(({ newFindings }) => newFindings.map(({ eventId }) => eventId));
    assert.ok(ids.length > 0);
    assert.equal(new Set(ids).size, ids.length);
  });
});
