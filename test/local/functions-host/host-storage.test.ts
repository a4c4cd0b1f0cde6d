// Timers on identity-based host storage of the embedded Azure: what the host keeps there, and what it may.
// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { deployTemplate } from '../../../local/deploy-template.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../../support/local-azure.ts';
import { type HostProcess, startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

const ROLE = 'Storage Blob Data Owner';
const ACCOUNT = 'sthosttest';
const HOST_ID = 'func-timers';
const HOUR_MS = 3_600_000;

const azure = await useLocalAzure();
await deployTemplate(azure, {
  name: 'timers',
  resourceGroup: 'rg-timers',
  location: 'westeurope',
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
        apiVersion: '2024-11-30',
        name: 'id-timers',
        location: 'westeurope',
      },
      {
        type: 'Microsoft.Storage/storageAccounts',
        apiVersion: '2025-06-01',
        name: ACCOUNT,
        location: 'westeurope',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        properties: { allowSharedKeyAccess: false, minimumTlsVersion: 'TLS1_2' },
      },
      {
        type: 'Microsoft.Web/serverfarms',
        apiVersion: '2025-03-01',
        name: 'plan-timers',
        location: 'westeurope',
        kind: 'functionapp',
        sku: { name: 'FC1', tier: 'FlexConsumption' },
        properties: { reserved: true },
      },
      {
        type: 'Microsoft.Web/sites',
        apiVersion: '2025-03-01',
        name: HOST_ID,
        location: 'westeurope',
        kind: 'functionapp,linux',
        dependsOn: [
          "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-timers')]",
          "[resourceId('Microsoft.Web/serverfarms', 'plan-timers')]",
        ],
        identity: {
          type: 'UserAssigned',
          userAssignedIdentities: {
            "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-timers')]": {},
          },
        },
        properties: {
          serverFarmId: "[resourceId('Microsoft.Web/serverfarms', 'plan-timers')]",
          functionAppConfig: {
            runtime: { name: 'node', version: '24' },
            scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 },
            deployment: {
              storage: {
                type: 'blobContainer',
                value: `https://${ACCOUNT}.blob.core.windows.net/package`,
                authentication: {
                  type: 'UserAssignedIdentity',
                  userAssignedIdentityResourceId:
                    "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-timers')]",
                },
              },
            },
          },
        },
      },
    ],
  },
});
await azure.storageReady;

const group = groupId('rg-timers');
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`;
const identityId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-timers`;
const identity = azure.resourceManager.findResource(identityId)?.properties as {
  principalId: string;
  clientId: string;
};

const observer = addIdentity(azure, 'observer');
grant(azure, observer, ROLE, accountId);
const container = new BlobServiceClient(
  `https://${ACCOUNT}.blob.core.windows.net`,
  credentialOf(azure, observer),
).getContainerClient('azure-webjobs-hosts');
const statusBlob = (timer: string) =>
  container.getBlockBlobClient(`timers/${HOST_ID}/Host.Functions.${timer}/status`);

function startHost(env: Record<string, string | undefined> = {}): Promise<HostProcess> {
  return startHostProcess('timer-app', {
    execArgv: ['--import', new URL('../../../local/redirect/preload.ts', import.meta.url).href],
    env: {
      ...azure.identityEnvironmentOf(`${group}/providers/Microsoft.Web/sites/${HOST_ID}`),
      LOCAL_AZURE_REDIRECT: JSON.stringify(azure.redirect),
      NODE_EXTRA_CA_CERTS: azure.certificateAuthority.certificatePath,
      WEBSITE_SITE_NAME: HOST_ID,
      AzureWebJobsStorage__blobServiceUri: `https://${ACCOUNT}.blob.core.windows.net`,
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: identity.clientId,
      WATCHED_SCHEDULE: '0 0 * * * *',
      AzureWebJobs_off_Disabled: 'true',
      ...env,
    },
  });
}

async function readStatus(timer: string): Promise<Record<string, string>> {
  return JSON.parse((await statusBlob(timer).downloadToBuffer()).toString());
}

function statusWritten(timer: string, since: number): Promise<unknown> {
  return azure.journal.waitFor(
    `the status of ${timer}`,
    (entry) =>
      entry.kind === 'request' &&
      entry.method === 'PUT' &&
      entry.status === 201 &&
      entry.target.split('?')[0]?.endsWith(`Host.Functions.${timer}/status`) === true,
    { since, timeoutMs: 10_000 },
  );
}

const runsOf = (host: HostProcess, timer: string) =>
  [...host.output().matchAll(new RegExp(`${timer} ran with (.*)`, 'g'))].map(([, json = '']) =>
    JSON.parse(json),
  );

async function writeStatus(status: Record<string, string>): Promise<void> {
  const text = JSON.stringify(status);
  await container.createIfNotExists();
  await statusBlob('watched').upload(text, text.length);
}

