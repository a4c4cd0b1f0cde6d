import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { SecretClient } from '@azure/keyvault-secrets';
import { MovableClock } from '../../../local/azure/clock.ts';
import type { Door } from '../../../local/azure/doors.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  subscriptionId,
  useLocalAzure,
} from '../../support/local-azure.ts';

const azure = await useLocalAzure({ clock: new MovableClock() });
azure.resourceManager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
const reader = addIdentity(azure, 'reader');
const vaultId = `${groupId('rg-test')}/providers/Microsoft.KeyVault/vaults/kv-doors`;
grant(azure, reader, 'Key Vault Secrets Officer', vaultId);
const { done } = azure.deployments(true).start({
  name: 'vault',
  scope: { tenantId: azure.directory.tenantId, subscriptionId, resourceGroup: 'rg-test' },
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.KeyVault/vaults',
        apiVersion: '2024-11-01',
        name: 'kv-doors',
        location: 'eastus',
        properties: {
          tenantId: azure.directory.tenantId,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
        },
      },
    ],
  },
  parameters: {},
  caller: azure.deployer,
});
assert.equal((await done).state, 'Succeeded');

const client = new SecretClient('https://kv-doors.vault.azure.net', credentialOf(azure, reader), {
  retryOptions: { maxRetries: 0 },
});
const door = 'key-vault';

afterEach(() => azure.openDoor(door));

