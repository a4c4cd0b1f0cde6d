// What az, Python and .NET were seen to send, request by request, through every door that they use.
// The deployed app's identity asks; where a call needs more, it is Owner of the subscription.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployTemplate } from '../../../local/deploy-template.ts';
import { foreignClient } from '../../support/foreign-client.ts';
import {
  grant,
  groupId,
  readOwnTemplate,
  subscriptionId,
  useLocalAzure,
} from '../../support/local-azure.ts';

const azure = await useLocalAzure();
await deployTemplate(azure, {
  name: 'main',
  resourceGroup: 'rg-clients',
  location: 'westeurope',
  template: readOwnTemplate(),
  parameters: { environmentName: { value: 'clients' } },
});
await azure.storageReady;
const subscription = `/subscriptions/${subscriptionId}`;
const group = groupId('rg-clients');
const find = (type: string, name = /./) => {
  const resource = azure.resourceManager
    .listResources()
    .find((each) => each.type === type && name.test(each.name));
  assert.ok(resource, type);
  return resource;
};
const site = find('Microsoft.Web/sites');
const vault = find('Microsoft.KeyVault/vaults');
const account = find('Microsoft.Storage/storageAccounts', /^stdata/);
const identity = azure.directory.findByResourceId(
  find('Microsoft.ManagedIdentity/userAssignedIdentities').id,
);
assert.ok(identity);
grant(azure, identity, 'Owner', subscription);
azure.trustRedirect(await azure.startImds(site.id));

// az asks for ARM by its old name.
const arm = foreignClient(
  azure,
  'management.azure.com',
  identity,
  'https://management.core.windows.net/',
);
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('Identity endpoints', () => {
  const imds = 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01';
  const ask = (query: string, headers: Record<string, string> = { Metadata: 'true' }) =>
    fetch(`${imds}&resource=https%3A%2F%2Fvault.azure.net${query}`, { headers });

  it('IMDS: identity by client_id, object_id or msi_res_id; every member of the answer is a string', async () => {
    for (const query of [
      `&client_id=${identity.clientId}`,
      `&object_id=${identity.principalId}`,
      `&msi_res_id=${encodeURIComponent(identity.resourceId ?? '')}`,
    ]) {
      const answer = await ask(query);
      assert.equal(answer.status, 200, query);
      const body = (await answer.json()) as Record<string, unknown>;
      const members =
        'access_token client_id expires_in expires_on ext_expires_in not_before resource token_type';
      assert.deepEqual(Object.keys(body), members.split(' '));
      assert.ok(Object.values(body).every((value) => typeof value === 'string'));
    }
  });

  it('Python: the first request has no Metadata header and gets its 400 within 0.3 s', async () => {
    const before = performance.now();
    assert.equal((await ask('', {})).status, 400);
    assert.ok(performance.now() - before < 300);
  });

  it('az login --identity: an id that is no client id is a 400, then found as object_id; never a 404', async () => {
    assert.equal((await ask(`&client_id=${identity.principalId}`)).status, 400);
    assert.equal((await ask(`&object_id=${identity.principalId}`)).status, 200);
    const stranger = crypto.randomUUID();
    for (const parameter of ['client_id', 'object_id', 'msi_res_id']) {
      assert.equal((await ask(`&${parameter}=${stranger}`)).status, 400);
    }
  });

  it('App Service 2019-08-01 and the old form of az: slash before ?, clientid, secret, a .NET time', async () => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER, MSI_ENDPOINT, MSI_SECRET } =
      azure.identityEnvironmentOf(site.id);
    const resource = 'resource=https%3A%2F%2Fmanagement.core.windows.net%2F';
    const now = await fetch(
      `${IDENTITY_ENDPOINT}?${resource}&api-version=2019-08-01&client_id=${identity.clientId}`,
      { headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER ?? '' } },
    );
    assert.equal(now.status, 200);
    const old = await fetch(
      `${MSI_ENDPOINT}/?${resource}&api-version=2017-09-01&clientid=${identity.clientId}`,
      { headers: { secret: MSI_SECRET ?? '', Metadata: 'true' } },
    );
    assert.equal(old.status, 200);
    const body = (await old.json()) as Record<string, string>;
    assert.match(body.expires_on ?? '', /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d \+00:00$/);
    assert.equal(body.resource, 'https://management.core.windows.net/');
  });

  it('Audiences: aud is the string that was asked for, with and without the slash', async () => {
    for (const audience of [
      ...['https://vault.azure.net', 'https://storage.azure.com', 'https://storage.azure.com/'],
      ...['https://database.windows.net', 'https://database.windows.net/'],
      ...['https://servicebus.azure.net/', 'https://eventhubs.azure.net/'],
      ...['https://graph.microsoft.com/', 'https://management.core.windows.net/'],
      ...['https://management.azure.com', 'https://management.azure.com/'],
    ]) {
      const answer = await fetch(`${imds}&resource=${encodeURIComponent(audience)}`, {
        headers: { Metadata: 'true' },
      });
      assert.equal(answer.status, 200, audience);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      assert.equal(claimsOf(token).aud, audience);
    }
  });

  it('tid and tenantId are GUIDs', async () => {
    const { access_token: token } = (await (await ask('')).json()) as { access_token: string };
    assert.match(claimsOf(token).tid, GUID);
    const { body } = await arm(`/tenants?api-version=2022-12-01`);
    assert.match(body.value[0].tenantId, GUID);
  });
});

