// The credential over the wire: the unmodified ManagedIdentityCredential against a scripted endpoint.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCredential } from '../../shared/credential.ts';
import type { AppError } from '../../shared/errors.ts';
import { type LadderLimits, LIMITS } from '../../shared/identity/request-token.ts';
import { giveToken, respond, startIdentityEndpoint } from './identity/identity-endpoint.ts';

const endpoint = await startIdentityEndpoint();

/** msal-node caches per process and client id: each test has its own. */
function createFresh(limits?: LadderLimits) {
  const clientId = crypto.randomUUID();
  const asked = endpoint.requests.length;
  const credential = createCredential({ kind: 'userAssigned', clientId }, limits ? { limits } : {});
  return {
    clientId,
    get: (audience = 'https://vault.azure.net') => credential.getToken(`${audience}/.default`),
    requests: () => endpoint.requests.slice(asked),
  };
}

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    return error as AppError;
  }
  throw new Error('no refusal');
}

describe('the credential', () => {
  it('asks for the identity of the settings with the header of the environment', async () => {
    endpoint.script = giveToken();
    const { get, clientId, requests } = createFresh();
    assert.match((await get()).token, /^ey/);
    assert.deepEqual(requests(), [
      { header: 'header-1', clientId, resource: 'https://vault.azure.net' },
    ]);
  });

  it('names no identity when the setting says system-assigned', async () => {
    endpoint.script = giveToken();
    const asked = endpoint.requests.length;
    await createCredential({ kind: 'systemAssigned' }).getToken(
      'https://system-assigned.example/.default',
    );
    assert.equal(endpoint.requests[asked]?.clientId, null);
  });

  it('[8] sends one request for 100 concurrent cold calls', async () => {
    endpoint.script = giveToken();
    const { get, requests } = createFresh();
    await Promise.all(Array.from({ length: 100 }, () => get()));
    assert.equal(requests().length, 1);
  });

  it('[8] sends one request for 100 concurrent calls at half-life, and has the new token then', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    endpoint.script = giveToken();
    const { get, requests } = createFresh();
    const old = await get();
    t.mock.timers.setTime(Date.now() + 43_210_000);
    const served = await Promise.all(Array.from({ length: 100 }, () => get()));
    assert.ok(
      served.every(({ token }) => token === old.token),
      'the old token serves meanwhile',
    );
    let current = old;
    while (current.token === old.token) {
      await new Promise((resolve) => setImmediate(resolve));
      current = await get();
    }
    assert.equal(requests().length, 2);
  });

  it('[1] waits out an endpoint that refuses the connection for a moment', async () => {
    endpoint.script = (asked, response, count) => {
      if (refused++ < 2) response.destroy();
      else void giveToken()(asked, response, count);
    };
    let refused = 0;
    const { get, requests } = createFresh();
    await get();
    assert.equal(requests().length, 3);
  });

  it('[1] says IDENTITY_UNAVAILABLE and where nothing listens', async (t) => {
    process.env.IDENTITY_ENDPOINT = 'http://127.0.0.1:9/msi/token';
    t.after(() => endpoint.use());
    const error = await refusal(createFresh({ totalMs: 600, attemptMs: 600 }).get());
    assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
    assert.match(error.message, /127\.0\.0\.1:9 can't be reached \(ECONNREFUSED\)/);
  });

  it('[2] gives up a silent endpoint within 10 s', async () => {
    endpoint.script = () => {};
    const { get, requests } = createFresh({ totalMs: 800, attemptMs: 300 });
    const started = performance.now();
    const errors = await Promise.all([refusal(get()), refusal(get())]);
    assert.ok(performance.now() - started < 1_500);
    assert.ok(LIMITS.totalMs < 10_000, 'and the app leaves it no longer');
    assert.ok(requests().length >= 2, 'each attempt ends');
    for (const { code, message } of errors) {
      assert.equal(code, 'IDENTITY_UNAVAILABLE');
      assert.match(message, /did not answer/);
    }
  });

  for (const [name, headers] of [
    ['a bare 429', {}],
    ['a 429 with Retry-After', { 'retry-after': '1' }],
  ] as const) {
    it(`[3] is patient with ${name}, on one ladder for all callers`, async () => {
      let throttled = 0;
      endpoint.script = (asked, response, count) => {
        if (throttled++ < 1) respond(response, 429, { message: 'Too many requests' }, headers);
        else void giveToken()(asked, response, count);
      };
      const { get, requests } = createFresh();
      await Promise.all(Array.from({ length: 50 }, () => get()));
      assert.equal(requests().length, 2);
    });
  }

  for (const status of [404, 410, 500, 502, 503, 504]) {
    it(`[4] tries again after ${status}`, async () => {
      let failed = 0;
      endpoint.script = (asked, response, count) => {
        if (failed++ < 1) respond(response, status, { message: 'not now' });
        else void giveToken()(asked, response, count);
      };
      const { get, requests } = createFresh();
      await get();
      assert.equal(requests().length, 2);
    });
  }

  it('[4] gives the status when it does not pass', async () => {
    endpoint.script = (_, response) =>
      respond(response, 503, { message: 'down' }, { 'retry-after': '60' });
    const error = await refusal(createFresh().get());
    assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
    assert.equal(error.status, 503);
    assert.equal(error.retryAfterSeconds, 60);
  });

  it('[5] says at once that the identity is not assigned, and which setting names it', async () => {
    endpoint.script = (_, response) =>
      respond(response, 400, {
        statusCode: 400,
        message:
          'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      });
    const { get, requests } = createFresh();
    const error = await refusal(get());
    assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
    assert.match(error.message, /not assigned to this app/);
    assert.match(error.nextStep, /AZURE_CLIENT_ID/);
    assert.equal(requests().length, 1);
  });

  it('[6] takes a rotated header and a moved endpoint at the next request', async (t) => {
    endpoint.script = giveToken();
    const { get, requests } = createFresh();
    await get('https://one.example');
    endpoint.use('header-2');
    t.after(() => endpoint.use());
    await get('https://two.example');
    assert.deepEqual(
      requests().map(({ header }) => header),
      ['header-1', 'header-2'],
    );

    const moved = await startIdentityEndpoint(giveToken(), (stop) => t.after(stop));
    moved.use('header-3');
    await get('https://three.example');
    assert.deepEqual(
      moved.requests.map(({ header }) => header),
      ['header-3'],
    );
    assert.equal(requests().length, 2);
  });

  it('[9] sends one request although the answer names the resource with another slash', async () => {
    endpoint.script = giveToken({ resource: 'https://vault.azure.net/' });
    const { get, requests } = createFresh();
    await get();
    await get();
    await get();
    assert.equal(requests().length, 1);
  });

  it('recovers from an answer that was cut', async () => {
    let cut = 0;
    endpoint.script = (asked, response, count) => {
      if (cut++ > 0) return giveToken()(asked, response, count);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"access_token":"ey');
      setImmediate(() => response.destroy());
    };
    const { get, requests } = createFresh();
    await get();
    assert.equal(requests().length, 2);
  });

  describe('in App Service without an endpoint', () => {
    before(() => {
      process.env.WEBSITE_SITE_NAME = 'func-test';
      delete process.env.IDENTITY_ENDPOINT;
    });
    after(() => {
      delete process.env.WEBSITE_SITE_NAME;
      endpoint.use();
    });

    it('says at once that the app has no identity', async () => {
      const { get, requests } = createFresh();
      const error = await refusal(get());
      assert.equal(error.code, 'IDENTITY_UNAVAILABLE');
      assert.match(error.message, /no managed identity: IDENTITY_ENDPOINT/);
      assert.equal(requests().length, 0);
    });
  });
});
