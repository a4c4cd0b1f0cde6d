// Key Vault's data plane on the wire, against [R25] to [R29].
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { createKeyVault } from '../../../../local/azure/key-vault/create-key-vault.ts';
import {
  addIdentity,
  createDoorParts,
  type DoorParts,
  groupId,
  openDoor,
  sendRaw,
  tenantId,
} from '../../../support/open-door.ts';

const secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7';
const vaultId = `${groupId}/providers/Microsoft.KeyVault/vaults/kv-wire`;
const host = 'kv-wire.vault.azure.net';
const audience = 'https://vault.azure.net';

let parts: DoorParts;
let close: () => Promise<void>;
let officer: Principal;

async function bearer(principal = officer, aud = audience): Promise<Record<string, string>> {
  const { accessToken } = await parts.tokens.issue(principal, aud);
  return { Authorization: `Bearer ${accessToken}` };
}

async function send(path: string, more: Parameters<typeof sendRaw>[2] = {}) {
  const answer = await sendRaw(host, path, { headers: await bearer(), ...more });
  return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined };
}

before(async () => {
  parts = await createDoorParts();
  const { listener, vaults } = createKeyVault(parts);
  close = await openDoor(listener, '.vault.azure.net:443');
  vaults.putVault({
    name: 'kv-wire',
    resourceId: vaultId,
    location: 'West Europe',
    tenantId,
    enableRbacAuthorization: true,
    softDeleteRetentionInDays: 90,
  });
  officer = addIdentity(parts, [{ roleId: secretsOfficer, scope: vaultId }]);
  for (const name of ['a', 'b', 'c'])
    vaults.setSecret('kv-wire', name, { value: `value of ${name}` });
});
after(() => close());

