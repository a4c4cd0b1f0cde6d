// Who reaches the program of a site behind App Service authentication, with genuine tokens over TLS.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { MovableClock } from '../../../../local/azure/clock.ts';
import type { Principal } from '../../../../local/azure/directory.ts';
import { tenantId } from '../../../../local/azure/tenant.ts';
import { addIdentity, useLocalAzure } from '../../../support/local-azure.ts';
import {
  ask,
  audience,
  authSettings,
  clientId,
  deploySite,
  type Policy,
  startProgram,
} from './protected-site.ts';

const clock = new MovableClock();
const azure = await useLocalAzure({ clock });
const caller = addIdentity(azure, 'id-caller');
const stranger = addIdentity(azure, 'id-stranger');
const program = await startProgram();

const tokenOf = async (principal: Principal, resource = audience) =>
  (await azure.tokens.issue(principal, resource)).accessToken;

/** Deploys a site whose program runs. */
async function serve(
  name: string,
  settings?: unknown,
  more: Parameters<typeof deploySite>[3] = {},
) {
  azure.serveSite(await deploySite(azure, name, settings, more), program.address);
}

const challenge = (site: string, version = '') =>
  `Bearer realm="${site}.azurewebsites.net" authorization_uri="https://login.windows.net/${tenantId}/oauth2/${version}authorize" resource_id="${clientId}"`;

describe('a site that asks for a token of its registration', () => {
  before(() => serve('func-api', authSettings()));

  it('is reached with a token for it, and for its client id', async () => {
    for (const resource of [audience, clientId]) {
      const answer = await ask('func-api', '/api/orders?top=1', {
        token: await tokenOf(caller, resource),
      });
      assert.equal(answer.status, 200, answer.body);
      assert.equal(answer.seen().url, '/api/orders?top=1');
      assert.equal(answer.headers['x-program'], 'yes');
    }
  });

  it('answers 401 with the challenge and no body to none, and to one for something else', async () => {
    const forOthers = [
      'https://vault.azure.net',
      'https://management.azure.com/',
      `${audience}/`,
      audience.toUpperCase(),
      `api://${caller.clientId}`,
    ];
    const tokens = await Promise.all(forOthers.map((each) => tokenOf(caller, each)));
    for (const token of [undefined, 'x', ...tokens]) {
      const answer = await ask('func-api', '/', { ...(token !== undefined && { token }) });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['www-authenticate'], challenge('func-api'));
      assert.match(String(answer.headers['x-ms-middleware-request-id']), /^[0-9a-f-]{36}$/);
      assert.equal(answer.body, '');
    }
  });

  it('takes its client id always, and api:// before it only where allowedAudiences says so', async () => {
    await serve('func-audience', authSettings({ validation: { allowedAudiences: [] } }));
    for (const [resource, status] of [
      [clientId, 200],
      [audience, 401],
    ] as const) {
      const token = await tokenOf(caller, resource);
      assert.equal((await ask('func-audience', '/', { token })).status, status, resource);
    }
  });

  it('answers 401 once the token has expired, and when its principal is gone', async () => {
    const gone = addIdentity(azure, 'id-gone');
    const token = await tokenOf(gone);
    assert.equal((await ask('func-api', '/', { token })).status, 200);
    azure.directory.remove(gone.principalId);
    assert.equal((await ask('func-api', '/', { token })).status, 401);
    const { accessToken } = await azure.tokens.issue(caller, audience, { lifetimeSeconds: 60 });
    assert.equal((await ask('func-api', '/', { token: accessToken })).status, 200);
    clock.advanceMs(361_000);
    assert.equal((await ask('func-api', '/', { token: accessToken })).status, 401);
  });

  it('writes into the journal who called, or why not', async () => {
    const since = azure.journal.position;
    await ask('func-api', '/', { token: await tokenOf(caller) });
    await ask('func-api', '/', { token: await tokenOf(caller, 'https://vault.azure.net') });
    const entries = azure.journal
      .since(since)
      .flatMap((entry) =>
        entry.kind === 'request' && entry.door === 'app-service'
          ? [{ status: entry.status, principalId: entry.principalId, code: entry.code }]
          : [],
      );
    assert.deepEqual(entries, [
      { status: 200, principalId: caller.principalId, code: undefined },
      { status: 401, principalId: undefined, code: 'audience' },
    ]);
  });
});

