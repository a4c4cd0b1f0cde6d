// Named values, certificates and host names of anybody's API Management: whose secret is read, and who is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addIdentity, grant } from '../../../support/local-azure.ts';
import { tenantId } from '../../../support/open-door.ts';
import {
  arm,
  azure,
  decisions,
  deploy,
  identityOf,
  openWorld,
  PFX,
  setSecret,
  VALUE,
} from './open-api-management.ts';

test('an object id for a client id, or no identity of that kind, is refused before the vault is asked', async () => {
  const world = await openWorld('whose');
  await deploy('whose');
  const { principalId, clientId } = identityOf(world, 'whose');
  const stranger = addIdentity(azure, 'stranger');
  const before = azure.journal.position;
  const put = (identityClientId?: string) =>
    arm('PUT', `${world.service}/namedValues/other`, {
      properties: {
        displayName: 'other',
        secret: true,
        keyVault: { secretIdentifier: world.secretIdentifier, identityClientId },
      },
    });
  for (const wrong of [principalId, stranger.clientId]) {
    const refused = await put(wrong);
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.body.error, {
      code: 'ValidationError',
      message: 'One or more fields contain incorrect values:',
      details: [
        {
          code: 'ValidationError',
          target: 'identityClientId',
          message: `Can not find Managed Identity with provided IdentityClientId : ${wrong}. For more information please see aka.ms/apimmsi.`,
        },
      ],
    });
  }
  const none = await put();
  assert.equal(none.status, 400);
  assert.match(
    none.body.error.message,
    /type: System Assigned .* is not enabled on the API Management/,
  );
  assert.deepEqual(decisions(before), []);
  assert.equal((await put(clientId.toUpperCase())).status, 201);
});

test('a secret that is not there, is disabled or is in no vault is refused with Key Vault\u2019s reason', async () => {
  const world = await openWorld('gone');
  await deploy('gone');
  const identity = identityOf(world, 'gone');
  grant(azure, identity, 'Key Vault Secrets User', world.vault);
  const put = (secretIdentifier: string) =>
    arm('PUT', `${world.service}/namedValues/other`, {
      properties: {
        displayName: 'other',
        secret: true,
        keyVault: { secretIdentifier, identityClientId: identity.clientId },
      },
    });
  await setSecret(world.vault, VALUE, { enabled: false });
  const wrong = [
    [`${world.secretIdentifier}2`, /\(name\/id\) demo2 was not found in this key vault/],
    [world.secretIdentifier, /Operation get is not allowed on a disabled secret/],
    ['https://kv-nowhere.vault.azure.net/secrets/demo', /no vault at kv-nowhere/],
    ['https://kv-gone.vault.azure.net/certificates/demo', /only accepts KeyVault Secrets type/],
    ['demo', /only accepts KeyVault Secrets type/],
  ] as const;
  for (const [secretIdentifier, reason] of wrong) {
    const refused = await put(secretIdentifier);
    assert.equal(refused.status, 400);
    assert.equal(refused.body.error.code, 'InvalidOperation');
    assert.match(refused.body.error.message, reason);
  }
  await setSecret(world.vault, 'on', { enabled: true });
  assert.equal((await put(world.secretIdentifier)).status, 201);
});

test('listValue is a right of its own, which who may read the named value does not have', async () => {
  const world = await openWorld('reader');
  await deploy('reader');
  const reader = addIdentity(azure, 'apim-reader');
  grant(azure, reader, 'API Management Service Reader Role', world.service);
  assert.equal((await arm('GET', world.namedValue, undefined, reader)).status, 200);
  for (const action of ['listValue', 'refreshSecret']) {
    const refused = await arm('POST', `${world.namedValue}/${action}`, {}, reader);
    assert.equal(refused.status, 403);
    assert.match(refused.body.error.message, new RegExp(`service/namedValues/${action}/action'`));
  }
});

test('a value that is given is shown if it is no secret, and never otherwise', async () => {
  const world = await openWorld('given');
  await deploy('given');
  const path = `${world.service}/namedValues/given`;
  const put = (properties: object) =>
    arm('PUT', path, { properties: { displayName: 'given', ...properties } });
  const plain = await put({ value: VALUE, tags: ['a'] });
  assert.deepEqual(plain.body.properties, {
    displayName: 'given',
    value: VALUE,
    tags: ['a'],
    secret: false,
  });
  const secret = await put({ value: VALUE, secret: true });
  assert.equal(secret.status, 200);
  const patched = await arm('PATCH', path, { properties: { tags: ['b'] } });
  assert.deepEqual(patched.body.properties, { displayName: 'given', tags: ['b'], secret: true });
  assert.deepEqual((await arm('POST', `${path}/listValue`)).body, { value: VALUE });
  assert.equal((await arm('PATCH', path, { properties: { secret: false } })).status, 400);
  assert.ok(![secret, patched, await arm('GET', path)].some(({ text }) => text.includes(VALUE)));
  for (const bad of [{}, { value: ' ' }, { displayName: 'a b', value: 'x' }]) {
    const refused = await put(bad);
    assert.equal(refused.body.error.code, 'ValidationError');
  }
  const noVault = await arm('POST', `${path}/refreshSecret`);
  assert.equal(noVault.status, 400);
});

