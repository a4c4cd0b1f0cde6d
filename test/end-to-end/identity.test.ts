// Whose tokens the app gets: none, those of an identity that is not named or not assigned, or of its own.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Principal } from '../../local/azure/directory.ts';
import type { Resource } from '../../local/azure/resource-manager/resource.ts';
import { buildApp } from '../../local/build-app.ts';
import { projectDirectory, readOwnTemplate, useLocalAzure } from '../support/local-azure.ts';
import { deploySite, identityOf, startApp, startDeployedApp } from './start-deployed-app.ts';
import { everythingWorks, tryEverything } from './try-everything.ts';

const azure = await useLocalAzure();

// Not monitored, so that a run by hand asks nothing of the host's storage.
const parameters = { scanSchedule: '*/30 * * * * *' };

const nothingWorks = (code: string) => ({
  ...everythingWorks,
  scanResources: code,
  getScan: code,
  readSecret: code,
  listIdentities: code,
  findIdentity: code,
  'diagnose resource-manager': code.split(' ')[0],
  'diagnose key-vault': code.split(' ')[0],
  'diagnose blobs': code.split(' ')[0],
});

describe('an app on which the template puts', () => {
  before(() => buildApp(projectDirectory));

  it('a system-assigned identity works wholly, and knows which it is', async (t) => {
    const app = await startDeployedApp(azure, {
      group: 'rg-system',
      parameters: { ...parameters, identityKind: 'systemAssigned' },
    });
    t.after(app.stop);
    assert.equal(app.settings.AZURE_CLIENT_ID, undefined);
    assert.deepEqual(await tryEverything(app), everythingWorks);
    const { body } = await app.get('/api/identity');
    assert.equal(body.kind, 'systemAssigned');
    assert.equal(body.principalId, app.site.identity?.principalId);
    const tokens = Object.values(body.tokens as Record<string, Record<string, string>>);
    for (const { xms_mirid } of tokens) assert.equal(xms_mirid, app.site.id);
  });

  it('no identity finds no endpoint, and says what to do', async (t) => {
    const site = await deploySite(azure, {
      group: 'rg-none',
      parameters,
      template: withoutIdentity(),
    });
    assert.equal(site.identity, undefined);
    const app = await startApp(azure, site);
    t.after(app.stop);
    assert.deepEqual(await tryEverything(app), nothingWorks('IDENTITY_UNAVAILABLE (identity)'));
    const { status, body } = await app.get('/api/secrets/demo');
    assert.equal(status, 503);
    assert.match(String(body.message), /no managed identity: IDENTITY_ENDPOINT/);
    assert.match(String(body.nextStep), /assign a user-assigned one, and restart/);
  });
});

/** As the template would be if somebody forgot the site's `identity`. */
function withoutIdentity(): unknown {
  const template = JSON.parse(JSON.stringify(readOwnTemplate()), function (key, value) {
    if (this.type !== 'Microsoft.Web/sites') return value;
    return key === 'identity' ? undefined : value;
  });
  return template;
}

describe('a user-assigned identity', () => {
  let site: Resource;
  let identity: Principal;
  before(async () => {
    site = await deploySite(azure, { group: 'rg-user', parameters });
    identity = identityOf(azure, site);
  });

  it('that no setting names is CONFIG_INVALID, and at the endpoint a 400', async (t) => {
    const nameless = await startApp(azure, site, { AZURE_CLIENT_ID: undefined });
    t.after(nameless.stop);
    assert.deepEqual(await tryEverything(nameless), nothingWorks('CONFIG_INVALID (settings)'));
    const { status, body } = await nameless.get('/api/secrets/demo');
    assert.equal(status, 500);
    assert.match(String(body.message), /^AZURE_CLIENT_ID is missing/);

    const refusal = await askEndpoint(site.id, {});
    assert.equal(refusal.status, 400);
    assert.equal(refusal.body.statusCode, 400);
    assert.equal(refusal.body.message, NOT_FOUND);
    const token = await askEndpoint(site.id, { client_id: identity.clientId });
    assert.equal(token.status, 200);
    assert.equal(token.body.client_id, identity.clientId);
  });

  it('that is not assigned is refused, though it exists and its roles are good', async (t) => {
    const other = await startDeployedApp(azure, { group: 'rg-other', parameters });
    t.after(other.stop);
    assert.equal((await other.get('/api/secrets/demo')).status, 200);
    const { clientId } = other.identity;
    const borrower = await startApp(azure, site, { AZURE_CLIENT_ID: clientId });
    t.after(borrower.stop);
    assert.deepEqual(
      await tryEverything(borrower),
      nothingWorks('IDENTITY_UNAVAILABLE (identity)'),
    );
    const { status, body } = await borrower.get('/api/secrets/demo');
    assert.equal(status, 503);
    assert.match(String(body.message), /AZURE_CLIENT_ID names is not assigned to this app/);
    const refusal = await askEndpoint(site.id, { client_id: clientId });
    assert.deepEqual([refusal.status, refusal.body.message], [400, NOT_FOUND]);
  });

  it('is not given to whom does not know the header', async () => {
    const query = { client_id: identity.clientId };
    assert.equal((await askEndpoint(site.id, query, { 'X-IDENTITY-HEADER': 'guess' })).status, 401);
    assert.equal((await askEndpoint(site.id, query, {})).status, 401);
    assert.equal((await askEndpoint(site.id, query)).status, 200);
  });
});

/** [Azure-Samples/azure-search-openai-demo#2148] */
const NOT_FOUND =
  'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';

async function askEndpoint(
  siteId: string,
  query: Readonly<Record<string, string>>,
  headers?: Readonly<Record<string, string>>,
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = azure.identityEnvironmentOf(siteId);
  const address = new URL(IDENTITY_ENDPOINT);
  address.search = new URLSearchParams({
    'api-version': '2019-08-01',
    resource: 'https://vault.azure.net',
    ...query,
  }).toString();
  const response = await fetch(address, {
    headers: headers ?? { 'X-IDENTITY-HEADER': IDENTITY_HEADER },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