describe('the built-in authorization policy', () => {
  const policies: readonly (readonly [string, Policy, Policy?])[] = [
    [
      'allowedPrincipals.identities',
      {
        defaultAuthorizationPolicy: {
          allowedPrincipals: { identities: [caller.principalId.toUpperCase()] },
        },
      },
    ],
    [
      'allowedApplications',
      { defaultAuthorizationPolicy: { allowedApplications: [caller.clientId] } },
    ],
    ['jwtClaimChecks', { jwtClaimChecks: { allowedClientApplications: [caller.clientId] } }],
  ];
  for (const [index, [name, policy]] of policies.entries()) {
    it(`lets in whom ${name} names, and answers 403 to any other with a good token`, async () => {
      const site = `func-policy-${index}`;
      const validation = { allowedAudiences: [audience], ...policy };
      await serve(site, authSettings({ validation }));
      assert.equal((await ask(site, '/', { token: await tokenOf(caller) })).status, 200);
      const since = azure.journal.position;
      const refused = await ask(site, '/', { token: await tokenOf(stranger) });
      assert.equal(refused.status, 403);
      assert.equal(refused.body, '');
      assert.equal(refused.headers['www-authenticate'], undefined);
      const decision = azure.journal.since(since).find(({ kind }) => kind === 'decision');
      assert.ok(decision?.kind === 'decision' && !decision.allowed);
      assert.equal(decision.principalId, stranger.principalId);
      assert.match(decision.why, /does not name/);
      assert.equal((await ask(site, '/')).status, 401);
    });
  }

  it('wants the object id: the client id of the caller is none', async () => {
    const allowedPrincipals = { identities: [caller.clientId] };
    const validation = {
      allowedAudiences: [audience],
      defaultAuthorizationPolicy: { allowedPrincipals },
    };
    await serve('func-wrong-id', authSettings({ validation }));
    assert.equal((await ask('func-wrong-id', '/', { token: await tokenOf(caller) })).status, 403);
  });

  it('wants both, where applications and principals are named', async () => {
    const defaultAuthorizationPolicy = {
      allowedApplications: [stranger.clientId],
      allowedPrincipals: { identities: [caller.principalId] },
    };
    const validation = { allowedAudiences: [audience], defaultAuthorizationPolicy };
    await serve('func-both', authSettings({ validation }));
    for (const principal of [caller, stranger]) {
      assert.equal((await ask('func-both', '/', { token: await tokenOf(principal) })).status, 403);
    }
  });

  it('asks for nothing where the lists are empty; a list of groups lets nobody in', async () => {
    const open = { allowedPrincipals: { identities: [] }, allowedApplications: [] };
    await serve(
      'func-empty',
      authSettings({
        validation: { allowedAudiences: [audience], defaultAuthorizationPolicy: open },
      }),
    );
    assert.equal((await ask('func-empty', '/', { token: await tokenOf(stranger) })).status, 200);
    for (const [site, more] of [
      ['func-groups', { defaultAuthorizationPolicy: { allowedPrincipals: { groups: ['g'] } } }],
      ['func-group-check', { jwtClaimChecks: { allowedGroups: ['g'] } }],
    ] as const) {
      await serve(site, authSettings({ validation: { allowedAudiences: [audience], ...more } }));
      assert.equal((await ask(site, '/', { token: await tokenOf(caller) })).status, 403, site);
    }
  });

  it('has the tenants of WEBSITE_AUTH_AAD_ALLOWED_TENANTS beside it', async () => {
    for (const [site, tenants, status] of [
      ['func-tenant', `${crypto.randomUUID()}, ${tenantId}`, 200],
      ['func-other-tenant', crypto.randomUUID(), 403],
    ] as const) {
      const appSettings = { WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenants };
      await serve(site, authSettings(), { appSettings });
      assert.equal((await ask(site, '/', { token: await tokenOf(caller) })).status, status, site);
    }
  });
});