describe('ARM', () => {
  it('GET /subscriptions in the versions of az, Python and .NET; an empty list without any role', async () => {
    for (const version of ['2019-11-01', '2021-01-01', '2022-12-01']) {
      const { body } = await arm(`/subscriptions?api-version=${version}`);
      const { tenantId, subscriptionPolicies, displayName, ...rest } = body.value[0];
      assert.match(tenantId, GUID);
      assert.ok(displayName && subscriptionPolicies.spendingLimit);
      assert.deepEqual(rest, {
        id: subscription,
        authorizationSource: 'RoleBased',
        managedByTenants: [],
        subscriptionId,
        state: 'Enabled',
      });
    }
    const nobody = { ...identity, principalId: crypto.randomUUID(), clientId: crypto.randomUUID() };
    azure.directory.add(nobody);
    const stranger = foreignClient(azure, 'management.azure.com', nobody);
    assert.deepEqual((await stranger('/subscriptions?api-version=2019-11-01')).body.value, []);
    azure.directory.remove(nobody.principalId);
  });

  it('GET /subscriptions/{id} and /tenants (.NET)', async () => {
    const { body } = await arm(`${subscription}?api-version=2022-12-01`);
    assert.equal(body.subscriptionId, subscriptionId);
    assert.equal((await arm('/tenants?api-version=2022-12-01')).status, 200);
  });

  it('Groups: the lower-case path, HEAD 204 and 404 (az group exists), ResourceGroupNotFound', async () => {
    const path = `${subscription}/resourcegroups`;
    const version = '?api-version=2022-09-01';
    assert.ok((await arm(path + version)).body.value.length > 0);
    assert.equal((await arm(`${path}/RG-CLIENTS${version}`)).body.name, 'rg-clients');
    assert.equal((await arm(`${path}/rg-clients${version}`, { method: 'HEAD' })).status, 204);
    assert.equal((await arm(`${path}/none${version}`, { method: 'HEAD' })).status, 404);
    const missing = await arm(`${path}/none${version}`);
    assert.deepEqual([missing.status, missing.body.error.code], [404, 'ResourceGroupNotFound']);
  });

  it('Resources: an empty $filter, $expand, resourceType eq, $top=1 with nextLink, versions from 2015 on', async () => {
    const list = (query: string, version = '2021-04-01') =>
      arm(`${subscription}/resources?api-version=${version}&${query}`);
    const expanded = await list('$filter=&$expand=createdTime,changedTime,provisioningState');
    assert.ok(expanded.body.value.every((each: { createdTime?: string }) => each.createdTime));
    const filter = encodeURIComponent("resourceType eq 'Microsoft.KeyVault/vaults'");
    const vaults = await list(`$filter=${filter}`, '2015-11-01');
    assert.deepEqual(
      vaults.body.value.map(({ id }: { id: string }) => id),
      [vault.id],
    );
    const page = await list('$top=1');
    const next = new URL(page.body.nextLink);
    assert.equal(next.host, 'management.azure.com');
    assert.equal((await arm(next.pathname + next.search)).body.value.length, 1);
  });

  it('GET …/providers/{ns}: versions of each type, foreign types too, with which the resource is then read', async () => {
    const id = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-foreign`;
    await arm(`${id}?api-version=2024-05-01`, { method: 'PUT', body: { location: 'westeurope' } });
    for (const resource of [vault.id, site.id, id]) {
      const [, namespace, type] = /providers\/([^/]+)\/([^/]+)\//.exec(resource) ?? [];
      const { body } = await arm(`${subscription}/providers/${namespace}?api-version=2021-04-01`);
      const found = body.resourceTypes.find(
        (each: { resourceType: string }) => each.resourceType === type,
      );
      const { status } = await arm(`${resource}?api-version=${found?.apiVersions[0]}`);
      assert.equal(status, 200, resource);
    }
  });

  it('GET …/userAssignedIdentities[/{name}] in the versions of az and .NET', async () => {
    const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
    for (const version of ['2018-11-30', '2022-01-31-preview']) {
      const { body } = await arm(`${path}?api-version=${version}`);
      const one = await arm(`${path}/${body.value[0].name}?api-version=${version}`);
      assert.equal(one.body.properties.clientId, identity.clientId);
    }
  });

  it('az functionapp: the site, its settings by POST …/list, slotConfigNames, config/web, publishxml', async () => {
    const get = (path: string, method = 'GET') =>
      arm(`${site.id}${path}?api-version=2023-12-01`, { method });
    assert.equal((await get('')).body.kind, 'functionapp,linux');
    const settings = await get('/config/appsettings/list', 'POST');
    assert.equal(settings.body.properties.AZURE_CLIENT_ID, identity.clientId);
    const slots = await get('/config/slotConfigNames');
    assert.deepEqual(slots.body.properties.appSettingNames, []);
    assert.equal((await get('/config/web')).body.properties.minTlsVersion, '1.2');
    const profiles = await get('/publishxml', 'POST');
    assert.equal(profiles.headers['content-type'], 'application/xml');
    assert.match(profiles.text, /<publishProfile [^>]*publishMethod="FTP" publishUrl="ftps:/);
  });

  it('Role definitions: all of them, and by roleName', async () => {
    const path = `${group}/providers/Microsoft.Authorization/roleDefinitions`;
    const version = 'api-version=2018-01-01-preview';
    assert.ok((await arm(`${path}?${version}`)).body.value.length > 50);
    const filter = encodeURIComponent("roleName eq 'Reader'");
    const { body } = await arm(`${path}?${version}&$filter=${filter}`);
    assert.deepEqual(
      body.value.map(({ name }: { name: string }) => name),
      ['acdd72a7-3385-48ef-bd42-f606fba81ae7'],
    );
  });

  it('Role assignments: atScope(), principalId eq, none; PUT 201, the same again 409, DELETE 200 and then 204', async () => {
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments`;
    const version = 'api-version=2020-04-01-preview';
    for (const filter of ['', 'atScope()', `principalId eq '${identity.principalId}'`]) {
      const query = filter && `&$filter=${encodeURIComponent(filter)}`;
      const { body } = await arm(`${path}?${version}${query}`);
      assert.ok(body.value.length > 0, filter);
    }
    const properties = {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
      principalId: azure.deployer.principalId,
      principalType: 'User',
    };
    const put = (name: string) =>
      arm(`${path}/${name}?${version}`, { method: 'PUT', body: { properties } });
    const name = crypto.randomUUID();
    assert.equal((await put(name)).status, 201);
    const again = await put(crypto.randomUUID());
    assert.deepEqual([again.status, again.body.error.code], [409, 'RoleAssignmentExists']);
    assert.match(again.body.error.message, /^The role assignment already exists\./);
    const remove = () => arm(`${path}/${name}?${version}`, { method: 'DELETE' });
    const removed = await remove();
    assert.deepEqual([removed.status, removed.body.name], [200, name]);
    assert.equal((await remove()).status, 204);
  });
});

