// Tokens that open no door: of another audience, out of date, signed by somebody else.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/core-auth';
import type { RestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import { ContainerClient } from '@azure/storage-blob';
import { MovableClock } from '../../local/azure/clock.ts';
import type { Principal } from '../../local/azure/directory.ts';
import { createTokens } from '../../local/azure/tokens/create-tokens.ts';
import { createSigningKeys } from '../../local/azure/tokens/signing-keys.ts';
import type { Tokens } from '../../local/azure/tokens/tokens.ts';
import { credentialOf, subscriptionId, useLocalAzure } from '../support/local-azure.ts';
import { type AppOnAzure, startDeployedApp } from './start-deployed-app.ts';

const clock = new MovableClock();
const azure = await useLocalAzure({ clock });

interface Door {
  readonly name: string;
  readonly audience: string;
  readonly call: (app: AppOnAzure, credential: TokenCredential) => Promise<unknown>;
  /** Code and words of each refusal, as Azure's clients are shown them (docs/parity.md). */
  readonly refusals: Readonly<
    Record<'audience' | 'expired' | 'signature', readonly [string, RegExp]>
  >;
}

/** What storage says of every bad token, and of this one. */
const serverFailed = (detail: string) =>
  new RegExp(
    `^Server failed to authenticate the request\\. Please refer to the information in the www-authenticate header\\.[^]*"${detail}`,
  );

const doors: readonly Door[] = [
  {
    name: 'Resource Manager',
    audience: 'https://management.azure.com',
    call: (app, credential) =>
      new ResourceManagementClient(credential, subscriptionId).resourceGroups.get(
        app.site.id.split('/')[4] ?? '',
      ),
    refusals: {
      audience: [
        'InvalidAuthenticationTokenAudience',
        /^The access token has been obtained for wrong audience or resource 'https:\/\/graph\.microsoft\.com'\. It should exactly match with one of the allowed audiences 'https:\/\/management\.core\.windows\.net\/','https:\/\/management\.core\.windows\.net','https:\/\/management\.azure\.com\/','https:\/\/management\.azure\.com'\./,
      ],
      expired: [
        'ExpiredAuthenticationToken',
        /^The access token expiry UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M'\./,
      ],
      signature: ['InvalidAuthenticationToken', /^The access token is invalid\./],
    },
  },
  {
    name: 'Key Vault',
    audience: 'https://vault.azure.net',
    call: (app, credential) =>
      new SecretClient(app.settings.KEY_VAULT_URL ?? '', credential).getSecret('demo'),
    refusals: {
      audience: [
        'Unauthorized',
        /^AKV10022: Invalid audience\. Expected https:\/\/vault\.azure\.net, found: https:\/\/graph\.microsoft\.com\./,
      ],
      expired: ['Unauthorized', /TokenExpired/],
      signature: ['Unauthorized', /^AKV10046: Unable to resolve the key used for signature/],
    },
  },
  {
    name: 'blob storage',
    audience: 'https://storage.azure.com',
    call: (app, credential) =>
      new ContainerClient(app.settings.SCAN_STATE_CONTAINER_URL ?? '', credential, {
        retryOptions: { maxTries: 1 },
      })
        .getBlockBlobClient('proof')
        .upload('', 0),
    refusals: {
      audience: ['InvalidAuthenticationInfo', serverFailed('Audience validation failed')],
      expired: ['InvalidAuthenticationInfo', serverFailed('Lifetime validation failed')],
      signature: ['InvalidAuthenticationInfo', serverFailed('Signature validation failed')],
    },
  },
];

describe('a token', () => {
  let app: AppOnAzure;
  before(async () => {
    app = await startDeployedApp(azure, { group: 'rg-tokens' });
  });
  after(() => app?.stop());

  for (const { name, audience, call, refusals } of doors) {
    it(`is taken by ${name} if it is genuine`, async () => {
      await call(app, credentialOf(azure, app.identity));
      await call(app, await fixed(azure.tokens, app.identity, audience));
    });

    it(`for another audience is refused by ${name}`, async () => {
      const token = await fixed(azure.tokens, app.identity, 'https://graph.microsoft.com');
      await assertRefused(call(app, token), refusals.audience);
    });

    it(`that has expired is refused by ${name}`, async () => {
      const token = await fixed(azure.tokens, app.identity, audience, 60);
      await call(app, token);
      clock.advanceMs(7 * 60_000);
      await assertRefused(call(app, token), refusals.expired);
      await call(app, credentialOf(azure, app.identity));
    });

    it(`with another's signature is refused by ${name}`, async () => {
      const forger = createTokens({
        clock,
        directory: azure.directory,
        keys: await createSigningKeys(),
      });
      const token = await fixed(forger, app.identity, audience);
      await assertRefused(call(app, token), refusals.signature);
    });
  }

  it('that has expired while the app holds it: the app says so and names the clock', async () => {
    assert.equal((await app.get('/api/secrets/demo')).status, 200);
    clock.advanceMs(25 * 3_600_000);
    const { status, body } = await app.get('/api/secrets/demo');
    assert.equal(status, 403);
    assert.equal(body.code, 'ACCESS_DENIED');
    assert.match(String(body.message), /did not accept the app's token: it has expired/);
    assert.match(String(body.nextStep), /clock/);
  });
});

/** Gives this one token whatever is asked. */
async function fixed(
  tokens: Tokens,
  principal: Principal,
  audience: string,
  lifetimeSeconds = 3_600,
): Promise<TokenCredential> {
  const { accessToken } = await tokens.issue(principal, audience, { lifetimeSeconds });
  return {
    getToken: async () => ({
      token: accessToken,
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

async function assertRefused(
  call: Promise<unknown>,
  [code, words]: readonly [string, RegExp],
): Promise<void> {
  await assert.rejects(call, (error: RestError) => {
    assert.equal(error.statusCode, 401);
    assert.equal(error.code, code);
    assert.match(`${error.message}${JSON.stringify(error.details)}`, words);
    return true;
  });
}