test('a host name\u2019s certificate is read as the service, once its identity may', async () => {
  const world = await openWorld('hosts');
  const certificates = await openWorld('certs');
  const parameters = {
    gatewayHostName: 'api.example.com',
    certificateVaultName: 'kv-certs',
    certificateName: 'demo',
  };
  const deployed = () =>
    deploy('certs', { ...parameters, vaultName: 'kv-certs', name: 'apim-certs' });
  const notOne = await deployed();
  assert.match(JSON.stringify(notOne.error), /content type application\/x-pkcs12/);

  await setSecret(certificates.vault, PFX);
  const before = azure.journal.position;
  const record = await deployed();
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  const shown = await arm('GET', certificates.service);
  const [own, custom, ...more] = shown.body.properties.hostnameConfigurations;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [own.hostName, own.certificateSource, own.defaultSslBinding],
    ['apim-certs.azure-api.net', 'BuiltIn', false],
  );
  const { clientId, principalId } = identityOf(certificates, 'certs');
  assert.deepEqual(custom, {
    type: 'Proxy',
    hostName: 'api.example.com',
    keyVaultId: certificates.secretIdentifier,
    identityClientId: clientId,
    negotiateClientCertificate: false,
    defaultSslBinding: true,
    certificate: {
      expiry: '2126-11-01T14:49:48+00:00',
      thumbprint: 'E0853299C156C0E21A157C12854973F563F8E499',
      subject: 'CN=*.example.com, O=Example',
    },
    certificateSource: 'KeyVault',
  });
  assert.ok(decisions(before).every((each) => each.principalId === principalId && each.allowed));

  const { hostnameConfigurations } = shown.body.properties;
  const uploads = [{ storeName: 'Root', encodedCertificate: PFX, certificatePassword: 'pass' }];
  const body = {
    location: 'westeurope',
    properties: { hostnameConfigurations, certificates: uploads },
  };
  const again = await arm('PUT', certificates.service, body);
  assert.deepEqual(again.body.properties.hostnameConfigurations, hostnameConfigurations);
  assert.deepEqual(again.body.properties.certificates, [{ storeName: 'Root' }]);
  const elsewhere = await arm('PUT', world.service, {
    ...body,
    identity: { type: 'SystemAssigned' },
    properties: {
      hostnameConfigurations: [
        { type: 'Proxy', hostName: 'api.example.com', keyVaultId: certificates.secretIdentifier },
      ],
    },
  });
  assert.equal(elsewhere.status, 400);
  assert.match(
    elsewhere.body.error.message,
    /Type: SystemAssigned, ClientId: .* has GET permissions/,
  );
  assert.equal((await arm('GET', world.service)).status, 404);
});

test('a certificate for backends is read as the service too, and an upload is never shown', async () => {
  const world = await openWorld('backend');
  await deploy('backend');
  const { clientId } = identityOf(world, 'backend');
  const path = `${world.service}/certificates/backend`;
  const keyVault = { secretIdentifier: world.secretIdentifier, identityClientId: clientId };
  const put = (properties: object) => arm('PUT', path, { properties });
  const wrong = await put({ keyVault });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error.message, /content type application\/x-pkcs12/);

  await setSecret(world.vault, PFX);
  const facts = {
    subject: 'CN=*.example.com, O=Example',
    thumbprint: 'E0853299C156C0E21A157C12854973F563F8E499',
    expirationDate: '2126-11-01T14:49:48Z',
  };
  const made = await put({ keyVault });
  assert.equal(made.status, 201, made.text);
  const { lastStatus } = made.body.properties.keyVault;
  assert.equal(lastStatus.code, 'Success');
  assert.deepEqual(made.body.properties, { ...facts, keyVault: { ...keyVault, lastStatus } });

  await setSecret(world.vault, 'no certificate');
  assert.equal((await arm('POST', `${path}/refreshSecret`)).status, 400);
  const kept = await arm('GET', path);
  assert.equal(kept.body.properties.keyVault.lastStatus.code, 'InvalidOperation');
  assert.equal(kept.body.properties.thumbprint, facts.thumbprint);

  const uploaded = await put({ data: PFX, password: '' });
  assert.deepEqual(uploaded.body.properties, facts);
});

test('a named value of a workspace is as secret, and a vault with access policies decides by them', async () => {
  const world = await openWorld('policies');
  await deploy('policies');
  const workspace = `${world.service}/workspaces/team`;
  assert.equal((await arm('PUT', workspace, { properties: { displayName: 'Team' } })).status, 201);
  const { clientId, principalId } = identityOf(world, 'policies');
  const setPolicies = (accessPolicies: readonly object[]) =>
    arm('PUT', world.vault, {
      location: 'westeurope',
      properties: {
        ...{ tenantId, sku: { family: 'A', name: 'standard' }, accessPolicies },
        enableRbacAuthorization: false,
      },
    });
  const path = `${workspace}/namedValues/team-key`;
  const put = () =>
    arm('PUT', path, {
      properties: {
        displayName: 'team-key',
        secret: true,
        keyVault: { secretIdentifier: world.secretIdentifier, identityClientId: clientId },
      },
    });
  await setPolicies([]);
  const refused = await put();
  assert.equal(refused.status, 400);
  assert.match(refused.body.error.message, /has GET permissions on secrets in the KeyVault Access/);
  await setPolicies([{ tenantId, objectId: principalId, permissions: { secrets: ['get'] } }]);
  const made = await put();
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(VALUE));
  assert.deepEqual((await arm('POST', `${path}/listValue`)).body, { value: VALUE });
});