describe('Key Vault', () => {
  it('401 with the challenge first; then /secrets/{name}, with a slash, and by version, in old and new versions', async () => {
    const host = `${vault.name}.vault.azure.net`;
    const bare = await foreignClient(azure, host)('/secrets/demo?api-version=7.4');
    assert.equal(bare.status, 401);
    assert.equal(
      bare.headers['www-authenticate'],
      `Bearer authorization="https://login.microsoftonline.com/${azure.directory.tenantId}", resource="https://vault.azure.net"`,
    );
    const get = foreignClient(azure, host, identity, 'https://vault.azure.net');
    const { body } = await get('/secrets/demo?api-version=7.4');
    const version = body.id.split('/').at(-1);
    assert.match(version, /^[0-9a-f]{32}$/);
    for (const path of ['/secrets/demo', '/secrets/demo/', `/secrets/demo/${version}`]) {
      for (const apiVersion of ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2026-04-01']) {
        const { status } = await get(`${path}?api-version=${apiVersion}`);
        assert.equal(status, 200, `${path} ${apiVersion}`);
      }
    }
  });
});

describe('Blobs', () => {
  const send = foreignClient(
    azure,
    `${account.name}.blob.core.windows.net`,
    identity,
    'https://storage.azure.com',
  );
  const blob = (path: string, method: string, headers = {}, body?: string) =>
    send(`/scan-state${path}`, {
      method,
      headers: { 'x-ms-version': '2021-12-02', ...headers },
      ...(body !== undefined && { body }),
    });

  it('Python: a download by range is a 206 with Content-Range', async () => {
    const put = await blob('/b', 'PUT', { 'x-ms-blob-type': 'BlockBlob' }, '0123456789');
    assert.equal(put.status, 201, put.text);
    const part = await blob('/b', 'GET', { 'x-ms-range': 'bytes=0-3' });
    assert.deepEqual(
      [part.status, part.headers['content-range'], part.text],
      [206, 'bytes 0-3/10', '0123'],
    );
  });

  it('.NET: comp=block, blocklist, lease, list&prefix, HEAD; a refusal has x-ms-error-code', async () => {
    const id = encodeURIComponent(Buffer.from('block-1').toString('base64'));
    assert.equal((await blob(`/c?comp=block&blockid=${id}`, 'PUT', {}, 'abc')).status, 201);
    const blockList = `<?xml version="1.0"?><BlockList><Latest>${decodeURIComponent(id)}</Latest></BlockList>`;
    assert.equal((await blob('/c?comp=blocklist', 'PUT', {}, blockList)).status, 201);
    const head = await blob('/c', 'HEAD');
    assert.deepEqual([head.status, head.headers['content-length']], [200, '3']);
    const lease = { 'x-ms-lease-action': 'acquire', 'x-ms-lease-duration': '15' };
    assert.equal((await blob('/c?comp=lease', 'PUT', lease)).status, 201);
    const held = await blob('/c', 'DELETE');
    assert.deepEqual([held.status, held.headers['x-ms-error-code']], [412, 'LeaseIdMissing']);
    const list = await blob('?restype=container&comp=list&prefix=c', 'GET');
    assert.match(list.text, /<Name>c<\/Name>/);
    const missing = await blob('/none', 'GET');
    assert.deepEqual([missing.status, missing.headers['x-ms-error-code']], [404, 'BlobNotFound']);
  });
});

