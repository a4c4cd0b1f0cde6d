// The functions as the host calls them, on the embedded Azure with our own template deployed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Timer } from '@azure/functions';
import { diagnose } from '../../functions/diagnose.ts';
import { getIdentity } from '../../functions/get-identity.ts';
import { getScan } from '../../functions/get-scan.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { readSecret } from '../../functions/read-secret.ts';
import { scanResources } from '../../functions/scan-resources.ts';
import { deployApp } from '../shared/deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { call, createContext } from './functions-sdk.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure);
const services = app.createServices();
const get = (answer: Answer, url: string, params = {}) =>
  call(httpHandler(answer, { services: () => services }), url, params);
const timer = { isPastDue: false } as Timer;

/** Taken by the way of the app, to look for it in what the app gives out. */
async function secretValue(): Promise<string> {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  const client = new SecretClient(app.settings.KEY_VAULT_URL ?? '', services.credential);
  return (await client.getSecret('demo')).value ?? '';
}

describe('the functions', () => {
  it('scan, and tell of the last scan', async () => {
    const none = await get(getScan, 'scans/latest');
    assert.equal(none.status, 404);
    assert.match(String(none.body.message), /No scan has run yet/);

    const context = createContext('scanResources');
    await scanResources(timer, context, services);
    assert.ok(
      context.lines.some((line) => line.includes('New resource: Microsoft.KeyVault/vaults')),
    );
    const { status, body } = await get(getScan, 'scans/latest');
    assert.equal(status, 200);
    assert.equal(body.outcome, 'finished');
    assert.ok((body.newFindings as { id: string }[]).some(({ id }) => id === app.siteId));
  });

  it('fail the timer when the scan fails, so that the host knows', async () => {
    const context = createContext('scanResources');
    const bad = app.createServices({ SCAN_SCOPES: 'nonsense' });
    await assert.rejects(scanResources(timer, context, bad), { code: 'CONFIG_INVALID' });
    assert.ok(context.lines.some((line) => /^error: CONFIG_INVALID/.test(line)));
  });

  it('[T2, T6] give away neither secret nor token nor identity header, at any function', async () => {
    const canaries = [
      await secretValue(),
      (await services.credential.getToken('https://vault.azure.net/.default')).token.split(
        '.',
      )[2] ?? '',
      process.env.IDENTITY_HEADER ?? '',
    ];
    const answers = [
      await get(readSecret, 'secrets/demo', { name: 'demo' }),
      await get(readSecret, 'secrets/missing', { name: 'missing' }),
      await get(getIdentity, 'identity'),
      await get(getScan, 'scans/latest'),
      await get(diagnose, 'diagnose?secret=demo'),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 403, 200, 200, 200],
    );
    for (const canary of canaries) {
      assert.ok(canary.length > 10);
      assert.ok(!JSON.stringify(answers).includes(canary));
    }
  });

  it('answer within 10 s of a silent vault, and work again when it speaks', async () => {
    const order = azure.faults.arm({ door: 'key-vault', times: 'always', fault: { kind: 'hang' } });
    const started = performance.now();
    const { status, body } = await get(readSecret, 'secrets/demo', { name: 'demo' });
    assert.ok(performance.now() - started < 10_000);
    assert.equal(status, 503);
    assert.equal(body.code, 'TARGET_UNAVAILABLE');
    azure.faults.withdraw(order);
    assert.equal((await get(readSecret, 'secrets/demo', { name: 'demo' })).status, 200);
  });
});
