import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addIdentity, useLocalAzure } from '../../../support/local-azure.ts';
import { sendRaw } from '../../../support/open-door.ts';

const azure = await useLocalAzure();
const identity = addIdentity(azure, 'id-graph');
const shown = {
  '@odata.type': '#microsoft.graph.servicePrincipal',
  id: identity.principalId,
  appId: identity.clientId,
  displayName: 'id-graph',
  accountEnabled: true,
  servicePrincipalNames: [identity.clientId],
  servicePrincipalType: 'ManagedIdentity',
  alternativeNames: ['isExplicit=True', identity.resourceId],
};

async function call(
  path: string,
  {
    method = 'GET',
    body,
    audience = 'https://graph.microsoft.com/',
  }: {
    method?: string;
    body?: unknown;
    audience?: string;
  } = {},
) {
  const { accessToken } = await azure.tokens.issue(identity, audience);
  const answer = await sendRaw('graph.microsoft.com', path, {
    method,
    headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(answer.body) };
}
const getByIds = (body: unknown) =>
  call('/v1.0/directoryObjects/getByIds', { method: 'POST', body });
const search = (filter: string) =>
  call(`/v1.0/servicePrincipals?$filter=${encodeURIComponent(filter)}`);

describe('Microsoft Graph', () => {
  it('gives directory objects by their ids, without those that are not there', async () => {
    const ids = [identity.principalId.toUpperCase(), crypto.randomUUID()];
    const { status, body } = await getByIds({ ids, types: ['user', 'group', 'servicePrincipal'] });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#directoryObjects',
      value: [shown],
    });
  });

  it('tells users from service principals by the types asked for', async () => {
    const ids = [identity.principalId, azure.deployer.principalId];
    const users = await getByIds({ ids, types: ['user'] });
    assert.deepEqual(
      users.body.value.map((each: Record<string, unknown>) => each['@odata.type']),
      ['#microsoft.graph.user'],
    );
    assert.equal((await getByIds({ ids, types: null })).body.value.length, 2);
    assert.equal((await getByIds({ ids })).body.value.length, 2);
  });

  for (const filter of [
    `servicePrincipalNames/any(c:c eq '${identity.clientId}')`,
    `servicePrincipalNames/any(c:c eq '${identity.principalId}')`,
    `appId eq '${identity.clientId}'`,
    `id eq '${identity.principalId}'`,
    "displayName eq 'ID-graph'",
    "startswith(displayName,'id-gr')",
    `appId eq '${crypto.randomUUID()}' or id eq '${identity.principalId}'`,
  ]) {
    it(`finds a service principal by ${filter.replaceAll(/'[^']+'/g, "'…'")}`, async () => {
      assert.deepEqual((await search(filter)).body.value, [shown]);
    });
  }

  it('finds an application by its identifier URI, which is one of its names', async () => {
    const ids = { principalId: crypto.randomUUID(), clientId: crypto.randomUUID() };
    azure.directory.add({
      ...ids,
      kind: 'Application',
      displayName: 'orders-api',
      identifierUris: ['api://orders'],
    });
    const { body } = await search("servicePrincipalNames/any(c:c eq 'api://Orders')");
    assert.equal(body.value.length, 1);
    assert.deepEqual(body.value[0].servicePrincipalNames, [ids.clientId, 'api://orders']);
    assert.equal(body.value[0].servicePrincipalType, 'Application');
  });

  it('finds nothing for a name that nobody has, and never a user', async () => {
    assert.deepEqual((await search(`id eq '${azure.deployer.principalId}'`)).body.value, []);
  });

  it('refuses a filter that it does not know instead of listing too much', async () => {
    const { status, body } = await search('accountEnabled eq true');
    assert.equal(status, 400);
    assert.equal(body.error.code, 'Request_UnsupportedQuery');
  });

  it('shows one service principal by its object id, and 404 for another', async () => {
    const found = await call(`/v1.0/servicePrincipals/${identity.principalId}`);
    assert.equal(found.body.appId, identity.clientId);
    const missing = await call('/v1.0/servicePrincipals/%zz');
    assert.equal(missing.status, 404);
    assert.equal(missing.body.error.code, 'Request_ResourceNotFound');
  });

  it('takes its audience with and without the slash, and no other', async () => {
    const path = '/v1.0/servicePrincipals';
    assert.equal((await call(path, { audience: 'https://graph.microsoft.com' })).status, 200);
    const { status, body } = await call(path, { audience: 'https://management.azure.com/' });
    assert.equal(status, 401);
    assert.equal(body.error.code, 'InvalidAuthenticationToken');
    assert.equal(body.error.message, 'Access token validation failure. Invalid audience.');
    assert.deepEqual(Object.keys(body.error.innerError), [
      'date',
      'request-id',
      'client-request-id',
    ]);
  });

  it('refuses a call without a token, and what is not served', async () => {
    const bare = await sendRaw('graph.microsoft.com', '/v1.0/servicePrincipals');
    assert.equal(bare.status, 401);
    assert.equal(JSON.parse(bare.body).error.message, 'Access token is empty.');
    assert.equal((await call('/v1.0/me')).status, 400);
    assert.equal((await getByIds({ ids: 'all' })).status, 400);
    const text = await sendRaw('graph.microsoft.com', '/v1.0/directoryObjects/getByIds', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${(await azure.tokens.issue(identity, 'https://graph.microsoft.com')).accessToken}`,
      },
      body: '{',
    });
    assert.equal(text.status, 400);
  });
});
