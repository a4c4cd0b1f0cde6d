import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity, sendRaw, tenantId } from '../../../support/open-door.ts';
import { group, openResourceManager, roles, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2021-04-01';

test('a call without a token is a 401 that names the tenant where the address names a subscription', async () => {
  const answer = await sendRaw('management.azure.com', `${group}?${version}`);
  assert.equal(answer.status, 401);
  assert.equal(
    answer.headers['www-authenticate'],
    `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", ` +
      `error_description="The authentication failed because of missing 'Authorization' header."`,
  );
  assert.deepEqual(JSON.parse(answer.body), {
    error: {
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    },
  });
});

test('a token for another audience is a 401 and quotes it', async () => {
  const { accessToken } = await arm.tokens.issue(arm.owner, 'https://vault.azure.net');
  const answer = await sendRaw('management.azure.com', `${group}?${version}`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  assert.equal(answer.status, 401);
  const { code, message } = JSON.parse(answer.body).error;
  assert.equal(code, 'InvalidAuthenticationTokenAudience');
  assert.match(message, /wrong audience or resource 'https:\/\/vault\.azure\.net'/);
});

for (const audience of [
  'https://management.azure.com/',
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
]) {
  test(`a token for ${audience} is taken`, async () => {
    const { accessToken } = await arm.tokens.issue(arm.owner, audience);
    const answer = await sendRaw('management.azure.com', `${group}?${version}`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    assert.equal(answer.status, 200);
  });
}

test('an expired token is a 401 of its own code', async () => {
  const { accessToken } = await arm.tokens.issue(arm.owner, 'https://management.azure.com', {
    lifetimeSeconds: -3600,
  });
  const answer = await sendRaw('management.azure.com', `${group}?${version}`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  assert.equal(answer.status, 401);
  assert.equal(JSON.parse(answer.body).error.code, 'ExpiredAuthenticationToken');
});

test('a caller without a role is refused by name, action and scope, whether the resource exists or not', async () => {
  const stranger = addIdentity(arm);
  const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-none`;
  const answer = await arm.call('GET', `${vault}?api-version=2022-07-01`, { caller: stranger });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['x-ms-failure-cause'], 'gateway');
  assert.deepEqual(answer.body.error, {
    code: 'AuthorizationFailed',
    message:
      `The client '${stranger.principalId}' with object id '${stranger.principalId}' does not have ` +
      `authorization to perform action 'Microsoft.KeyVault/vaults/read' over scope '${vault}' or the ` +
      'scope is invalid. If access was recently granted, please refresh your credentials.',
  });
});

test('a reader may read and not write', async () => {
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const read = await arm.call('GET', `${group}?${version}`, { caller: reader });
  assert.equal(read.status, 200);
  const write = await arm.call('PUT', `${group}?${version}`, {
    caller: reader,
    body: { location: 'eastus' },
  });
  assert.equal(write.status, 403);
  assert.match(write.body.error.message, /subscriptions\/resourcegroups\/write/);
});

test('only subscriptions on or in which the caller has a role are listed', async () => {
  const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
  const some = await arm.call('GET', '/subscriptions?api-version=2019-11-01', { caller: reader });
  assert.deepEqual(
    some.body.value.map(({ id }: { id: string }) => id),
    [subscription],
  );
  const none = await arm.call('GET', '/subscriptions?api-version=2022-12-01', {
    caller: addIdentity(arm),
  });
  assert.deepEqual(none.body.value, []);
});
