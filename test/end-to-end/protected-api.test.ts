// The deployed app calls the API of infra/examples/protected-api.json, both templates as they are committed, the app's
// own code on the one side and App Service authentication on the other.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildApp } from '../../local/build-app.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import {
  clientId,
  deployProtectedApi,
  startProgram,
} from '../local/azure/app-service/protected-site.ts';
import { groupId, projectDirectory, useLocalAzure } from '../support/local-azure.ts';
import { sendRaw } from '../support/open-door.ts';
import { startDeployedApp } from './start-deployed-app.ts';

const azure = await useLocalAzure();
const program = await startProgram();
const group = 'rg-protected';
const url = 'https://func-orders.azurewebsites.net/api/orders';
let app: Awaited<ReturnType<typeof startDeployedApp>>;

before(async () => {
  buildApp(projectDirectory);
  app = await startDeployedApp(azure, {
    group,
    parameters: {
      messaging: false,
      webApiUrl: url,
      webApiScope: `api://${clientId}/.default`,
    },
  });
});
after(() => app?.stop());

const deployApi = (callerPrincipalId: string) =>
  deployProtectedApi(azure, group, callerPrincipalId);

describe('callWebApi and an API behind App Service authentication', () => {
  it('has no token for a registration that is not there', async () => {
    const { body } = await app.get('/api/web-api');
    assert.equal(body.code, 'IDENTITY_UNAVAILABLE');
    assert.match(String(body.message), /knows no service by this audience/);
  });

  it('is refused while the API names another identity, and told which one it is', async () => {
    await deployApi(azure.deployer.principalId);
    azure.serveSite(`${groupId(group)}/providers/Microsoft.Web/sites/func-orders`, program.address);
    const { status, body } = await app.get('/api/web-api');
    assert.deepEqual(
      [status, body.code, body.principalId],
      [403, 'ACCESS_DENIED', app.identity.principalId],
    );
  });

  it('is let in once the API names it, by the same token', async () => {
    await deployApi(app.identity.principalId);
    const since = azure.journal.position;
    const { status, body } = await app.get('/api/web-api');
    assert.deepEqual([status, body.status], [200, 200], JSON.stringify(body));
    const entries = azure.journal.since(since);
    assert.ok(
      entries.some(
        (entry) =>
          entry.kind === 'request' &&
          entry.door === 'app-service' &&
          entry.principalId === app.identity.principalId,
      ),
    );
    assert.ok(
      !entries.some((entry) => entry.kind === 'token' && entry.audience === `api://${clientId}`),
    );
  });
});

describe('the app itself', () => {
  const host = () => String(app.site.properties.defaultHostName);

  it('answers at its own https name', async () => {
    assert.equal((await sendRaw(host(), '/api/identity')).status, 200);
  });

  it('can be put behind authentication, which is in front of that name alone', async () => {
    await deployTemplate(azure, {
      name: 'own-authentication',
      resourceGroup: group,
      location: 'westeurope',
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        resources: [
          {
            type: 'Microsoft.Web/sites/config',
            apiVersion: '2024-04-01',
            name: `${app.site.name}/authsettingsV2`,
            properties: {
              platform: { enabled: true },
              globalValidation: {
                requireAuthentication: true,
                unauthenticatedClientAction: 'Return401',
              },
              identityProviders: {
                azureActiveDirectory: { registration: { clientId: crypto.randomUUID() } },
              },
            },
          },
        ],
      },
      parameters: {},
    });
    assert.equal((await sendRaw(host(), '/api/identity')).status, 401);
    assert.equal((await app.get('/api/identity')).status, 200, 'who reaches the host itself');
  });
});
