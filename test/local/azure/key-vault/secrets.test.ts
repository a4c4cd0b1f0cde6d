// Key Vault's data plane through the unmodified SDK: each success beside its refusal.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import { createKeyVault } from '../../../../local/azure/key-vault/create-key-vault.ts';
import type { VaultDataPlane } from '../../../../local/azure/providers/provider.ts';
import {
  addIdentity,
  createDoorParts,
  credentialOf,
  type DoorParts,
  groupId,
  openDoor,
  tenantId,
} from '../../../support/open-door.ts';

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7';
const vaultId = `${groupId}/providers/Microsoft.KeyVault/vaults/kv-test`;
const url = 'https://kv-test.vault.azure.net';
const audience = 'https://vault.azure.net';

let parts: DoorParts;
let vaults: VaultDataPlane;
let close: () => Promise<void>;

function putVault(name: string, more: Partial<Parameters<VaultDataPlane['putVault']>[0]> = {}) {
  vaults.putVault({
    name,
    resourceId: vaultId.replace('kv-test', name),
    location: 'westeurope',
    tenantId,
    enableRbacAuthorization: true,
    softDeleteRetentionInDays: 7,
    ...more,
  });
}

/** A client whose identity has these roles. */
function clientWith(
  roles: readonly { roleId: string; scope: string }[],
  vaultUrl = url,
): SecretClient {
  return new SecretClient(vaultUrl, credentialOf(parts, addIdentity(parts, roles), audience), {
    retryOptions: { maxRetries: 0 },
  });
}
const officer = () => clientWith([{ roleId: secretsOfficer, scope: vaultId }]);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

before(async () => {
  parts = await createDoorParts();
  const keyVault = createKeyVault(parts);
  vaults = keyVault.vaults;
  close = await openDoor(keyVault.listener, '.vault.azure.net:443');
  putVault('kv-test');
  vaults.setSecret('kv-test', 'demo', { value: 'first' });
  vaults.setSecret('kv-test', 'other', { value: 'not for you' });
});
after(() => close());

describe('reading a secret', () => {
  test('works with Secrets User on the secret, and only on that one', async () => {
    const client = clientWith([{ roleId: secretsUser, scope: `${vaultId}/secrets/demo` }]);
    const secret = await client.getSecret('demo');
    assert.equal(secret.value, 'first');
    assert.match(secret.properties.version ?? '', /^[0-9a-f]{32}$/);
    assert.equal(secret.properties.recoveryLevel, 'CustomizedRecoverable+Purgeable');
    await assert.rejects(client.getSecret('other'), { statusCode: 403, code: 'Forbidden' });
  });

  test('without a role is ForbiddenByRbac, word for word', async () => {
    const principal = addIdentity(parts);
    const client = new SecretClient(url, credentialOf(parts, principal, audience));
    await assert.rejects(client.getSecret('demo'), (refusal: RestError) => {
      const { error: body } = refusal.details as {
        error: { code: string; message: string };
      };
      assert.equal(body.code, 'Forbidden');
      assert.deepEqual(body.message.split('\r\n'), [
        'Caller is not authorized to perform action on resource.',
        'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
        `Caller: appid=${principal.clientId};oid=${principal.principalId};iss=https://sts.windows.net/${tenantId}/;xms_mirid=${principal.resourceId}`,
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
        `Resource: '${vaultId.toLowerCase()}/secrets/demo'`,
        'Assignment: (not found)',
        'DenyAssignmentId: null',
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        'Vault: kv-test;location=westeurope',
        '',
      ]);
      return true;
    });
  });

  test('by version gives that version, a foreign version is not found', async () => {
    const client = officer();
    const first = await client.setSecret('versions', 'one');
    await client.setSecret('versions', 'two');
    assert.equal((await client.getSecret('versions')).value, 'two');
    const { version = '' } = first.properties;
    assert.equal((await client.getSecret('versions', { version })).value, 'one');
    await assert.rejects(client.getSecret('versions', { version: '0'.repeat(32) }), {
      statusCode: 404,
      code: 'SecretNotFound',
    });
  });

  test('that is disabled is 403 SecretDisabled; enabled again it is given', async () => {
    const client = officer();
    const { properties } = await client.setSecret('switch', 'on', { enabled: false });
    await assert.rejects(client.getSecret('switch'), {
      statusCode: 403,
      message: 'Operation get is not allowed on a disabled secret.',
    });
    await client.updateSecretProperties('switch', properties.version ?? '', { enabled: true });
    assert.equal((await client.getSecret('switch')).value, 'on');
  });

  test('outside of its nbf and exp still works, as in Azure', async () => {
    const client = officer();
    const expiresOn = new Date('2001-01-01T00:00:00Z');
    const notBefore = new Date('2037-01-01T00:00:00Z');
    await client.setSecret('expired', 'old', { expiresOn });
    await client.setSecret('early', 'new', { notBefore });
    assert.deepEqual((await client.getSecret('expired')).properties.expiresOn, expiresOn);
    assert.deepEqual((await client.getSecret('early')).properties.notBefore, notBefore);
  });

  test('that is not there is 404 with the words of Azure', async () => {
    await assert.rejects(officer().getSecret('missing'), {
      statusCode: 404,
      code: 'SecretNotFound',
      message:
        'A secret with (name/id) missing was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182',
    });
  });

  test('a removed assignment refuses at once, put back it works', async () => {
    const principal = addIdentity(parts);
    const client = new SecretClient(url, credentialOf(parts, principal, audience));
    const assignment = {
      id: `${vaultId}/providers/Microsoft.Authorization/roleAssignments/44444444-0000-4000-8000-000000000001`,
      scope: vaultId,
      principalId: principal.principalId,
      roleDefinitionId: secretsUser,
    };
    parts.access.addAssignment(assignment);
    assert.equal((await client.getSecret('demo')).value, 'first');
    parts.access.removeAssignment(assignment.id);
    await assert.rejects(client.getSecret('demo'), { statusCode: 403 });
    parts.access.addAssignment(assignment);
    assert.equal((await client.getSecret('demo')).value, 'first');
  });
});