describe('openIdIssuer', () => {
  const issuers: readonly (readonly [string, number])[] = [
    [`https://sts.windows.net/${tenantId}/`, 200],
    [`https://sts.windows.net/${tenantId}`, 200],
    [`https://login.microsoftonline.com/${tenantId}`, 200],
    [`https://login.microsoftonline.com/${tenantId}/v2.0`, 401],
    [`https://sts.windows.net/${tenantId}/v2.0`, 401],
    [`https://sts.windows.net/${crypto.randomUUID()}/`, 401],
    [`https://sts.windows.net.evil.example/${tenantId}/`, 401],
    ['https://accounts.google.com', 401],
  ];
  for (const [index, [openIdIssuer, status]] of issuers.entries()) {
    it(`${openIdIssuer.replace(/[0-9a-f-]{36}/, '{tenant}')} (${index}): ${status} for a token of version 1.0`, async () => {
      const site = `func-issuer-${index}`;
      await serve(site, authSettings({ registration: { clientId, openIdIssuer } }));
      const answer = await ask(site, '/', { token: await tokenOf(caller) });
      assert.equal(answer.status, status);
      if (openIdIssuer.includes(`${tenantId}/v2.0`)) {
        assert.equal(answer.headers['www-authenticate'], challenge(site, 'v2.0/'));
      }
    });
  }
});

