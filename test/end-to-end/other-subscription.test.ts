// The app of one subscription at work in another: infra/examples/other-subscription.bicep grants there, and only that.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { RestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import type { DeploymentRecord } from '../../local/azure/deployments/deployment.ts';
import { deployTemplate, readTemplate } from '../../local/deploy-template.ts';
import { leaveOutGrants } from '../../local/leave-out-grants.ts';
import { credentialOf, groupId, projectDirectory, useLocalAzure } from '../support/local-azure.ts';
import { type AppOnAzure, startApp, startDeployedApp } from './start-deployed-app.ts';
import { diagnose, type TargetDiagnosis } from './try-everything.ts';

const examples = join(projectDirectory, 'infra', 'examples');
const example = (name: string) => readTemplate(join(examples, `${name}.json`));
/** For `npm start`, whose identity and vault have the same ids in every run. */
const { parameters } = example('other-subscription/local.parameters') as {
  readonly parameters: Readonly<Record<string, { readonly value: string }>>;
};
const otherSubscriptionId = parameters.otherSubscriptionId?.value ?? '';
const azure = await useLocalAzure({
  otherSubscriptions: [{ subscriptionId: otherSubscriptionId, displayName: 'Other' }],
});
const here = groupId('rg-local');
const there = `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-there`;
/** No run but by hand while a test looks. */
const scanSchedule = '0 0 3 1 1 *';

let vaultName: string;
let vaultUrl: string;
let secretId: string;
let app: AppOnAzure;

before(async () => {
  const { outputs } = await deployTemplate(azure, {
    name: 'targets',
    subscriptionId: otherSubscriptionId,
    resourceGroup: 'rg-there',
    location: 'northeurope',
    template: example('other-subscription-targets'),
  });
  vaultName = String(outputs?.VAULT_NAME?.value);
  vaultUrl = String(outputs?.KEY_VAULT_URL?.value);
  secretId = `${there}/providers/Microsoft.KeyVault/vaults/${vaultName}/secrets/demo`;
  app = await startDeployedApp(azure, {
    group: 'rg-local',
    parameters: {
      environmentName: 'local',
      scanSchedule,
      moreScanScopes: there,
      otherVaultUrl: vaultUrl,
    },
  });
});
after(() => app?.stop());

/** As a deployer does it, from the app's own group; without the role assignments of these names. */
function grantThere(...without: readonly string[]): Promise<DeploymentRecord> {
  return deployExample(leaveOutGrants(example('other-subscription'), without));
}

function deployExample(template: unknown): Promise<DeploymentRecord> {
  return deployTemplate(azure, {
    name: 'other-subscription',
    resourceGroup: 'rg-local',
    location: 'westeurope',
    template,
    parameters,
  });
}

/** The example as it would be if a module had no `scope`: ARM deploys it to the group of the deployment. */
function withoutScope(module: string): unknown {
  const copy = structuredClone(example('other-subscription')) as {
    readonly resources: Readonly<Record<string, Record<string, unknown>>>;
  };
  const nested = copy.resources[module];
  assert.ok(nested?.subscriptionId && nested.resourceGroup, `${module} goes elsewhere`);
  delete nested.subscriptionId;
  delete nested.resourceGroup;
  return copy;
}

function takeAway(role: string): void {
  const definition = azure.access.listDefinitions().find(({ roleName }) => roleName === role);
  const found = azure.access
    .listAssignments()
    .find(
      ({ scope, roleDefinitionId, principalId }) =>
        scope.toLowerCase().startsWith(there.toLowerCase()) &&
        roleDefinitionId === definition?.id &&
        principalId === app.identity.principalId,
    );
  assert.ok(found, `${role} is assigned there`);
  azure.access.removeAssignment(found.id);
}