describe('writing', () => {
  test('set and update need their own rights', async () => {
    const reader = clientWith([{ roleId: secretsUser, scope: vaultId }]);
    await assert.rejects(reader.setSecret('demo', 'mine'), { statusCode: 403 });
    await assert.rejects(reader.updateSecretProperties('demo', '', { enabled: false }), {
      statusCode: 403,
    });
    await assert.rejects(reader.beginDeleteSecret('demo'), { statusCode: 403 });
    const client = officer();
    const set = await client.setSecret('demo-set', 'mine', {
      contentType: 'text/plain',
      tags: { team: 'blue' },
    });
    const changed = await client.updateSecretProperties('demo-set', set.properties.version ?? '', {
      contentType: 'application/json',
    });
    assert.equal(changed.contentType, 'application/json');
    assert.deepEqual(changed.tags, { team: 'blue' });
    assert.equal(changed.version, set.properties.version);
  });

  test("ARM's set makes a new version only if something changed", () => {
    const first = vaults.setSecret('kv-test', 'deployed', { value: 'v', contentType: 'a' });
    const same = vaults.setSecret('kv-test', 'deployed', { value: 'v', contentType: 'a' });
    const other = vaults.setSecret('kv-test', 'deployed', { value: 'v', contentType: 'b' });
    assert.equal(same.secretUriWithVersion, first.secretUriWithVersion);
    assert.notEqual(other.secretUriWithVersion, first.secretUriWithVersion);
    assert.equal(other.secretUri, `${url}/secrets/deployed`);
  });
});

describe('lists', () => {
  test('secrets and versions come page by page, without values, and need readMetadata', async () => {
    putVault('kv-list');
    const scope = vaultId.replace('kv-test', 'kv-list');
    for (let index = 0; index < 30; index++) {
      vaults.setSecret('kv-list', `secret-${String(index).padStart(2, '0')}`, { value: 'x' });
    }
    for (const value of ['a', 'b', 'c']) vaults.setSecret('kv-list', 'secret-00', { value });
    const listUrl = 'https://kv-list.vault.azure.net';
    const client = clientWith([{ roleId: secretsUser, scope }], listUrl);
    const secrets = await collect(client.listPropertiesOfSecrets());
    assert.equal(secrets.length, 30);
    assert.equal(secrets.at(-1)?.name, 'secret-29');
    const pages = await collect(
      client.listPropertiesOfSecretVersions('secret-00').byPage({ maxPageSize: 3 }),
    );
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 1],
    );
    const onSecret = clientWith(
      [{ roleId: secretsUser, scope: `${scope}/secrets/secret-00` }],
      listUrl,
    );
    assert.equal((await collect(onSecret.listPropertiesOfSecretVersions('secret-00'))).length, 4);
    await assert.rejects(collect(onSecret.listPropertiesOfSecrets()), { statusCode: 403 });
  });
});