describe('Microsoft Graph', () => {
  const graph = foreignClient(
    azure,
    'graph.microsoft.com',
    identity,
    'https://graph.microsoft.com/',
  );

  it('POST getByIds gives the principals of role assignments their names', async () => {
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments`;
    const { body } = await arm(`${path}?api-version=2022-04-01`);
    const ids = body.value.map(
      (each: { properties: { principalId: string } }) => each.properties.principalId,
    );
    const found = await graph('/v1.0/directoryObjects/getByIds', {
      method: 'POST',
      body: {
        ids,
        types: ['user', 'group', 'servicePrincipal', 'directoryObjectPartnerReference'],
      },
    });
    const named = found.body.value.find(({ id }: { id: string }) => id === identity.principalId);
    assert.equal(named['@odata.type'], '#microsoft.graph.servicePrincipal');
    assert.equal(named.displayName, identity.displayName);
    assert.deepEqual(named.servicePrincipalNames, [identity.clientId]);
  });

  it('GET servicePrincipals finds an identity by client id or object id', async () => {
    for (const id of [identity.clientId, identity.principalId]) {
      const filter = encodeURIComponent(`servicePrincipalNames/any(c:c eq '${id}')`);
      const { body } = await graph(`/v1.0/servicePrincipals?$filter=${filter}`);
      assert.deepEqual(
        body.value.map((each: { appId: string }) => each.appId),
        [identity.clientId],
      );
    }
  });
});
