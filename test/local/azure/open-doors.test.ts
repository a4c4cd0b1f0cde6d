import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { SecretClient } from '@azure/keyvault-secrets';
import { MovableClock } from '../../../local/azure/clock.ts';
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