describe('a call without a token that counts', () => {
  const wrong = async () => tokenOf(caller, 'https://vault.azure.net');

  it('goes on without a principal where everybody may call, and with one if it has a token', async () => {
    for (const [site, globalValidation] of [
      ['func-anonymous', { unauthenticatedClientAction: 'AllowAnonymous' }],
      ['func-not-required', { requireAuthentication: false }],
    ] as const) {
      await serve(site, authSettings({ globalValidation }));
      for (const more of [{}, { token: await wrong() }]) {
        const answer = await ask(site, '/', more);
        assert.equal(answer.status, 200);
        assert.equal(answer.seen().headers['x-ms-client-principal-id'], undefined);
      }
      const known = await ask(site, '/', { token: await tokenOf(caller) });
      assert.equal(known.seen().headers['x-ms-client-principal-id'], caller.principalId);
    }
  });

  it('is answered 403 or 404 where those are asked for', async () => {
    for (const status of [403, 404]) {
      const globalValidation = { unauthenticatedClientAction: `Return${status}` };
      await serve(`func-${status}`, authSettings({ globalValidation }));
      for (const more of [{}, { token: await wrong() }]) {
        const answer = await ask(`func-${status}`, '/', more);
        assert.equal(answer.status, status);
        assert.equal(answer.headers['www-authenticate'], undefined);
      }
    }
  });

  it('is sent to sign in if it is of a browser, and answered 401 if it is not', async () => {
    const globalValidation = {
      unauthenticatedClientAction: 'RedirectToLoginPage',
      redirectToProvider: 'azureActiveDirectory',
    };
    await serve('func-redirect', authSettings({ globalValidation }));
    const browser = { Accept: 'text/html,application/xhtml+xml' };
    const { status, headers } = await ask('func-redirect', '/x?y=1', { headers: browser });
    assert.equal(status, 302);
    const location = new URL(headers.location ?? '');
    assert.equal(
      location.origin + location.pathname,
      `https://login.windows.net/${tenantId}/oauth2/authorize`,
    );
    const asked = Object.fromEntries(location.searchParams);
    assert.match(asked.nonce ?? '', /^[0-9a-f]{32}_\d{14}$/);
    assert.deepEqual(
      { ...asked, nonce: '' },
      {
        response_type: 'id_token',
        redirect_uri: 'https://func-redirect.azurewebsites.net/.auth/login/aad/callback',
        client_id: clientId,
        scope: 'openid profile email',
        response_mode: 'form_post',
        nonce: '',
        state: 'redir=%2Fx%3Fy%3D1',
      },
    );
    assert.equal((await ask('func-redirect', '/x', { headers: { Accept: '*/*' } })).status, 401);
    assert.equal((await ask('func-redirect', '/x', { token: await tokenOf(caller) })).status, 200);
  });

  it('is answered 401 where there is no provider to be sent to', async () => {
    const globalValidation = { unauthenticatedClientAction: 'RedirectToLoginPage' };
    await serve('func-nowhere', authSettings({ globalValidation }));
    const headers = { Accept: 'text/html' };
    assert.equal((await ask('func-nowhere', '/', { headers })).status, 401);
  });

  it('is told nothing where disableWWWAuthenticate is set, or without a registration', async () => {
    await serve('func-quiet', authSettings({ login: { disableWWWAuthenticate: true } }));
    const quiet = await ask('func-quiet', '/');
    assert.deepEqual([quiet.status, quiet.headers['www-authenticate']], [401, undefined]);
    for (const [site, over] of [
      ['func-disabled', { provider: { enabled: false } }],
      ['func-no-client', { registration: { clientId: null } }],
    ] as const) {
      await serve(site, authSettings(over));
      const answer = await ask(site, '/', { token: await tokenOf(caller) });
      assert.equal(answer.status, 401, site);
      assert.equal(answer.headers['www-authenticate'], `Bearer realm="${site}.azurewebsites.net"`);
    }
  });

  it('is told so in words on Windows', async () => {
    await serve('app-windows', authSettings(), { kind: 'app' });
    const answer = await ask('app-windows', '/');
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['content-length'], '58');
    assert.equal(answer.body, 'You do not have permission to view this directory or page.');
  });

  it('reaches excluded paths and what is below them, and no other by any spelling', async () => {
    const excludedPaths = ['/public', '/open/*'];
    await serve('func-paths', authSettings({ globalValidation: { excludedPaths } }));
    for (const path of ['/public', '/public/a', '/PUBLIC/', '/open/x?y', '/open']) {
      assert.equal((await ask('func-paths', path)).status, 200, path);
    }
    for (const path of [
      '/',
      '/publicity',
      '/api/public',
      '/public/../api/orders',
      '/public/%2e%2e/api/orders',
      '/open/..\\api',
      '//public',
      '/api?/public',
      '/api;/public',
    ]) {
      assert.equal((await ask('func-paths', path)).status, 401, path);
    }
    const inside = await ask('func-paths', '/api/../public/./a');
    assert.equal(inside.seen().url, '/public/a', 'the program sees the path that was decided on');
  });
});

describe('the root among the excluded paths', () => {
  it('is the root alone; with a star it is everything', async () => {
    for (const [site, excludedPaths, below] of [
      ['func-root', ['/'], 401],
      ['func-all', ['/*'], 200],
    ] as const) {
      await serve(site, authSettings({ globalValidation: { excludedPaths } }));
      assert.equal((await ask(site, '/')).status, 200, site);
      assert.equal((await ask(site, '/api/orders')).status, below, site);
    }
  });
});

describe('what is not behind authentication', () => {
  it('a site without settings, and one where they are off, are open', async () => {
    await serve('func-plain');
    await serve('func-off', authSettings({ platform: { enabled: false } }));
    for (const site of ['func-plain', 'func-off']) {
      assert.equal((await ask(site, '/')).status, 200, site);
    }
  });

  it('settings count from their PUT on', async () => {
    await serve('func-late');
    assert.equal((await ask('func-late', '/')).status, 200);
    await serve('func-late', authSettings());
    assert.equal((await ask('func-late', '/')).status, 401);
  });

  it('the sign-in of people is not here', async () => {
    await serve('func-sign-in', authSettings());
    for (const path of ['/.auth/login/aad', '/.auth/me', '/.AUTH/x']) {
      const answer = await ask('func-sign-in', path, { token: await tokenOf(caller) });
      assert.equal(answer.status, 404, path);
    }
  });
});
