// Who may call stands in the site's own authentication: held against what is deployed, and each rule is seen to turn
// red when its property changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { valueAt } from '../deployed.ts';
import { breakages, complaints, type Rule, rules } from '../rules.ts';
import { readExample, tenantId } from './example.ts';

const { text, template, deploy } = await readExample('protected-api');
const clientId = '11112222-bbbb-3333-cccc-4444dddd5555';
const callerPrincipalIds = ['aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb'];
const config = 'Microsoft.Web/sites/config';
const provider = 'properties.identityProviders.azureActiveDirectory';

const own: readonly Rule[] = [
  {
    sentence: 'authentication is on',
    type: config,
    path: 'properties.platform.enabled',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'every call needs a token',
    type: config,
    path: 'properties.globalValidation.requireAuthentication',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'a program is refused in a way that it sees',
    type: config,
    path: 'properties.globalValidation.unauthenticatedClientAction',
    allowed: ['Return401'],
    refused: ['AllowAnonymous', 'RedirectToLoginPage'],
  },
  {
    sentence: 'no path is left open',
    type: config,
    path: 'properties.globalValidation.excludedPaths',
    allowed: [undefined],
    refused: [['/api']],
  },
  {
    sentence: 'no token is kept',
    type: config,
    path: 'properties.login.tokenStore.enabled',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'there is no secret for signing people in',
    type: config,
    path: `${provider}.registration.clientSecretSettingName`,
    allowed: [undefined],
    refused: ['MICROSOFT_PROVIDER_AUTHENTICATION_SECRET'],
  },
];

describe('the protected API', () => {
  const resources = deploy({ name: 'func-orders', clientId, callerPrincipalIds });
  const inherited = rules.filter(({ type }) => resources.some((each) => each.type === type));

  for (const rule of [...inherited, ...own]) {
    it(rule.sentence, () => {
      assert.deepEqual(complaints(rule, resources), []);
      for (const broken of breakages(rule, resources)) {
        assert.equal(complaints(rule, broken).length, 1);
      }
    });
  }

  it('takes tokens of its registration alone, from the named callers alone', () => {
    const settings = resources.find(({ type }) => type === config) ?? {};
    assert.deepEqual(valueAt(settings, `${provider}.registration`), {
      clientId,
      openIdIssuer: `https://sts.windows.net/${tenantId}/`,
    });
    assert.deepEqual(valueAt(settings, `${provider}.validation`), {
      allowedAudiences: [`api://${clientId}`],
      defaultAuthorizationPolicy: { allowedPrincipals: { identities: callerPrincipalIds } },
    });
  });

  it('wants one caller at least: for an empty list App Service asks for none', () => {
    const { callerPrincipalIds: parameter } = template.parameters ?? {};
    assert.equal(valueAt(parameter ?? {}, 'minLength'), 1);
    const longest = Number(valueAt(parameter ?? {}, 'maxLength'));
    assert.ok(longest * (36 + 1) <= 500, 'App Service takes 500 characters of ids');
  });

  it('has one grant of its own, and asks for no key and holds no secret', () => {
    const grants = resources.filter(({ type }) => type.endsWith('/roleAssignments'));
    assert.equal(grants.length, 1);
    assert.doesNotMatch(text, /\blist[A-Z]\w*\(/);
    assert.doesNotMatch(text, /"secure(String|Object)"|getSecret|AccountKey/i);
  });
});
