import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ManagedIdentityCredential } from '@azure/identity';
import { type RunningServer, startServer } from '../../../../local/azure/http/server.ts';
import type { ResourceWithIdentity } from '../../../../local/azure/tokens/assigned-identities.ts';
import { resourceManagerAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { createImds } from '../../../../local/azure/tokens/imds.ts';
import {
  createTenant,
  group,
  identityOf,
  otherUserAssigned,
  systemAssigned,
  tenantId,
  userAssigned,
} from './embedded-tenant.ts';
import { decodePart } from './token-forgery.ts';

const MANAGEMENT = 'https://management.azure.com/';
const machineId = `${group}/providers/Microsoft.Compute/virtualMachines/vm`;

let tenant: Awaited<ReturnType<typeof createTenant>>;
let server: RunningServer;
let machine: ResourceWithIdentity;

before(async () => {
  tenant = await createTenant();
  server = await startServer(
    createImds({ ...tenant, resourceId: machineId, findResource: () => machine }),
  );
});
after(() => server.stop());
beforeEach(() => assign(identityOf(true, userAssigned, otherUserAssigned)));

function assign(identity: ResourceWithIdentity['identity']): void {
  machine = {
    id: machineId,
    name: 'vm',
    location: 'westeurope',
    tags: { a: 'b', c: 'd' },
    ...(identity && { identity }),
  };
}

async function get(
  target: string,
  headers: Record<string, string> = { Metadata: 'true' },
  method = 'GET',
) {
  const response = await fetch(`http://127.0.0.1:${server.port}${target}`, { headers, method });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

function ask(query: Record<string, string> = {}, headers?: Record<string, string>) {
  const parameters = new URLSearchParams({
    resource: MANAGEMENT,
    'api-version': '2018-02-01',
    ...query,
  });
  return get(`/metadata/identity/oauth2/token?${parameters}`, headers);
}

function invalidRequest(description: string) {
  return { status: 400, body: { error: 'invalid_request', error_description: description } };
}

describe('the token endpoint of IMDS', () => {
  test('answers all members as strings, in its order', async () => {
    const { status, body } = await ask();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), [
      'access_token',
      'client_id',
      'expires_in',
      'expires_on',
      'ext_expires_in',
      'not_before',
      'resource',
      'token_type',
    ]);
    assert.ok(Object.values(body).every((value) => typeof value === 'string'));
    assert.equal(body.expires_in, '86400');
    assert.equal(body.ext_expires_in, '86399');
    assert.equal(Number(body.expires_on) - Number(body.not_before), 86_700);
    assert.equal(body.client_id, systemAssigned.clientId);
    const claims = decodePart(body.access_token, 1);
    assert.equal(body.expires_on, String(claims.exp));
    assert.equal(body.not_before, String(claims.nbf));
    const caller = await tenant.tokens.verify(body.access_token, resourceManagerAudiences);
    assert.equal(caller.azureResourceId, machineId);
  });

  test('finds an identity by each of its ids, the system-assigned one too', async () => {
    for (const principal of [systemAssigned, userAssigned]) {
      for (const query of [
        { client_id: principal.clientId.toUpperCase() },
        { object_id: principal.principalId },
        { msi_res_id: principal.resourceId ?? '' },
      ]) {
        const { body } = await ask(query);
        assert.equal(body.client_id, principal.clientId, JSON.stringify(query));
      }
    }
  });

  test('takes the only user-assigned identity, and asks which if there are two', async () => {
    assign(identityOf(false, userAssigned));
    assert.equal((await ask()).body.client_id, userAssigned.clientId);
    assign(identityOf(false, userAssigned, otherUserAssigned));
    assert.deepEqual(
      await ask(),
      invalidRequest(
        'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
      ),
    );
    assert.equal((await ask({ client_id: userAssigned.clientId })).status, 200);
  });

  test('an identity that is not there is a 400, never a 404', async () => {
    const notFound = invalidRequest('Identity not found');
    assert.deepEqual(await ask({ client_id: 'nonsense' }), notFound);
    assert.deepEqual(await ask({ client_id: userAssigned.principalId }), notFound);
    assert.deepEqual(await ask({ msi_res_id: `${userAssigned.resourceId}2` }), notFound);
    assign(undefined);
    assert.deepEqual(await ask(), notFound);
  });

  test('wants Metadata: true, exactly, before anything else', async () => {
    const missing = invalidRequest('Required metadata header not specified');
    assert.deepEqual(await get('/metadata/identity/oauth2/token', {}), missing);
    for (const headers of [
      {},
      { Metadata: 'True' },
      { Metadata: '1' },
      { 'X-IDENTITY-HEADER': 'x' },
    ]) {
      assert.deepEqual(await ask({}, headers), missing);
    }
  });

  test('refuses forwarded requests', async () => {
    assert.equal((await ask({}, { Metadata: 'true', 'X-Forwarded-For': '10.0.0.1' })).status, 400);
  });

  test('names its newest versions for a missing or unknown one', async () => {
    const newest = ['2023-07-01', '2021-12-13', '2021-11-15'];
    assert.deepEqual(await get(`/metadata/identity/oauth2/token?resource=${MANAGEMENT}`), {
      status: 400,
      body: {
        error:
          'Bad request. api-version was not specified in the request. For more information refer to aka.ms/azureimds',
        'newest-versions': newest,
      },
    });
    for (const version of ['2017-12-01', '2018-02-02', '2017-09-01', 'x']) {
      const { status, body } = await ask({ 'api-version': version });
      assert.equal(status, 400);
      assert.match(body.error, /^Bad request\. api-version is invalid or was not specified/);
      assert.deepEqual(body['newest-versions'], newest);
    }
    for (const version of ['2019-08-01', '2021-02-01']) {
      assert.equal((await ask({ 'api-version': version })).status, 200);
    }
  });

  test('refuses a missing and an unknown resource', async () => {
    const missing = invalidRequest("Required query variable 'resource' is missing");
    assert.deepEqual(await get('/metadata/identity/oauth2/token?api-version=2018-02-01'), missing);
    assert.deepEqual(await ask({ resource: '' }), missing);
    const { status, body } = await ask({ resource: 'https://managements.azure.com' });
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), [
      'error',
      'error_description',
      'error_codes',
      'timestamp',
      'trace_id',
      'correlation_id',
      'error_uri',
    ]);
    assert.equal(body.error, 'invalid_resource');
    assert.deepEqual(body.error_codes, [500011]);
    assert.match(
      body.error_description,
      new RegExp(
        `^AADSTS500011: The resource principal named https://managements.azure.com was not found in the tenant named ${tenantId}\\..*\r\nTrace ID: `,
      ),
    );
  });

  test('refuses two ids, and a parameter given twice', async () => {
    assert.equal(
      (await ask({ client_id: userAssigned.clientId, object_id: userAssigned.principalId })).status,
      400,
    );
    assert.equal(
      (
        await get(
          `/metadata/identity/oauth2/token?resource=${MANAGEMENT}&api-version=2018-02-01&resource=x`,
        )
      ).status,
      400,
    );
  });

  test('records token and request, and no part of the token', async () => {
    const since = tenant.journal.position;
    const { body } = await ask({ client_id: userAssigned.clientId });
    const entries = tenant.journal.since(since);
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['token', 'request'],
    );
    assert.ok(!JSON.stringify(entries).includes(body.access_token.split('.')[2]));
  });
});

