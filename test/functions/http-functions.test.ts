// What the handlers do with input, before any target is involved.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose } from '../../functions/diagnose.ts';
import { getIdentity } from '../../functions/get-identity.ts';
import { getScan } from '../../functions/get-scan.ts';
import { httpHandler } from '../../functions/http-handler.ts';
import { readSecret } from '../../functions/read-secret.ts';
import { createServices, type Services } from '../../shared/services.ts';
import { call } from './functions-sdk.ts';

/** Services that must not be reached. */
const unreachable = () =>
  new Proxy({} as Services, {
    get(_, name) {
      throw new Error(`a call went out: ${String(name)}`);
    },
  });

describe('readSecret', () => {
  const handler = httpHandler(readSecret, { services: unreachable });
  const bad = [
    '',
    '.',
    '..',
    'a/b',
    '..%2Fkeys%2Fk',
    's?x',
    's#f',
    'a\r\nb',
    'é',
    'a'.repeat(128),
    '__proto__',
    'a b',
    'a\0',
    '%2e%2e',
  ];
  for (const name of bad) {
    it(`[T9] refuses the name ${JSON.stringify(name.slice(0, 20))}, and no call goes out`, async () => {
      const { status, body } = await call(handler, 'secrets/x', { name });
      assert.equal(status, 400);
      assert.equal(body.code, 'INPUT_INVALID');
      assert.match(String(body.message), /^name must be/);
    });
  }

  for (const version of [
    '',
    'latest',
    '0123456789abcdef',
    `${'a'.repeat(32)}/..`,
    'g'.repeat(32),
  ]) {
    it(`refuses the version ${JSON.stringify(version)}`, async () => {
      const url = `secrets/demo?version=${encodeURIComponent(version)}`;
      const { status, body } = await call(handler, url, { name: 'demo' });
      assert.equal(status, 400);
      assert.match(String(body.message), /^version must be/);
    });
  }

  it('asks for what it was given', async () => {
    const asked: unknown[] = [];
    const services = {
      keyVault: {
        readSecret: async (...args: unknown[]) => {
          asked.push(args);
          return { name: 'demo', length: 3 };
        },
      },
    } as unknown as Services;
    const version = '0123456789abcdef0123456789abcdef';
    const { status, body } = await call(
      httpHandler(readSecret, { services: () => services }),
      `secrets/demo?version=${version}&code=function-key`,
      { name: 'demo' },
    );
    assert.equal(status, 200);
    assert.deepEqual(body, { name: 'demo', length: 3 });
    assert.deepEqual(asked, [['demo', version]]);
  });
});

describe('functions without input', () => {
  for (const [name, answer] of Object.entries({ getIdentity, getScan })) {
    for (const query of [
      'clientId=x',
      'resource=https://evil.example',
      'scope=x',
      'url=http://169.254.169.254/',
      '__proto__=x',
    ]) {
      it(`[T1] ${name} refuses ?${query}`, async () => {
        const { status, body } = await call(
          httpHandler(answer, { services: unreachable }),
          `x?${query}`,
        );
        assert.equal(status, 400);
        assert.equal(body.code, 'INPUT_INVALID');
        assert.ok(!String(body.message).includes('evil') && !String(body.message).includes('169'));
      });
    }
  }

  for (const query of [
    'target=http://169.254.169.254/',
    'target=constructor',
    'secret=..',
    'secret=',
  ]) {
    it(`[T1] diagnose refuses ?${query}`, async () => {
      const { status } = await call(httpHandler(diagnose, { services: unreachable }), `x?${query}`);
      assert.equal(status, 400);
    });
  }
});

describe('bad settings', () => {
  const services = createServices({ IDENTITY_KIND: 'userAssigned', KEY_VAULT_URL: 'nonsense' });

  it('make the functions that need them answer CONFIG_INVALID with every complaint', async () => {
    const handler = httpHandler(readSecret, { services: () => services });
    const { status, body } = await call(handler, 'secrets/demo', { name: 'demo' });
    assert.equal(status, 500);
    assert.equal(body.code, 'CONFIG_INVALID');
    assert.match(String(body.message), /AZURE_CLIENT_ID is missing.*KEY_VAULT_URL must look like/s);
  });

  it('leave getIdentity answering, and diagnose naming them', async () => {
    for (const answer of [getIdentity, diagnose]) {
      const { status, body } = await call(httpHandler(answer, { services: () => services }), 'x');
      assert.equal(status, 200);
      assert.match(String(body.settingProblems), /KEY_VAULT_URL must look like/);
    }
  });
});

describe('every HTTP function', () => {
  it('answers in time although what it awaits never ends', async () => {
    const handler = httpHandler(() => new Promise(() => {}), {
      budgetMs: 50,
      services: unreachable,
    });
    const { status, body } = await call(handler, 'x');
    assert.equal(status, 503);
    assert.equal(body.code, 'TARGET_UNAVAILABLE');
  });

  it('tells nothing of an error that it does not know', async () => {
    const handler = httpHandler(() => Promise.reject(new TypeError('canary')), {
      services: unreachable,
    });
    const { status, body } = await call(handler, 'x');
    assert.equal(status, 500);
    assert.equal(body.code, 'UNEXPECTED');
    assert.ok(!JSON.stringify(body).includes('canary'));
  });
});
