// The three clients through their unmodified SDKs, over TLS under production names, against scripted servers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createBlobs } from '../../shared/blobs.ts';
import { within } from '../../shared/deadline.ts';
import type { AppError } from '../../shared/errors.ts';
import { errorResponse } from '../../shared/http-response.ts';
import { createKeyVault } from '../../shared/key-vault.ts';
import { createResourceManager } from '../../shared/resource-manager.ts';
import { CANARY_TOKEN, canaryCredential, json, openScriptedDoor } from './scripted-door.ts';

const SCOPE = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg-app';
const arm = await openScriptedDoor('management.azure.com:443');
const vault = await openScriptedDoor('.vault.azure.net:443');
const storage = await openScriptedDoor('.blob.core.windows.net:443');
const stranger = await openScriptedDoor('management.azure.com.evil.example:443');

const inHand = () => 'oid-in-hand';
const resourceManager = createResourceManager(canaryCredential, inHand);
const keyVault = () =>
  createKeyVault(new URL('https://kv-app.vault.azure.net/'), canaryCredential, inHand);
const blobs = createBlobs(
  new URL('https://stapp.blob.core.windows.net/state'),
  canaryCredential,
  inHand,
);

const VAULT_CHALLENGE = {
  'www-authenticate':
    'Bearer authorization="https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee", resource="https://vault.azure.net"',
};

/** Runs it for 3 s at most; gives the refusal, and checks that nothing of it gives a token or a body away. */
async function refusal(call: () => Promise<unknown>, budgetMs = 3_000): Promise<AppError> {
  try {
    await within(budgetMs, 'app', call);
  } catch (error) {
    for (const shown of [inspect(error), String(error), JSON.stringify(errorResponse(error))]) {
      assert.ok(!shown.includes(CANARY_TOKEN) && !shown.includes('canary'), shown);
    }
    const { message, nextStep } = error as AppError;
    assert.ok(message.length > 10 && nextStep.length > 5);
    return error as AppError;
  }
  throw new Error('no refusal');
}