describe('the rest of IMDS', () => {
  test('says the tenant, the versions and a little about the machine', async () => {
    assert.deepEqual((await get('/metadata/identity/info?api-version=2018-02-01')).body, {
      tenantId,
    });
    assert.equal((await get('/metadata/versions')).body.apiVersions.at(-1), '2023-07-01');
    const { compute } = (await get('/metadata/instance?api-version=2021-02-01')).body;
    assert.equal(compute.resourceId, machineId);
    assert.equal(compute.resourceGroupName, 'rg');
    assert.equal(compute.tags, 'a:b;c:d');
    assert.deepEqual(
      await get('/metadata/instance/compute/location?api-version=2020-06-01&format=text'),
      { status: 200, body: 'westeurope' },
    );
  });

  test('refuses other paths and methods', async () => {
    for (const path of [
      '/',
      '/metadata',
      '/metadata/identity',
      '/metadata/instance/compute/__proto__',
      '/metadata/instance/compute/location',
      '/x/identity/oauth2/token',
    ]) {
      assert.equal(
        (await get(`${path}?api-version=2021-02-01&resource=${MANAGEMENT}`)).status,
        404,
        path,
      );
    }
    assert.equal(
      (
        await get(
          `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${MANAGEMENT}`,
          { Metadata: 'true' },
          'POST',
        )
      ).status,
      405,
    );
  });
});

describe('IMDS through @azure/identity', () => {
  before(() => {
    process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${server.port}`;
  });
  after(() => {
    delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  });

  test('each way to name an identity gives its token', async () => {
    for (const [credential, principal] of [
      [new ManagedIdentityCredential(), systemAssigned],
      [new ManagedIdentityCredential({ clientId: userAssigned.clientId }), userAssigned],
      [
        new ManagedIdentityCredential({ objectId: otherUserAssigned.principalId }),
        otherUserAssigned,
      ],
      [new ManagedIdentityCredential({ resourceId: userAssigned.resourceId ?? '' }), userAssigned],
    ] as const) {
      const { token } = await credential.getToken('https://management.azure.com/.default');
      assert.equal(decodePart(token, 1).oid, principal.principalId);
    }
  });

  test('an identity that is not assigned fails after one request', async () => {
    const since = tenant.journal.position;
    const credential = new ManagedIdentityCredential({
      clientId: '44444444-aaaa-4bbb-8ccc-000000000001',
    });
    await assert.rejects(
      credential.getToken('https://management.azure.com/.default'),
      /Identity not found|invalid_request/,
    );
    assert.equal(tenant.journal.since(since).length, 1);
  });
});
