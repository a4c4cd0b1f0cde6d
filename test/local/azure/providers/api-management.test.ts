// The committed example in the embedded Azure: what it reads of a vault, and what happens if it may not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaveOutGrants } from '../../../../local/leave-out-grants.ts';
import {
  arm,
  azure,
  clock,
  decisions,
  deploy,
  example,
  identityOf,
  openWorld,
  PFX,
  send,
  setSecret,
  VALUE,
} from './open-api-management.ts';

test('the example reads one secret as its identity, and tells its value to nobody who does not ask for it', async () => {
  const world = await openWorld('works');
  const before = azure.journal.position;
  const record = await deploy('works');
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  const { principalId, clientId } = identityOf(world, 'works');
  const [decision, ...more] = decisions(before);
  assert.deepEqual(more, []);
  assert.equal(decision?.allowed, true);
  assert.equal(decision?.principalId, principalId);
  assert.equal(decision?.scope, `${world.vault}/secrets/demo`);

  const shown = await arm('GET', world.namedValue);
  assert.deepEqual(Object.keys(shown.body), ['id', 'type', 'name', 'properties']);
  const { timeStampUtc, ...status } = shown.body.properties.keyVault.lastStatus;
  assert.deepEqual(status, { code: 'Success' });
  assert.match(timeStampUtc, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  const { secretIdentifier, identityClientId } = shown.body.properties.keyVault;
  assert.deepEqual(
    { secretIdentifier, identityClientId },
    {
      secretIdentifier: world.secretIdentifier,
      identityClientId: clientId,
    },
  );
  assert.deepEqual((await arm('POST', `${world.namedValue}/listValue`)).body, { value: VALUE });

  const list = await arm('GET', `${world.service}/namedValues`);
  assert.equal(list.body.value.length, 1);
  const told = [
    shown.text,
    list.text,
    JSON.stringify(record),
    JSON.stringify(azure.journal.since()),
  ];
  assert.ok(told.every((text) => !text.includes(VALUE)));
});

test('what the policy of the example calls lets its identity see the versions of that secret, and no other', async () => {
  const world = await openWorld('calls');
  await deploy('calls');
  const policy = azure.resourceManager.findResource(
    `${world.service}/apis/secret-versions/policies/policy`,
  );
  const identity = identityOf(world, 'calls');
  const xml = String(policy?.properties.value);
  const [, audience = '', clientId] =
    /<authentication-managed-identity resource="([^"]+)" client-id="([^"]+)" \/>/.exec(xml) ?? [];
  assert.equal(clientId, identity.clientId);
  assert.match(xml, /<value>\{\{caller-key\}\}<\/value>/);
  const api = azure.resourceManager.findResource(`${world.service}/apis/secret-versions`);
  const backend = String(api?.properties.serviceUrl);
  const call = (url: string) => send('GET', `${url}/versions?api-version=7.4`, audience, identity);
  const versions = await call(backend);
  assert.equal(versions.status, 200, versions.text);
  assert.equal(versions.body.value.length, 1);
  assert.ok(!versions.text.includes(VALUE));
  assert.equal((await call(`${backend}2`)).status, 403);
});

test('without the grant the deployment fails in API Management\u2019s words, and there is no named value', async () => {
  const world = await openWorld('refused');
  const before = azure.journal.position;
  const without = leaveOutGrants(example, ['userAssignedReadsSecret']);
  const record = await deploy('refused', {}, without);
  assert.equal(record.state, 'Failed');
  const { principalId, clientId } = identityOf(world, 'refused');
  const [failure] = record.error?.details ?? [];
  assert.equal(failure?.code, 'InvalidOperation');
  assert.equal(
    failure?.message,
    `Failed to access KeyVault Secret ${world.secretIdentifier} using Managed Service Identity ` +
      '(http://aka.ms/apimmsi) of Api Management service. Check if Managed Identity of Type: UserAssigned, ' +
      `ClientId: ${clientId} and ObjectId: ${principalId} has GET permissions on secrets in the KeyVault Access Policies.`,
  );
  const [decision] = decisions(before);
  assert.equal(decision?.allowed, false);
  assert.equal(decision?.principalId, principalId);
  const missing = await arm('GET', world.namedValue);
  assert.equal(missing.status, 404);
  assert.equal(missing.body.error.message, 'NamedValue not found.');

  // The same deployment with its grant makes good what the first has left.
  assert.equal((await deploy('refused')).state, 'Succeeded');
});

test('a grant that takes its time is lost as a race is: refused, and there once it is in effect', async () => {
  await openWorld('late');
  azure.behaviour.set({ grantDelayMs: 300_000 });
  try {
    const early = await deploy('late');
    assert.match(JSON.stringify(early.error), /Failed to access KeyVault Secret/);
    clock.advanceMs(300_001);
    const late = await deploy('late');
    assert.equal(late.state, 'Succeeded', JSON.stringify(late.error));
  } finally {
    azure.behaviour.set({ grantDelayMs: 0 });
  }
});

test('a system-assigned identity is granted between the service and the named value', async () => {
  const world = await openWorld('system');
  const refused = await deploy(
    'system',
    { identityKind: 'systemAssigned' },
    leaveOutGrants(example, ['systemAssignedReadsSecret']),
  );
  assert.match(
    JSON.stringify(refused.error),
    /Managed Identity of Type: SystemAssigned, ClientId: /,
  );
  const before = azure.journal.position;
  const record = await deploy('system', { identityKind: 'systemAssigned' });
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  const service = azure.resourceManager.findResource(world.service);
  assert.equal(decisions(before)[0]?.principalId, service?.identity?.principalId);
  const policy = azure.resourceManager.findResource(
    `${world.service}/apis/secret-versions/policies/policy`,
  );
  assert.match(
    String(policy?.properties.value),
    /identity resource="https:\/\/vault\.azure\.net" \/>/,
  );
});

test('with a system-assigned identity a host name takes two deployments, as its certificate is read first', async () => {
  const world = await openWorld('phases');
  const put = await arm('PUT', `${world.vault}/secrets/tls`, { properties: { value: PFX } });
  assert.equal(put.status, 200, put.text);
  const given = { identityKind: 'systemAssigned', certificateVaultName: 'kv-phases' };
  const host = { gatewayHostName: 'api.example.com', certificateName: 'tls' };
  const atOnce = await deploy('phases', { ...given, ...host });
  assert.match(JSON.stringify(atOnce.error), /Managed Identity of Type: SystemAssigned/);
  assert.equal((await deploy('phases', given)).state, 'Succeeded');
  const second = await deploy('phases', { ...given, ...host });
  assert.equal(second.state, 'Succeeded', JSON.stringify(second.error));
});

test('refreshSecret takes a new version over, keeps the old one when it is refused, and says why', async () => {
  const world = await openWorld('again');
  await deploy('again');
  const [assignment] = azure.access
    .listAssignments()
    .filter(({ scope }) => scope === `${world.vault}/secrets/demo`);
  assert.ok(assignment);
  const refresh = () => arm('POST', `${world.namedValue}/refreshSecret`);
  const value = async () => (await arm('POST', `${world.namedValue}/listValue`)).body.value;

  await setSecret(world.vault, 'second');
  assert.equal(await value(), VALUE);
  const accepted = await refresh();
  assert.equal(accepted.status, 202, accepted.text);
  const done = await arm('GET', accepted.headers.get('location') ?? '');
  assert.equal(done.body.properties.keyVault.lastStatus.code, 'Success');
  assert.equal(await value(), 'second');

  azure.access.removeAssignment(assignment.id);
  await setSecret(world.vault, 'third');
  const refused = await refresh();
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.code, 'InvalidOperation');
  const { keyVault } = (await arm('GET', world.namedValue)).body.properties;
  assert.equal(keyVault.lastStatus.code, 'Forbidden');
  assert.match(keyVault.lastStatus.message, /not authorized to perform action/);
  assert.equal(await value(), 'second');

  azure.access.addAssignment(assignment);
  assert.equal((await refresh()).status, 202);
  assert.equal(await value(), 'third');
  assert.equal(
    (await arm('GET', world.namedValue)).body.properties.keyVault.lastStatus.code,
    'Success',
  );
});