describe('Resource Manager', () => {
  it('lists a page at a time with the times of the resources', async () => {
    arm.answer = (request, response) => {
      const isSecond = request.url?.includes('skiptoken');
      json(response, 200, {
        value: [{ id: isSecond ? '/b' : '/a', createdTime: '2026-11-25T02:00:00.1234567Z' }],
        ...(isSecond
          ? {}
          : {
              nextLink: `https://management.azure.com${SCOPE}/resources?api-version=2025-04-01&%24skiptoken=x`,
            }),
      });
    };
    const first = await resourceManager.listPage(SCOPE);
    assert.equal(first.resources[0]?.id, '/a');
    assert.equal(first.resources[0]?.createdTime?.toISOString(), '2026-11-25T02:00:00.123Z');
    assert.match(arm.requests[0] ?? '', /\$expand=createdTime(&|$)/);
    const second = await resourceManager.listPage(SCOPE, first.nextPage);
    assert.equal(second.resources[0]?.id, '/b');
    assert.equal(second.nextPage, undefined);
  });

  it('[21] sends nothing to a foreign host that a nextLink names', async () => {
    for (const nextLink of [
      'https://management.azure.com.evil.example/steal',
      'http://management.azure.com/plain',
      'https://management.azure.com:8443/port',
      'https://management.azure.com@evil.example/user',
      'https://user@management.azure.com/user',
      'https://user:password@management.azure.com/user',
      '//evil.example/relative',
    ]) {
      const error = await refusal(() => resourceManager.listPage(SCOPE, nextLink));
      assert.equal(error.code, 'UNEXPECTED');
      assert.match(error.message, /was not sent/);
    }
    assert.deepEqual(stranger.requests, []);
  });

  it('[13] says who was refused what, on any page', async () => {
    arm.answer = (_, response) =>
      json(response, 403, {
        error: {
          code: 'AuthorizationFailed',
          message: `The client 'c' with object id 'oid-1' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourceGroups/resources/read' over scope '${SCOPE}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        },
      });
    for (const page of [
      undefined,
      `https://management.azure.com${SCOPE}/resources?%24skiptoken=x`,
    ]) {
      const error = await refusal(() => resourceManager.listPage(SCOPE, page));
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.deepEqual(error.access, {
        principalId: 'oid-1',
        action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
        scope: SCOPE,
        role: 'Reader',
      });
    }
  });

  for (const [code, said, expected] of [
    ['InvalidAuthenticationTokenAudience', 'wrong audience', /another audience/],
    ['ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier', /has expired/],
    [
      'InvalidAuthenticationToken',
      'The access token is invalid: signature',
      /signature is not trusted/,
    ],
  ] as const) {
    it(`explains 401 ${code}`, async () => {
      arm.answer = (_, response) => json(response, 401, { error: { code, message: said } });
      const error = await refusal(() => resourceManager.listPage(SCOPE));
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.equal(error.access, undefined, 'no role would help');
      assert.match(error.message, expected);
    });
  }

  it('says NOT_FOUND for a group that is not there', async () => {
    arm.answer = (_, response) =>
      json(response, 404, { error: { code: 'ResourceGroupNotFound', message: 'canary' } });
    assert.equal((await refusal(() => resourceManager.probe(SCOPE))).code, 'NOT_FOUND');
  });

  it('[15] waits for a Retry-After that fits, and says THROTTLED when it does not', async () => {
    let throttled = 0;
    arm.answer = (_, response) =>
      throttled++ === 0
        ? json(response, 429, {}, { 'retry-after': '1' })
        : json(response, 200, { value: [] });
    await within(3_000, 'app', () => resourceManager.listPage(SCOPE));
    assert.equal(throttled, 2);

    arm.answer = (_, response) => json(response, 429, {}, { 'retry-after': '600' });
    const error = await refusal(() => resourceManager.listPage(SCOPE));
    assert.equal(error.code, 'THROTTLED');
    assert.equal(error.retryAfterSeconds, 600);
    assert.deepEqual(
      (errorResponse(error).headers as Record<string, string>)['Retry-After'],
      '600',
    );
  });

  it("[15] reads a Retry-After that is a date, by the target's clock; without both it waits as it likes", async () => {
    const date = 'Sun, 25 Nov 2035 12:00:00 GMT';
    arm.answer = (_, response) =>
      json(response, 429, {}, { date, 'retry-after': 'Sun, 25 Nov 2035 12:05:00 GMT' });
    const since = arm.requests.length;
    const error = await refusal(() => resourceManager.listPage(SCOPE));
    assert.deepEqual([error.code, error.retryAfterSeconds], ['THROTTLED', 300]);
    assert.equal(arm.requests.length, since + 1, 'it is not asked in vain');

    for (const headers of [{ date, 'retry-after': 'soon' }, {}]) {
      let throttled = 0;
      arm.answer = (_, response) =>
        throttled++ < 2 ? json(response, 429, {}, headers) : json(response, 200, { value: [] });
      await within(3_000, 'app', () => resourceManager.listPage(SCOPE));
      assert.equal(throttled, 3);
    }
  });

  it('[16] tries a failing page again, and tells when it keeps failing', async () => {
    let failed = 0;
    arm.answer = (_, response) =>
      failed++ === 0 ? json(response, 503, {}) : json(response, 200, { value: [] });
    await resourceManager.listPage(SCOPE);
    assert.equal(failed, 2);
    arm.answer = (_, response) => json(response, 500, { error: { code: 'InternalServerError' } });
    const error = await refusal(() => resourceManager.listPage(SCOPE));
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /500 InternalServerError/);
  });

  it('says TARGET_UNAVAILABLE for half an answer, without quoting it', async () => {
    arm.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"value":[{"id":"canary');
    };
    const error = await refusal(() => resourceManager.listPage(SCOPE));
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /was cut or can't be read/);
  });

  it('[22] ends when the time is up although the server is silent', async () => {
    arm.answer = () => {};
    const started = performance.now();
    const error = await refusal(() => resourceManager.listPage(SCOPE), 500);
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.ok(performance.now() - started < 1_500);
  });
});

describe('Key Vault', () => {
  const answerAfterChallenge =
    (status: number, body: unknown): typeof vault.answer =>
    (request, response) =>
      request.headers.authorization
        ? json(response, status, body)
        : json(response, 401, { error: { code: 'Unauthorized' } }, VAULT_CHALLENGE);

  it('tells facts about a secret, never its value', async () => {
    vault.answer = answerAfterChallenge(200, {
      value: 'canary-secret',
      id: 'https://kv-app.vault.azure.net/secrets/demo/0123456789abcdef0123456789abcdef',
      contentType: 'text/plain',
      attributes: { enabled: true, created: 1, updated: 2, exp: 3 },
    });
    const secret = await keyVault().readSecret('demo');
    assert.deepEqual(
      { ...secret, updatedOn: undefined, expiresOn: undefined },
      {
        name: 'demo',
        version: '0123456789abcdef0123456789abcdef',
        contentType: 'text/plain',
        enabled: true,
        validity: 'expired',
        expiresOn: undefined,
        updatedOn: undefined,
        length: 13,
      },
    );
    assert.ok(!JSON.stringify(secret).includes('canary'));
  });

  it('[13] says who was refused what, and which role allows it', async () => {
    const message = [
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      'Caller: appid=app-1;oid=oid-1;iss=https://sts.windows.net/t/;xms_mirid=/m;xms_az_rid=/r',
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
      "Resource: '/subscriptions/s/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv-app/secrets/demo'",
      'Assignment: (not found)',
      '',
    ].join('\r\n');
    vault.answer = answerAfterChallenge(403, {
      error: { code: 'Forbidden', message, innererror: { code: 'ForbiddenByRbac' } },
    });
    const error = await refusal(() => keyVault().readSecret('demo'));
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.deepEqual(error.access, {
      principalId: 'oid-1',
      action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      scope:
        '/subscriptions/s/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv-app/secrets/demo',
      role: 'Key Vault Secrets User',
    });
  });

  for (const [innerCode, code, expected] of [
    ['SecretDisabled', 'NOT_FOUND', /disabled/],
    ['AccessDenied', 'CONFIG_INVALID', /access policies/],
    ['ForbiddenByPolicy', 'CONFIG_INVALID', /access policies/],
    ['ForbiddenByFirewall', 'CONFIG_INVALID', /firewall/],
  ] as const) {
    it(`[43] has own words for ${innerCode}`, async () => {
      vault.answer = answerAfterChallenge(403, {
        error: { code: 'Forbidden', message: 'canary', innererror: { code: innerCode } },
      });
      const error = await refusal(() => keyVault().readSecret('demo'));
      assert.equal(error.code, code);
      assert.match(error.message, expected);
    });
  }

  it('[T13] refuses the challenge of a foreign resource', async () => {
    vault.answer = (_, response) =>
      json(
        response,
        401,
        {},
        {
          'www-authenticate':
            'Bearer authorization="https://evil.example/t", resource="https://evil.example"',
        },
      );
    const asked = vault.requests.length;
    assert.equal((await refusal(() => keyVault().readSecret('demo'))).code, 'UNEXPECTED');
    assert.equal(vault.requests.length, asked + 1);
  });

  it('[42] ends in time when the vault is silent', async () => {
    vault.answer = () => {};
    const started = performance.now();
    const error = await refusal(() => keyVault().readSecret('demo'), 1_000);
    assert.ok(performance.now() - started < 2_000);
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /kv-app\.vault\.azure\.net did not answer/);
  });

  it('[42] says THROTTLED for 429', async () => {
    vault.answer = answerAfterChallenge(429, { error: { code: 'Throttled' } });
    assert.equal((await refusal(() => keyVault().readSecret('demo'), 1_000)).code, 'THROTTLED');
  });
});

