// One clock for the whole embedded Azure, which tests move, from outside too.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { foreignClient } from '../../support/foreign-client.ts';
import {
  addIdentity,
  grant,
  groupId,
  projectDirectory,
  subscriptionId,
  useLocalAzure,
} from '../../support/local-azure.ts';

/** Where the machine's own time is right, and why. */
const OWN_TIME: Readonly<Record<string, string>> = {
  'clock.ts': 'is the clock',
  'certificate-authority.ts': "the certificates are checked by clients, by the machine's time",
  'create-certificates.ts': "the certificates are checked by clients, by the machine's time",
  'storage/azurite-client.ts': 'Azurite compares it with its own',
  'service-bus/scheduler.ts': 'when a timer of this process fires',
  'amqp/frame-faults.ts': 'the reference in the text of an error',
  'amqp/incoming-link-end.ts': 'the reference in the text of an error',
  'amqp/transactions.ts': 'the reference in the text of an error',
  'service-bus/service-bus-error.ts': 'the reference in the text of an error',
};

describe('the clock of the embedded Azure', () => {
  it('is asked by all of it, but where the machine’s own time is right', () => {
    const folder = join(projectDirectory, 'local', 'azure');
    const found = globSync('**/*.ts', { cwd: folder })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) =>
        /\bDate\.now\(\)|new Date\(\)|\bsystemClock\b/.test(
          readFileSync(join(folder, file), 'utf8'),
        ),
      );
    assert.deepEqual(found.toSorted(), Object.keys(OWN_TIME).toSorted());
  });

  it('is moved over the control endpoint, though nobody has given one, and every door goes by it', async () => {
    const azure = await useLocalAzure();
    const owner = addIdentity(azure, 'owner');
    for (const role of ['Owner', 'Key Vault Secrets Officer']) {
      grant(azure, owner, role, `/subscriptions/${subscriptionId}`);
    }
    const { LOCAL_AZURE_CONTROL_ENDPOINT: control, LOCAL_AZURE_CONTROL_SECRET: secret = '' } =
      azure.controlEnvironment;
    const advanceMs = 400 * 86_400_000;
    const moved = await fetch(`${control}/clock`, {
      method: 'POST',
      headers: { 'x-control-secret': secret },
      body: JSON.stringify({ advanceMs }),
    });
    assert.equal(moved.status, 200);

    const isThen = (time: string | number | Date | undefined, what: string) => {
      const ms = new Date(time ?? Number.NaN).getTime();
      assert.ok(Math.abs(ms - Date.now() - advanceMs) < 60_000, `${what}: ${time}`);
    };
    const arm = foreignClient(azure, 'management.azure.com', owner);
    const group = await arm(`${groupId('rg-clock')}?api-version=2022-09-01`, {
      method: 'PUT',
      body: { location: 'westeurope' },
    });
    isThen(/Ref C: (.*)$/.exec(String(group.headers['x-msedge-ref']))?.[1], 'header of ARM');
    const vault = `${groupId('rg-clock')}/providers/Microsoft.KeyVault/vaults/kv-clock`;
    await arm(`${vault}?api-version=2023-07-01`, {
      method: 'PUT',
      body: {
        location: 'westeurope',
        properties: {
          tenantId: azure.directory.tenantId,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
        },
      },
    });
    const list = await arm(
      `${groupId('rg-clock')}/resources?api-version=2021-04-01&$expand=createdTime`,
    );
    isThen(list.body.value[0]?.createdTime, 'createdTime');
    const put = foreignClient(azure, 'kv-clock.vault.azure.net', owner, 'https://vault.azure.net');
    const set = await put('/secrets/a?api-version=7.4', { method: 'PUT', body: { value: 'x' } });
    isThen(set.body.attributes?.created * 1000, 'created of a secret');
    for (const door of [
      'https://management.azure.com',
      'https://kv-clock.vault.azure.net',
      'https://st.blob.core.windows.net',
      'https://graph.microsoft.com',
      'https://login.microsoftonline.com',
      'https://nobody.azurewebsites.net',
      `http://127.0.0.1:${azure.ports['app-service-identity']}`,
    ]) {
      const { headers } = await fetch(door);
      isThen(headers.get('date') ?? undefined, `Date of ${door}`);
    }
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x' });
    const login = await fetch(
      `https://login.microsoftonline.com/${azure.directory.tenantId}/oauth2/v2.0/token`,
      { method: 'POST', body: form },
    );
    const { timestamp } = (await login.json()) as { timestamp?: string };
    isThen(timestamp, 'timestamp of Entra ID');
    isThen(azure.journal.since().at(-1)?.atMs, 'the journal');
    const { expiresOn } = await azure.tokens.issue(owner, 'https://vault.azure.net');
    isThen((expiresOn - 86_400) * 1000, 'the token');
  });
});