/** The code of the connection error, wherever a client has put it. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as { code?: string; cause?: { code?: string } },
  );
  return error?.cause?.code ?? error?.code;
}

describe('a closed door', () => {
  it('refuses connections, and answers on the same port when it is opened again', async () => {
    await client.setSecret('a', '1');
    const port = azure.ports[door];
    await azure.closeDoor(door);
    // Connections of an earlier call that the client keeps are ended, new ones refused.
    await refusalOf(client.getSecret('a'));
    assert.equal(await refusalOf(client.getSecret('a')), 'ECONNREFUSED');
    assert.equal(await refusalOf(fetch(`https://127.0.0.1:${port}`)), 'ECONNREFUSED');
    await azure.openDoor(door);
    assert.equal(azure.ports[door], port);
    assert.equal((await client.getSecret('a')).value, '1');
  });

  it('leaves the others open', async () => {
    await azure.closeDoor(door);
    const answer = await fetch('https://management.azure.com/subscriptions?api-version=2022-12-01');
    assert.equal(answer.status, 401);
    await answer.arrayBuffer();
  });

  it('ends the calls that wait at it', async () => {
    azure.faults.arm({ door, fault: { kind: 'hang' } });
    const since = azure.journal.position;
    const waiting = refusalOf(client.getSecret('a'));
    await azure.journal.waitFor('the hang', ({ kind }) => kind === 'fault', { since });
    await azure.closeDoor(door);
    assert.equal(await waiting, 'ECONNRESET');
  });

  it('is in the journal, once for each change', async () => {
    const since = azure.journal.position;
    await azure.closeDoor(door);
    await azure.closeDoor(door);
    await azure.openDoor(door);
    await azure.openDoor(door);
    const changes = azure.journal
      .since(since)
      .flatMap((entry) => (entry.kind === 'door' ? [`${entry.operation} ${entry.door}`] : []));
    assert.deepEqual(changes, ['closed key-vault', 'opened key-vault']);
  });

  it('can be closed from another process through the control endpoint, which cannot close itself', async () => {
    const { LOCAL_AZURE_CONTROL_ENDPOINT: control, LOCAL_AZURE_CONTROL_SECRET: secret = '' } =
      azure.controlEnvironment;
    const order = (path: string) =>
      fetch(`${control}${path}`, { method: 'POST', headers: { 'x-control-secret': secret } });
    assert.equal((await order(`/doors/${door}/close`)).status, 204);
    await refusalOf(client.getSecret('a'));
    assert.equal(await refusalOf(client.getSecret('a')), 'ECONNREFUSED');
    assert.equal((await order(`/doors/${door}/open`)).status, 204);
    await client.setSecret('b', '2');
    assert.equal((await order('/doors/control/close')).status, 404);
    await assert.rejects(azure.closeDoor('imds'), RangeError);
  });
});

describe('the control endpoint', () => {
  it('has another secret at each start, and takes no other start’s', async () => {
    const other = await useLocalAzure();
    const [own, foreign] = [azure, other].map(({ controlEnvironment }) => ({
      address: `${controlEnvironment.LOCAL_AZURE_CONTROL_ENDPOINT}/limits`,
      secret: controlEnvironment.LOCAL_AZURE_CONTROL_SECRET ?? '',
    }));
    assert.ok(own && foreign && own.secret.length >= 32 && own.secret !== foreign.secret);
    for (const [secret, status] of [
      [own.secret, 200],
      [foreign.secret, 403],
    ] as const) {
      const answer = await fetch(own.address, { headers: { 'x-control-secret': secret } });
      assert.equal(answer.status, status);
    }
  });

  it('makes any HTTP door misbehave, and the next call is served', async () => {
    const site = `${groupId('rg-test')}/providers/Microsoft.Web/sites/none`;
    azure.trustRedirect(await azure.startImds(site));
    const { LOCAL_AZURE_CONTROL_ENDPOINT: control, LOCAL_AZURE_CONTROL_SECRET: secret = '' } =
      azure.controlEnvironment;
    const addresses: Readonly<Partial<Record<Door, string>>> = {
      'resource-manager': 'https://management.azure.com/',
      'key-vault': 'https://kv-doors.vault.azure.net/',
      blob: 'https://st.blob.core.windows.net/',
      entra: 'https://login.microsoftonline.com/',
      graph: 'https://graph.microsoft.com/',
      'app-service': 'https://none.azurewebsites.net/',
      'app-service-identity': azure.identityEnvironmentOf(site).IDENTITY_ENDPOINT ?? '',
      imds: 'http://169.254.169.254/',
    };
    const others = ['messaging', 'messaging-websocket', 'sql', 'control'];
    assert.deepEqual(
      Object.keys(azure.ports).sort(),
      [...Object.keys(addresses), ...others].sort(),
      'no door is left out',
    );
    for (const [name, address] of Object.entries(addresses)) {
      const since = azure.journal.position;
      const order = { door: name, fault: { kind: 'status', status: 418, retryAfter: '7' } };
      const armed = await fetch(`${control}/faults`, {
        method: 'POST',
        headers: { 'x-control-secret': secret },
        body: JSON.stringify(order),
      });
      assert.equal(armed.status, 201, name);
      const answers = [await fetch(address), await fetch(address)];
      assert.deepEqual(
        answers.map((answer) => [answer.status === 418, answer.headers.get('retry-after')]),
        [
          [true, '7'],
          [false, null],
        ],
        name,
      );
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      const faults = azure.journal.since(since).filter(({ kind }) => kind === 'fault');
      assert.deepEqual(
        faults.map((entry) => entry.kind === 'fault' && entry.door),
        [name],
      );
    }
  });

  it('rotates the identity header of an app, whose old one is refused from then on', async () => {
    const site = `${groupId('rg-test')}/providers/Microsoft.Web/sites/none`;
    const { LOCAL_AZURE_CONTROL_ENDPOINT: control, LOCAL_AZURE_CONTROL_SECRET: secret = '' } =
      azure.controlEnvironment;
    const ask = async ({ IDENTITY_ENDPOINT, IDENTITY_HEADER = '' }: Record<string, string>) => {
      const query = 'resource=https%3A%2F%2Fvault.azure.net&api-version=2019-08-01';
      const headers = { 'X-IDENTITY-HEADER': IDENTITY_HEADER };
      return (await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers })).status;
    };
    const old = azure.identityEnvironmentOf(site);
    assert.equal(await ask(old), 400, 'an app without an identity, but known');
    const rotated = await fetch(`${control}/identity-header`, {
      method: 'POST',
      headers: { 'x-control-secret': secret },
      body: JSON.stringify({ resourceId: site }),
    });
    const environment = (await rotated.json()) as Record<string, string>;
    assert.deepEqual(environment, azure.identityEnvironmentOf(site));
    assert.notEqual(environment.IDENTITY_HEADER, old.IDENTITY_HEADER);
    assert.equal(await ask(environment), 400);
    assert.equal(await ask(old), 401);
  });
});