describe('blobs', () => {
  it('[13] say who was refused what, from the token in hand', async () => {
    storage.answer = (_, response) => {
      response.writeHead(403, {
        'content-type': 'application/xml',
        'x-ms-error-code': 'AuthorizationPermissionMismatch',
      });
      response.end(
        '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>canary</Message></Error>',
      );
    };
    for (const call of [
      () => blobs.read('x.json'),
      () => blobs.write('x.json', '{}', undefined),
      () => blobs.probe(),
    ]) {
      const error = await refusal(call);
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.equal(error.access?.principalId, 'oid-in-hand');
      assert.equal(error.access?.role, 'Storage Blob Data Contributor');
      assert.match(
        error.access?.scope ?? '',
        /^https:\/\/stapp\.blob\.core\.windows\.net\/state\//,
      );
    }
  });

  it('tell a missing container from a missing blob', async () => {
    const missing =
      (code: string): typeof storage.answer =>
      (_, response) => {
        response.writeHead(404, { 'x-ms-error-code': code, date: 'Wed, 25 Nov 2026 02:13:00 GMT' });
        response.end();
      };
    storage.answer = missing('BlobNotFound');
    const { text, serverTime } = await blobs.read('x.json');
    assert.equal(text, undefined);
    assert.equal(serverTime.toISOString(), '2026-11-25T02:13:00.000Z');
    await blobs.probe();
    storage.answer = missing('ContainerNotFound');
    assert.match((await refusal(() => blobs.read('x.json'))).message, /container does not exist/);
    assert.match((await refusal(() => blobs.probe())).message, /container does not exist/);
  });

  it('give up a body that stops half-way', async () => {
    storage.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100', etag: '"1"' });
      response.write('{"schemaVersion":1');
    };
    const error = await refusal(() => blobs.read('x.json'), 700);
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
  });
});

describe('connections', () => {
  it('[46] name the name that does not resolve', async () => {
    const nowhere = createKeyVault(
      new URL('https://kv-nowhere.vault.invalid/'),
      canaryCredential,
      inHand,
    );
    const error = await refusal(() => nowhere.readSecret('demo'));
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /kv-nowhere\.vault\.invalid/);
  });
});