describe('soft delete', () => {
  test('a deleted secret is gone, holds its name, and can be recovered', async () => {
    const client = officer();
    await client.setSecret('bin', 'kept');
    const poller = await client.beginDeleteSecret('bin', { intervalInMs: 1 });
    const deleted = await poller.pollUntilDone();
    assert.equal(deleted.recoveryId, `${url}/deletedsecrets/bin`);
    await assert.rejects(client.getSecret('bin'), { statusCode: 404, code: 'SecretNotFound' });
    await assert.rejects(client.setSecret('bin', 'again'), { statusCode: 409, code: 'Conflict' });
    assert.throws(() => vaults.setSecret('kv-test', 'bin', { value: 'again' }), { status: 409 });
    const names = (await collect(client.listDeletedSecrets())).map(({ name }) => name);
    assert.deepEqual(names, ['bin']);
    await (await client.beginRecoverDeletedSecret('bin', { intervalInMs: 1 })).pollUntilDone();
    assert.equal((await client.getSecret('bin')).value, 'kept');
  });

  test('purge needs its own role and frees the name; purge protection refuses it', async () => {
    const client = officer();
    const purger = officer();
    await client.setSecret('purged', 'x');
    await (await client.beginDeleteSecret('purged', { intervalInMs: 1 })).pollUntilDone();
    const reader = clientWith([{ roleId: secretsUser, scope: vaultId }]);
    await assert.rejects(reader.purgeDeletedSecret('purged'), { statusCode: 403 });
    putVault('kv-test', { enablePurgeProtection: true });
    await assert.rejects(purger.purgeDeletedSecret('purged'), /purge protection is enabled/);
    putVault('kv-test');
    await purger.purgeDeletedSecret('purged');
    await assert.rejects(client.getDeletedSecret('purged'), {
      statusCode: 404,
      message: 'Deleted Secret not found: purged',
    });
    assert.equal((await client.setSecret('purged', 'new')).value, 'new');
  });

  test('the retention period purges by itself', async () => {
    putVault('kv-late');
    const scope = vaultId.replace('kv-test', 'kv-late');
    const client = clientWith(
      [{ roleId: secretsOfficer, scope }],
      'https://kv-late.vault.azure.net',
    );
    vaults.setSecret('kv-late', 'brief', { value: 'x' });
    await (await client.beginDeleteSecret('brief', { intervalInMs: 1 })).pollUntilDone();
    parts.clock.advanceMs(7 * 24 * 3600_000 + 1000);
    const later = clientWith(
      [{ roleId: secretsOfficer, scope }],
      'https://kv-late.vault.azure.net',
    );
    assert.deepEqual(await collect(later.listDeletedSecrets()), []);
    await later.setSecret('brief', 'again');
  });

  test('a vault that is removed keeps its name, and put again its secrets', () => {
    putVault('kv-gone');
    const before = vaults.setSecret('kv-gone', 's', { value: 'x' });
    vaults.removeVault('kv-gone');
    assert.ok(vaults.isVaultNameTaken('KV-gone'));
    assert.throws(() => vaults.setSecret('kv-gone', 's', { value: 'x' }), { status: 404 });
    putVault('kv-gone');
    assert.deepEqual(vaults.setSecret('kv-gone', 's', { value: 'x' }), before);
  });
});

describe('backup', () => {
  test('carries all versions to another vault, and is refused where the name is taken', async () => {
    putVault('kv-copy');
    const client = officer();
    await client.setSecret('moved', 'one');
    await client.setSecret('moved', 'two');
    const backup = await client.backupSecret('moved');
    assert.ok(backup);
    assert.ok(!Buffer.from(backup).includes('two'));
    await assert.rejects(client.restoreSecretBackup(backup), { statusCode: 409 });
    const scope = vaultId.replace('kv-test', 'kv-copy');
    const target = clientWith(
      [{ roleId: secretsOfficer, scope }],
      'https://kv-copy.vault.azure.net',
    );
    await target.restoreSecretBackup(backup);
    assert.equal((await target.getSecret('moved')).value, 'two');
    assert.equal((await collect(target.listPropertiesOfSecretVersions('moved'))).length, 2);
    backup[40] = (backup[40] ?? 0) ^ 1;
    await assert.rejects(target.restoreSecretBackup(backup), { statusCode: 400 });
  });
});

describe('a vault with access policies', () => {
  test('goes by its policies and not by roles', async () => {
    const scope = vaultId.replace('kv-test', 'kv-policy');
    const listed = addIdentity(parts);
    const owner = addIdentity(parts, [{ roleId: secretsOfficer, scope }]);
    putVault('kv-policy', {
      enableRbacAuthorization: false,
      accessPolicies: [{ objectId: listed.principalId, secrets: ['Get'] }],
    });
    vaults.setSecret('kv-policy', 's', { value: 'x' });
    const client = (principal: typeof listed) =>
      new SecretClient(
        'https://kv-policy.vault.azure.net',
        credentialOf(parts, principal, audience),
      );
    assert.equal((await client(listed).getSecret('s')).value, 'x');
    await assert.rejects(
      client(listed).setSecret('s', 'y'),
      /does not have secrets set permission on key vault 'kv-policy;location=westeurope'/,
    );
    await assert.rejects(client(owner).getSecret('s'), { statusCode: 403, code: 'Forbidden' });
  });
});

test('no value and no token is ever in the journal', () => {
  const text = JSON.stringify(parts.journal.since());
  for (const secret of ['not for you', 'kept', 'eyJ']) assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes('SecretDisabled') === false && text.includes('"code":"Forbidden"'));
});
