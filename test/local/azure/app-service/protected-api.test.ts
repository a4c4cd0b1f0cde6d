// infra/examples/protected-api.json as it is committed, called by a deployed app with the unmodified credential of
// @azure/identity: its token is asked for at the identity endpoint of App Service.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { ManagedIdentityCredential } from '@azure/identity';
import { useLocalAzure } from '../../../support/local-azure.ts';
import {
  ask,
  audience,
  deployInto,
  deployProtectedApi,
  deploySite,
  group,
  siteId,
  startProgram,
} from './protected-site.ts';

const azure = await useLocalAzure();
const program = await startProgram();
const scope = `${audience}/.default`;
const identityId = (name: string) =>
  `${siteId('x').split('/Microsoft.Web/')[0]}/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
let caller: { principalId: string; clientId: string };

const environment = () => azure.identityEnvironmentOf(siteId('func-caller'));

const principalOf = (id: string) => {
  const principal = azure.directory.findByResourceId(id);
  assert.ok(principal, id);
  return principal;
};

/** As the code of the app func-caller asks. */
const askForToken = async (identity: { clientId: string }) =>
  (await new ManagedIdentityCredential({ clientId: identity.clientId }).getToken(scope)).token;

before(async () => {
  await deploySite(azure, 'func-caller');
  const identity = { apiVersion: '2024-11-30', location: 'westeurope' };
  const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
  await deployInto(azure, 'identities', [
    { ...identity, type, name: 'id-caller' },
    { ...identity, type, name: 'id-stranger' },
    {
      type: 'Microsoft.Web/sites',
      apiVersion: '2024-04-01',
      location: 'westeurope',
      name: 'func-caller',
      kind: 'functionapp,linux',
      dependsOn: [identityId('id-caller'), identityId('id-stranger')],
      identity: {
        type: 'UserAssigned',
        userAssignedIdentities: {
          [identityId('id-caller')]: {},
          [identityId('id-stranger')]: {},
        },
      },
      properties: {
        serverFarmId: `${siteId('x').split('/sites/')[0]}/serverfarms/plan-func-caller`,
        reserved: true,
      },
    },
  ]);
  caller = principalOf(identityId('id-caller'));
  Object.assign(process.env, environment());
});
after(() => {
  for (const name of Object.keys(environment())) delete process.env[name];
});

const deployApi = () => deployProtectedApi(azure, group, caller.principalId);

it('no token is given for a registration that nobody has made, and one is once it is there', async () => {
  await assert.rejects(askForToken(caller), /AADSTS500011/);
  const { outputs } = await deployApi();
  assert.deepEqual(outputs, {
    API_NAME: { type: 'String', value: 'func-orders' },
    API_URL: { type: 'String', value: 'https://func-orders.azurewebsites.net' },
    API_SCOPE: { type: 'String', value: scope },
  });
  assert.ok(await askForToken(caller));
});

it('the named caller reaches the API; another identity of the same app, with a token as good, does not', async () => {
  azure.serveSite(siteId('func-orders'), program.address);
  const { principalId } = caller;
  const answer = await ask('func-orders', '/api/orders', { token: await askForToken(caller) });
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.seen().headers['x-ms-client-principal-id'], principalId);
  const token = await askForToken(principalOf(identityId('id-stranger')));
  assert.equal((await ask('func-orders', '/api/orders', { token })).status, 403);
  assert.equal((await ask('func-orders', '/api/orders')).status, 401);
});

it('an unmodified fetch of this process reaches it too', async () => {
  const url = 'https://func-orders.azurewebsites.net/api/orders';
  const headers = { Authorization: `Bearer ${await askForToken(caller)}` };
  assert.equal((await fetch(url, { headers })).status, 200);
  assert.equal((await fetch(url)).status, 401);
});