describe('timers on host storage', () => {
  it('19: no timer starts without the role, the log names it; given, all start', async () => {
    const host = await startHost();
    await host.printed(
      `The listener for function 'Functions.ticking' was unable to start: AuthorizationPermissionMismatch: the identity with client id ${identity.clientId} lacks the role '${ROLE}' on the storage account '${ACCOUNT}'`,
    );
    assert.equal((await send(host.baseUrl, '/admin/host/status')).status, 200);
    assert.doesNotMatch(host.output(), /ran with/);
    const takeBack = grant(azure, identity, ROLE, accountId);
    await host.printed(/ticking ran with/);
    await host.stop();
    takeBack();
  });

  it('18, 19: the first start keeps a status and holds the locks', async () => {
    const takeBack = grant(azure, identity, ROLE, accountId);
    await container.createIfNotExists();
    await statusBlob('watched').deleteIfExists();
    const since = azure.journal.position;
    const host = await startHost();
    await statusWritten('watched', since);
    const { Last, Next, LastUpdated } = await readStatus('watched');
    assert.equal(Last, '0001-01-01T00:00:00+00:00');
    assert.match(String(Next), /T\d\d:00:00\+00:00$/);
    assert.ok(Math.abs(Date.parse(String(LastUpdated)) - Date.now()) < 10_000);

    await host.printed('Host lock lease acquired by instance ID');
    await host.printed(/ticking ran with/);
    for (const lock of [
      'host',
      'Host.Functions.watched.Listener',
      'Host.Functions.ticking.Listener',
    ]) {
      const blob = container.getBlobClient(`locks/${HOST_ID}/${lock}`);
      assert.equal((await blob.getProperties()).leaseState, 'leased', lock);
    }
    for (const timer of ['ticking', 'unwatched', 'off']) {
      assert.equal(await statusBlob(timer).exists(), false, `16: ${timer} is not monitored`);
    }
    assert.equal(await statusBlob('constant').exists(), true);
    assert.equal(runsOf(host, 'off').length, 0, '8: a disabled timer does not run');

    await host.stop();
    const blob = container.getBlobClient(`locks/${HOST_ID}/Host.Functions.watched.Listener`);
    assert.equal((await blob.getProperties()).leaseState, 'available', 'given back at the end');
    takeBack();
  });

  it('18: missed runs become one at start, past due, and the status goes on', async () => {
    const takeBack = grant(azure, identity, ROLE, accountId);
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await writeStatus({
      Last: new Date(hour - 5 * HOUR_MS).toISOString(),
      Next: new Date(hour - 4 * HOUR_MS).toISOString(),
      LastUpdated: new Date(hour - 5 * HOUR_MS).toISOString(),
    });
    const since = azure.journal.position;
    const host = await startHost();
    await statusWritten('watched', since);
    const [run, ...more] = runsOf(host, 'watched');
    assert.deepEqual(more, []);
    assert.equal(run.isPastDue, true);
    assert.equal(Date.parse(run.scheduleStatus.next), hour - 4 * HOUR_MS);
    assert.match(run.scheduleStatus.next, /\+00:00$/);
    await host.printed(
      /Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: /,
    );
    const status = await readStatus('watched');
    assert.ok(Date.parse(String(status.Next)) > Date.now());
    assert.ok(Date.parse(String(status.Last)) > hour);

    // 9: run by hand, it gets the stored status and leaves it as it is.
    await send(host.baseUrl, '/admin/functions/watched', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await host.printed(/watched ran with .*"isPastDue":false/);
    assert.equal(runsOf(host, 'watched').at(-1).scheduleStatus.next, status.Next);
    assert.deepEqual(await readStatus('watched'), status);
    await host.stop();
    takeBack();
  });

  it('18: a changed schedule is never past due', async () => {
    const takeBack = grant(azure, identity, ROLE, accountId);
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await writeStatus({
      Last: new Date(hour - 5 * HOUR_MS).toISOString(),
      Next: new Date(hour - 4 * HOUR_MS).toISOString(),
      LastUpdated: new Date(hour - 5 * HOUR_MS).toISOString(),
    });
    const since = azure.journal.position;
    const host = await startHost({ WATCHED_SCHEDULE: '0 30 12 1 * *' });
    await statusWritten('watched', since);
    assert.match(String((await readStatus('watched')).Next), /-01T12:30:00\+00:00$/);
    await host.printed(/ticking ran with/);
    assert.deepEqual(runsOf(host, 'watched'), []);
    await host.stop();
    takeBack();
  });

  it('19: one host runs a timer, and another takes over when it ends', async () => {
    const takeBack = grant(azure, identity, ROLE, accountId);
    const first = await startHost();
    await first.printed(/ticking ran with/);
    const second = await startHost();
    await second.printed(`The timer of 'ticking' runs in another host with the id '${HOST_ID}'.`);
    assert.deepEqual(runsOf(second, 'ticking'), []);
    await first.stop();
    await second.printed(/ticking ran with/);
    await second.stop();
    takeBack();
  });

  it("names the identity that is not the app's", async () => {
    const clientId = crypto.randomUUID();
    const host = await startHost({ AzureWebJobsStorage__clientId: clientId });
    await host.printed(
      `'Functions.ticking' was unable to start: the storage account '${ACCOUNT}' can't be used with the identity with client id ${clientId}: `,
    );
    await host.stop();
  });
});