interface ScopeReport {
  readonly scope: string;
  readonly outcome: string;
  readonly feed?: string;
  readonly resourcesSeen: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The reports of the run that has just been made, by scope. */
async function scanned(of: Pick<AppOnAzure, 'scan' | 'get'> = app) {
  await of.scan();
  const { body } = await of.get('/api/scans/latest');
  const scopes = body.scopes as readonly ScopeReport[];
  assert.deepEqual(
    scopes.map(({ scope }) => scope),
    [here, there],
  );
  return { here: scopes[0], there: scopes[1], body };
}

async function diagnosed(subject: string): Promise<TargetDiagnosis> {
  const targets = (await diagnose(app)) as readonly (TargetDiagnosis & { subject?: string })[];
  const found = targets.find((target) => target.subject === subject);
  assert.ok(found, `${subject} is diagnosed`);
  return found;
}

function assertAccess(told: unknown, expected: { action: string; scope: string; role: string }) {
  const { principalId, action, scope, role } = told as Record<string, string>;
  assert.deepEqual(
    { principalId, action, role, scope: scope?.toLowerCase() },
    {
      ...expected,
      principalId: app.identity.principalId,
      scope: expected.scope.toLowerCase(),
    },
  );
}

async function assertScanIsRefusedThere(): Promise<void> {
  const { here: own, there: foreign } = await scanned();
  assert.equal(own?.outcome, 'finished');
  assert.equal(foreign?.outcome, 'failed');
  assert.equal(foreign?.error?.code, 'ACCESS_DENIED');
  assert.match(foreign?.error?.message ?? '', new RegExp(`was refused on ${there}\\.`, 'i'));
  const read = 'Microsoft.Resources/subscriptions/resourcegroups/read';
  const target = await diagnosed(there);
  assert.equal(target.verdict, 'ACCESS_DENIED');
  assertAccess(target.access, { action: read, scope: there, role: 'Reader' });
  assert.ok(target.nextStep?.includes(`--all --subscription ${otherSubscriptionId}.`));
  assert.equal((await diagnosed(here)).verdict, 'works');
  const client = new ResourceManagementClient(
    credentialOf(azure, app.identity),
    otherSubscriptionId,
  );
  await assert.rejects(client.resourceGroups.get('rg-there'), ({ code, message }: RestError) => {
    assert.equal(code, 'AuthorizationFailed');
    assert.match(message, new RegExp(`'${read}' over scope '${there}' or the scope is inv`, 'i'));
    return true;
  });
}

async function assertSecretIsRefusedThere(): Promise<void> {
  const access = {
    action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    scope: secretId,
    role: 'Key Vault Secrets User',
  };
  const { status, body } = await app.get('/api/secrets/demo');
  assert.equal(status, 403);
  assertAccess(body, access);
  const target = await diagnosed(vaultUrl);
  assert.equal(target.verdict, 'ACCESS_DENIED');
  assertAccess(target.access, access);
  assert.ok(target.nextStep?.includes(`--all --subscription ${otherSubscriptionId}.`));
  const client = new SecretClient(vaultUrl, credentialOf(azure, app.identity));
  await assert.rejects(client.getSecret('demo'), ({ code, message }: RestError) => {
    assert.equal(code, 'Forbidden');
    assert.match(message, new RegExp(`^Resource: '${secretId}'`, 'im'));
    return true;
  });
}

async function assertScanWorksThere(): Promise<void> {
  const { there: foreign, body } = await scanned();
  assert.equal(body.outcome, 'finished');
  assert.equal(foreign?.resourcesSeen, 1);
  assert.equal((await diagnosed(there)).verdict, 'works');
}

async function assertSecretIsReadThere(): Promise<void> {
  const { status, body } = await app.get('/api/secrets/demo');
  assert.equal(status, 200);
  const client = new SecretClient(vaultUrl, credentialOf(azure, app.identity));
  assert.equal(body.version, (await client.getSecret('demo')).properties.version);
  assert.equal((await diagnosed(vaultUrl)).verdict, 'works');
}

describe('an app with targets in another subscription', () => {
  it('is the one that the parameters file of npm start names', () => {
    assert.equal(parameters.principalId?.value, app.identity.principalId);
    assert.equal(parameters.vaultName?.value, vaultName);
  });

  it('may do nothing there by what its own template grants', async () => {
    await assertScanIsRefusedThere();
    await assertSecretIsRefusedThere();
  });

  it('is granted nothing there by modules without a scope, and the deployer sees why', async () => {
    await assert.rejects(deployExample(withoutScope('readsResources')), /RoleAssignmentExists: /);
    takeAway('Key Vault Secrets User');
    await assert.rejects(
      deployExample(withoutScope('readsSecret')),
      new RegExp(`ResourceNotFound: .*${vaultName}.*'rg-local' was not found`),
    );
    takeAway('Reader');
    await assertScanIsRefusedThere();
    await assertSecretIsRefusedThere();
  });

  it('scans there with Reader alone, and sees the vault there', async () => {
    await grantThere('readsSecret');
    await assertScanWorksThere();
    await assertSecretIsRefusedThere();
  });

  it('scans and reads the secret with both grants, and is told the settings by the outputs', async () => {
    const { outputs } = await grantThere();
    assert.deepEqual(
      [outputs?.SCAN_SCOPE?.value, outputs?.KEY_VAULT_URL?.value],
      [there, vaultUrl],
    );
    await assertScanWorksThere();
    await assertSecretIsReadThere();
  });

  it('reads the secret without Reader, but scans no more', async () => {
    takeAway('Reader');
    await assertSecretIsReadThere();
    await assertScanIsRefusedThere();
  });

  it('finds by Resource Graph what is new in either subscription, each by its own grant', async (t) => {
    await grantThere();
    const feed = await startApp(azure, app.site, { SCAN_FEED: 'resourceGraph' });
    t.after(feed.stop);
    await scanned(feed); // the list once: the feed shows only what changes from now on
    const made = (group: string, name: string) =>
      `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const template = (name: string) => ({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
          apiVersion: '2024-11-30',
          name,
          location: 'westeurope',
        },
      ],
    });
    const make = async (name: string) => {
      const deployment = { name, location: 'westeurope', template: template(name) };
      await deployTemplate(azure, { ...deployment, resourceGroup: 'rg-local' });
      await deployTemplate(azure, {
        ...deployment,
        subscriptionId: otherSubscriptionId,
        resourceGroup: 'rg-there',
      });
    };
    await make('id-one');
    const both = await scanned(feed);
    assert.deepEqual([both.here?.feed, both.there?.feed], ['resourceGraph', 'resourceGraph']);
    assert.deepEqual(foundIn(both.body), [made(here, 'id-one'), made(there, 'id-one')]);

    takeAway('Reader');
    await make('id-two');
    const one = await scanned(feed);
    assert.deepEqual(foundIn(one.body), [made(here, 'id-two')]);
    // Resource Graph refuses nobody, it only shows no rows: so nothing may be taken for done with.
    assert.equal(one.there?.resourcesSeen, 0);
    await grantThere();
    assert.deepEqual(foundIn((await scanned(feed)).body), [made(there, 'id-two')]);
  });
});

function foundIn(body: Readonly<Record<string, unknown>>): string[] {
  const findings = body.newFindings as readonly { readonly id: string }[];
  return findings.map(({ id }) => id).toSorted();
}
