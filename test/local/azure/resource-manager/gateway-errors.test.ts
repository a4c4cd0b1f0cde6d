import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, openResourceManager, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-none`;

const cases: readonly (readonly [string, string, number, string, RegExp])[] = [
  ['no api-version', group, 400, 'MissingApiVersionParameter', /^The api-version query parameter/],
  [
    'a bad api-version of ARM',
    `${group}?api-version=1500-10-10`,
    400,
    'InvalidApiVersionParameter',
    /^The api-version '1500-10-10' is invalid\. The supported versions are '20/,
  ],
  [
    'a bad api-version of a provider',
    `${vault}?api-version=1500-10-10`,
    400,
    'NoRegisteredProviderFound',
    /API version '1500-10-10' for type 'vaults'/,
  ],
  [
    'an unknown subscription',
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg?api-version=2021-04-01',
    404,
    'SubscriptionNotFound',
    /^The subscription '00000000-0000-0000-0000-000000000000' could not be found\.$/,
  ],
  [
    'an unknown group',
    `${subscription}/resourcegroups/fake?api-version=2021-04-01`,
    404,
    'ResourceGroupNotFound',
    /^Resource group 'fake' could not be found\.$/,
  ],
  [
    'a resource in an unknown group',
    `${subscription}/resourceGroups/fake/providers/Microsoft.KeyVault/vaults/kv?api-version=2022-07-01`,
    404,
    'ResourceGroupNotFound',
    /^Resource group 'fake' could not be found\.$/,
  ],
  [
    'an unknown resource',
    `${vault}?api-version=2022-07-01`,
    404,
    'ResourceNotFound',
    /^The Resource 'Microsoft\.KeyVault\/vaults\/kv-none' under resource group 'rg-test' was not found\. For more details/,
  ],
  [
    'an unknown namespace',
    `${group}/providers/Contoso.Nothing/things/t?api-version=2022-07-01`,
    404,
    'InvalidResourceNamespace',
    /^The resource namespace 'Contoso\.Nothing' is invalid\.$/,
  ],
];

for (const [name, path, status, code, message] of cases) {
  test(`${name} is ${status} ${code}, by the gateway and without a rate limit`, async () => {
    const answer = await arm.call('GET', path);
    assert.equal(answer.status, status);
    assert.equal(answer.body.error.code, code);
    assert.match(answer.body.error.message, message);
    assert.equal(answer.headers['x-ms-failure-cause'], 'gateway');
    assert.equal(answer.headers['x-ms-ratelimit-remaining-subscription-reads'], undefined);
  });
}

test('every answer has ARM\u2019s headers, and the request id is the correlation id where ARM answers', async () => {
  const { headers } = await arm.call('GET', `${group}?api-version=2021-04-01`);
  assert.equal(headers['cache-control'], 'no-cache');
  assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['x-ms-request-id'], headers['x-ms-correlation-request-id']);
  assert.match(String(headers['x-ms-routing-request-id']), /^[A-Z]+:\d{8}T\d{6}Z:[0-9a-f-]{36}$/);
  assert.equal(headers['x-ms-ratelimit-remaining-subscription-reads'], '1099');
  assert.equal(headers['x-ms-ratelimit-remaining-subscription-global-reads'], '16499');
});

test('paths count without regard to case, doubled or trailing slashes', async () => {
  const shouted = `//${group.slice(1).toUpperCase()}/?API-Version=2021-04-01`;
  const answer = await arm.call('GET', shouted);
  assert.equal(answer.body.id, group);
});

test('az group exists: HEAD is 204 for a group that is there and 404 for one that is not', async () => {
  assert.equal((await arm.call('HEAD', `${group}?api-version=2021-04-01`)).status, 204);
  const missing = `${subscription}/resourcegroups/fake?api-version=2021-04-01`;
  assert.equal((await arm.call('HEAD', missing)).status, 404);
});
