import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { groupId, subscriptionId, useLocalAzure } from '../../../support/local-azure.ts';
import { StillClock } from '../../../support/still-clock.ts';

const clock = new StillClock();
const azure = await useLocalAzure({ clock });
azure.resourceManager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
const { done } = azure.deployments(false).start({
  name: 'identity-limits',
  scope: { tenantId: azure.directory.tenantId, subscriptionId, resourceGroup: 'rg-test' },
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: ['vm-1', 'vm-2'].map((name) => ({
      type: 'Microsoft.Compute/virtualMachines',
      apiVersion: '2024-07-01',
      name,
      location: 'eastus',
      identity: { type: 'SystemAssigned' },
      properties: {},
    })),
  },
  parameters: {},
  caller: azure.deployer,
});
const { state, error } = await done;
assert.equal(state, 'Succeeded', JSON.stringify(error));
const machine = (name: string) =>
  `${groupId('rg-test')}/providers/Microsoft.Compute/virtualMachines/${name}`;
azure.trustRedirect(await azure.startImds(machine('vm-1')));
const app = azure.identityEnvironmentOf(machine('vm-1'));
const otherApp = azure.identityEnvironmentOf(machine('vm-2'));

const query = 'resource=https%3A%2F%2Fvault.azure.net';
const askImds = () =>
  fetch(`http://169.254.169.254/metadata/identity/oauth2/token?${query}&api-version=2018-02-01`, {
    headers: { Metadata: 'true' },
  });
const askApp = (environment: Record<string, string> = app) =>
  fetch(`${environment.IDENTITY_ENDPOINT}?${query}&api-version=2019-08-01`, {
    headers: { 'X-IDENTITY-HEADER': environment.IDENTITY_HEADER ?? '' },
  });

afterEach(() => {
  azure.limits.set({});
  azure.faults.clear();
});

async function statuses(ask: () => Promise<Response>, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let calls = 0; calls < count; calls++) {
    const response = await ask();
    seen.push(response.status);
    await response.arrayBuffer();
  }
  return seen;
}

const threeASecond = { identity: { requestsPerSecond: 3 } };

describe("an identity endpoint's limit", () => {
  it('is off by default', async () => {
    assert.deepEqual(new Set(await statuses(askApp, 30)), new Set([200]));
  });

  it('is 20 a second and 5 at once, as documented, where it is switched on', () => {
    azure.limits.set({ identity: {} });
    assert.deepEqual(azure.limits.identity, { requestsPerSecond: 20, concurrentRequests: 5 });
  });

  it('refuses what comes after the second’s requests with the 429 of IMDS, without Retry-After', async () => {
    azure.limits.set(threeASecond);
    const seen = await statuses(askImds, 3);
    assert.deepEqual(seen, [200, 200, 200]);
    const refused = await askImds();
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), null);
    assert.deepEqual(await refused.json(), {
      error: 'invalid_request',
      error_description: 'Temporarily throttled, too many requests',
    });
    clock.advanceMs(1000);
    assert.deepEqual(await statuses(askImds, 1), [200]);
  });

  it('refuses at the App Service endpoint in that endpoint’s form, and for each app alone', async () => {
    azure.limits.set(threeASecond);
    await statuses(askApp, 3);
    const refused = await askApp();
    assert.equal(refused.status, 429);
    assert.deepEqual(await refused.json(), {
      statusCode: 429,
      message: 'Temporarily throttled, too many requests',
    });
    assert.equal((await askApp(otherApp)).status, 200);
  });

  it('refuses the sixth request while five have no answer yet', async () => {
    azure.limits.set({ identity: { requestsPerSecond: 1000 } });
    azure.faults.arm({
      door: 'app-service-identity',
      fault: { kind: 'slow', delayMs: 150 },
      times: 'always',
    });
    const answers = await Promise.all(Array.from({ length: 6 }, () => askApp()));
    const counts = answers.map(({ status }) => status).sort();
    assert.deepEqual(counts, [200, 200, 200, 200, 200, 429]);
    assert.equal((await askApp()).status, 200);
  });

  it('counts a request whose caller went away as ended', async () => {
    azure.limits.set({ identity: { requestsPerSecond: 1000, concurrentRequests: 1 } });
    azure.faults.arm({ door: 'app-service-identity', fault: { kind: 'hang' } });
    const since = azure.journal.position;
    const gone = new AbortController();
    const hanging = fetch(`${app.IDENTITY_ENDPOINT}?${query}&api-version=2019-08-01`, {
      headers: { 'X-IDENTITY-HEADER': app.IDENTITY_HEADER ?? '' },
      signal: gone.signal,
    });
    await azure.journal.waitFor('the hang', ({ kind }) => kind === 'fault', { since });
    assert.equal((await askApp()).status, 429);
    gone.abort();
    await assert.rejects(hanging);
    // The end of the connection is seen in the next turn of the event loop.
    let status = 429;
    for (let tries = 0; tries < 50 && status === 429; tries++) ({ status } = await askApp());
    assert.equal(status, 200);
  });

  it('does not count strangers: a wrong header is a 401 however often', async () => {
    azure.limits.set({ identity: { requestsPerSecond: 1 } });
    const stranger = { ...app, IDENTITY_HEADER: 'wrong' };
    assert.deepEqual(await statuses(() => askApp(stranger), 3), [401, 401, 401]);
  });
});
