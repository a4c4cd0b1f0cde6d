// Key Vault under the rows that concern it alone. The cuts: wire-faults.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SecretClient } from '@azure/keyvault-secrets';
import { addIdentity, credentialOf, grant } from '../support/local-azure.ts';
import { vaultId } from './deploy-cases.ts';
import { openFaultLab } from './fault-lab.ts';

const lab = await openFaultLab(10);

describe('a vault', { concurrency: true }, () => {
  it('Row 42: 429 without Retry-After: THROTTLED in time, and works when it passes', async () => {
    const app = lab.app();
    const busy = lab.arm(app, 'key-vault', { kind: 'status', status: 429 });
    await app.refuses('readSecret', 'THROTTLED');
    assert.ok(busy.hits() >= 3, 'asked again as long as there was time');
    busy.end();
    await app.recovers(() => app.works('readSecret'));
    await app.keptItsPromises();
  });

  it('Row 42: 429 with a Retry-After that fits is waited for', async () => {
    const app = lab.app();
    const busy = lab.arm(
      app,
      'key-vault',
      { kind: 'status', status: 429, retryAfter: '1' },
      { times: 2 },
    );
    const { elapsedMs } = await app.works('readSecret');
    assert.equal(busy.hits(), 2);
    assert.ok(elapsedMs >= 2_000);
    await app.keptItsPromises();
  });

  it('Row 42: 429 with a Retry-After beyond the time: THROTTLED at once, with its seconds', async () => {
    const app = lab.app();
    lab.arm(app, 'key-vault', { kind: 'status', status: 429, retryAfter: '60' }, { times: 1 });
    const { status, headers, elapsedMs } = await app.call('readSecret');
    assert.equal(status, 429);
    assert.equal(headers['Retry-After'], '60');
    assert.ok(elapsedMs < 2_000);
    await app.recovers(() => app.works('readSecret'));
    await app.keptItsPromises();
  });

  it('Row 42: 503: retried, then TARGET_UNAVAILABLE with the status', async () => {
    const app = lab.app();
    const failing = lab.arm(app, 'key-vault', { kind: 'status', status: 503 });
    const { message } = await app.refuses('readSecret', 'TARGET_UNAVAILABLE');
    assert.match(message, /503/);
    assert.equal(failing.hits(), 3);
    failing.end();
    await app.recovers(() => app.works('readSecret'));
    lab.arm(app, 'key-vault', { kind: 'status', status: 503 }, { times: 2 });
    await app.works('readSecret');
    await app.keptItsPromises();
  });

  it('Row 42: silent: TARGET_UNAVAILABLE within 10 s, naming the vault', async () => {
    const app = lab.app();
    const silent = lab.arm(app, 'key-vault', { kind: 'hang' });
    const { message } = await app.refuses('readSecret', 'TARGET_UNAVAILABLE');
    assert.match(message, /\.vault\.azure\.net did not answer/);
    silent.end();
    await app.recovers(() => app.works('readSecret'));
    await app.keptItsPromises();
  });
});

describe('a secret', () => {
  const officer = addIdentity(lab.azure, 'officer');
  const vaultUrl = 'https://kv-faults.vault.azure.net/';
  const secrets = new SecretClient(vaultUrl, credentialOf(lab.azure, officer));
  grant(lab.azure, officer, 'Key Vault Secrets Officer', vaultId());

  it('Row 43: disabled: NOT_FOUND that says so, and works when it is enabled', async () => {
    const app = lab.app();
    const { secretName } = app.fault;
    const { version = '' } = (await app.works('readSecret')).body as { version?: string };
    await secrets.updateSecretProperties(secretName, version, { enabled: false });
    const { message } = await app.refuses('readSecret', 'NOT_FOUND');
    assert.match(message, /exists and the identity may read it, but it is disabled/);
    await secrets.updateSecretProperties(secretName, version, { enabled: true });
    await app.recovers(() => app.works('readSecret'));
    await app.keptItsPromises();
  });

  it('Row 43: expired: can be read, and says that it has expired', async () => {
    const app = lab.app();
    const { secretName } = app.fault;
    const { version = '' } = (await app.works('readSecret')).body as { version?: string };
    const expiresOn = new Date(Date.now() - 60_000);
    await secrets.updateSecretProperties(secretName, version, { expiresOn });
    assert.equal((await app.works('readSecret')).body.validity, 'expired');
    await app.keptItsPromises();
  });

  it('Row 43: soft-deleted: NOT_FOUND with the cure, and works when it is recovered', async () => {
    const app = lab.app();
    const { secretName } = app.fault;
    await (await secrets.beginDeleteSecret(secretName, { intervalInMs: 50 })).pollUntilDone();
    const { nextStep } = await app.refuses('readSecret', 'NOT_FOUND');
    assert.match(nextStep, /az keyvault secret recover/);
    await (
      await secrets.beginRecoverDeletedSecret(secretName, { intervalInMs: 50 })
    ).pollUntilDone();
    await app.recovers(() => app.works('readSecret'));
    await app.keptItsPromises();
  });

  it('Row 43: with a new version: read at once, as none is held', async () => {
    const app = lab.app();
    const before = (await app.works('readSecret')).body;
    await secrets.setSecret(app.fault.secretName, 'another-value-of-this-secret');
    const after = (await app.works('readSecret')).body;
    assert.notEqual(after.version, before.version);
    assert.equal(after.length, 28);
    await app.keptItsPromises();
  });
});