describe('authentication', () => {
  test('no token: the challenge, and nothing of the vault', async () => {
    const { status, headers, json } = await send('/secrets/a/?api-version=7.4', { headers: {} });
    assert.equal(status, 401);
    assert.equal(
      headers['www-authenticate'],
      `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
    );
    assert.deepEqual(json, {
      error: {
        code: 'Unauthorized',
        message: 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.',
      },
    });
    assert.equal(headers['x-ms-keyvault-rbac-assignment-id'], undefined);
  });

  test('another audience is quoted; the slash at the end may be there', async () => {
    const wrong = await bearer(officer, 'https://management.azure.com/');
    const refused = await send('/secrets/a?api-version=7.4', { headers: wrong });
    assert.equal(refused.status, 401);
    assert.equal(
      refused.json.error.message,
      'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/.',
    );
    const slash = await bearer(officer, 'https://vault.azure.net/');
    assert.equal((await send('/secrets/a?api-version=7.4', { headers: slash })).status, 200);
  });

  test('forged, expired, doubled and foreign tokens are 401 with the challenge', async () => {
    const good = (await bearer()).Authorization ?? '';
    const [head, , signature] = good.split('.');
    const claims = Buffer.from(JSON.stringify({ oid: officer.principalId })).toString('base64url');
    const { accessToken: expired } = await parts.tokens.issue(officer, audience, {
      lifetimeSeconds: -301,
    });
    const gone = addIdentity(parts, [{ roleId: secretsOfficer, scope: vaultId }]);
    const ofGone = await bearer(gone);
    parts.directory.remove(gone.principalId);
    const forged: Record<string, string | string[]>[] = [
      { Authorization: `${head}.${claims}.${signature}` },
      { Authorization: good.slice(0, -4) },
      { Authorization: `Bearer ${expired}` },
      { Authorization: [good, good] },
      { Authorization: good.replace('Bearer', 'Basic') },
      ofGone,
    ];
    for (const headers of forged) {
      const {
        status,
        json,
        headers: answer,
      } = await send('/secrets/a?api-version=7.4', { headers });
      assert.equal(status, 401, JSON.stringify(json));
      assert.equal(json.error.code, 'Unauthorized');
      assert.ok(answer['www-authenticate']);
      assert.ok(!JSON.stringify(json).includes(good.slice(20, 60)));
    }
  });
});

describe('answers', () => {
  test('the keys come in order, with the headers of the data plane', async () => {
    const { status, headers, body, json } = await send('/secrets/a/?api-version=7.4', {
      headers: { ...(await bearer()), 'x-ms-client-request-id': 'mine' },
    });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ['value', 'id', 'attributes']);
    assert.deepEqual(Object.keys(json.attributes), [
      'enabled',
      'created',
      'updated',
      'recoveryLevel',
      'recoverableDays',
    ]);
    assert.equal(json.attributes.recoveryLevel, 'Recoverable+Purgeable');
    assert.match(json.id, /^https:\/\/kv-wire\.vault\.azure\.net\/secrets\/a\/[0-9a-f]{32}$/);
    assert.ok(body.startsWith('{"value":"value of a"'));
    assert.equal(headers['x-ms-client-request-id'], 'mine');
    assert.equal(headers['x-ms-keyvault-region'], 'westeurope');
    assert.match(String(headers['x-ms-keyvault-rbac-assignment-id']), /^[0-9a-f]{32}$/);
    assert.equal(headers['strict-transport-security'], 'max-age=31536000;includeSubDomains');
  });

  test('a 404 has no innererror but the assignment, a 403 no assignment', async () => {
    const missing = await send('/secrets/none?api-version=7.4');
    assert.deepEqual(Object.keys(missing.json.error), ['code', 'message']);
    assert.match(String(missing.headers['x-ms-keyvault-rbac-assignment-id']), /^[0-9a-f]{32}$/);
    const refused = await send('/secrets/a?api-version=7.4', {
      headers: await bearer(addIdentity(parts)),
    });
    assert.equal(refused.json.error.innererror.code, 'ForbiddenByRbac');
    assert.equal(refused.headers['x-ms-keyvault-rbac-assignment-id'], undefined);
    const entry = parts.journal.since().findLast((fact) => fact.kind === 'request');
    assert.equal(entry?.kind === 'request' && entry.code, 'Forbidden');
  });

  test('whoever may not read a secret does not learn whether it exists', async () => {
    const headers = await bearer(addIdentity(parts));
    const there = await send('/secrets/a?api-version=7.4', { headers });
    const notThere = await send('/secrets/none?api-version=7.4', { headers });
    assert.equal(there.status, notThere.status);
    assert.equal(there.body.replaceAll('secrets/a', 'secrets/none'), notThere.body);
  });

  test('nextLink has :443, keeps the page size, and is null at the end', async () => {
    const first = await send('/secrets?api-version=7.4&maxresults=2');
    assert.equal(first.json.value.length, 2);
    assert.match(
      first.json.nextLink,
      /^https:\/\/kv-wire\.vault\.azure\.net:443\/secrets\?api-version=7\.4&\$skiptoken=[\w-]+&maxresults=2$/,
    );
    assert.equal(first.json.value[0].id, 'https://kv-wire.vault.azure.net/secrets/a');
    const { pathname, search } = new URL(first.json.nextLink);
    const second = await send(pathname + search);
    assert.deepEqual(
      second.json.value.map(({ id }: { id: string }) => id),
      ['https://kv-wire.vault.azure.net/secrets/c'],
    );
    assert.equal(second.json.nextLink, null);
  });
});

describe('api-version', () => {
  test('7.0 to 7.6 and dates are served, also when the name comes encoded', async () => {
    for (const version of ['7.0', '7.6', '7.6-preview.2', '2025-07-01', '2026-04-01']) {
      assert.equal((await send(`/secrets/a?api-version=${version}`)).status, 200, version);
      assert.equal((await send(`/secrets/a?api%2Dversion=${version}`)).status, 200, version);
    }
  });

  test('missing or unknown ones are 400 BadParameter', async () => {
    for (const query of ['', '?api-version=', '?api-version=7.9', '?api-version=x']) {
      const { status, json } = await send(`/secrets/a${query}`);
      assert.equal(status, 400, query);
      assert.equal(json.error.code, 'BadParameter');
    }
    const { json } = await send('/secrets/a?api-version=7.9');
    assert.match(json.error.message, /^The specified version \(7\.9\) is not recognized\. /);
  });
});

describe('bad input', () => {
  test('names and bodies that Key Vault does not take are 400', async () => {
    for (const name of [
      'my_secret',
      'a%20b',
      '%C3%A9',
      'x'.repeat(128),
      '__proto__',
      '%00',
      '%ZZ',
    ]) {
      const { status, json } = await send(`/secrets/${name}?api-version=7.4`);
      assert.equal(status, 400, name);
      assert.match(json.error.message, /^The request URI contains an invalid name: [ -~]{1,64}$/);
    }
    for (const body of ['', 'text', '[]', 'null', '{}', '{"value":1}', '{"value":"x","tags":1}']) {
      const { status, json } = await send('/secrets/new?api-version=7.4', {
        method: 'PUT',
        headers: await bearer(),
        body,
      });
      assert.equal(status, 400, body);
      assert.equal(json.error.code, 'BadParameter');
    }
    const value = JSON.stringify({ value: 'x'.repeat(25 * 1024 + 1) });
    const large = await send('/secrets/new?api-version=7.4', {
      method: 'PUT',
      headers: await bearer(),
      body: value,
    });
    assert.equal(large.status, 400);
    assert.equal((await send('/secrets/new?api-version=7.4')).status, 404);
  });

  test('page sizes and tokens out of range are 400', async () => {
    for (const query of ['maxresults=0', 'maxresults=26', 'maxresults=-1', '$skiptoken=%2F']) {
      assert.equal((await send(`/secrets?api-version=7.4&${query}`)).status, 400, query);
    }
  });

  test('what is not served says so', async () => {
    assert.equal((await send('/keys/k?api-version=7.4')).status, 501);
    assert.equal(
      (await send('/secrets/a?api-version=7.4', { method: 'POST', headers: await bearer() }))
        .status,
      405,
    );
    assert.equal((await send('/?api-version=7.4')).status, 404);
    const unknown = await sendRaw('kv-none.vault.azure.net', '/secrets/a?api-version=7.4', {
      headers: await bearer(),
    });
    assert.equal(unknown.status, 404);
  });
});
