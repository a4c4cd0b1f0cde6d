// callWebApi on the embedded Azure: Resource Manager and Microsoft Graph stand for any API that takes Entra's tokens.
// One of one's own, behind App Service authentication: test/end-to-end/protected-api.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callWebApi } from '../../functions/call-web-api.ts';
import { diagnose } from '../../functions/diagnose.ts';
import { getIdentity } from '../../functions/get-identity.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import type { Environment } from '../../shared/settings.ts';
import { deployApp } from '../shared/deployed-app.ts';
import { subscriptionId, useLocalAzure } from '../support/local-azure.ts';
import { call } from './functions-sdk.ts';

const azure = await useLocalAzure();
const ARM = 'https://management.azure.com';
const GRAPH = 'https://graph.microsoft.com';
const groupUrl = (name: string) =>
  `${ARM}/subscriptions/${subscriptionId}/resourceGroups/${name}?api-version=2025-04-01`;
const app = await deployApp(azure, {
  messaging: false,
  webApiUrl: groupUrl('rg-app'),
  webApiScope: `${ARM}/.default`,
});
azure.resourceManager.addResourceGroup({
  subscriptionId,
  name: 'rg-other',
  location: 'westeurope',
});

async function get(answer: Answer, url: string, changes: Environment = {}) {
  const services = app.createServices(changes);
  return call(httpHandler(answer, { services: () => services }), url);
}

/** The row of the diagnosis, and what the function says itself: they agree. */
async function bothSay(changes: Environment) {
  const { body: problem } = await get(callWebApi, 'web-api', changes);
  const { body } = await get(diagnose, 'diagnose', changes);
  const row = (body.targets as Record<string, unknown>[]).find(
    ({ target }) => target === 'web-api',
  );
  assert.equal(row?.verdict, problem.code);
  assert.equal(row?.message, problem.message);
  return { problem, row };
}

describe('callWebApi', () => {
  it('calls the API of the settings with a token for it', async () => {
    const { status, body } = await get(callWebApi, 'web-api');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.url, groupUrl('rg-app'));
    assert.equal(body.status, 200);
    assert.match(String(body.contentType), /^application\/json/);
    assert.ok(Number(body.length) > 100);
    const { body: identity } = await get(getIdentity, 'identity');
    const tokens = identity.tokens as Record<string, { aud?: string }>;
    assert.equal(tokens['web-api']?.aud, ARM);
  });

  it('is diagnosed as the other targets are', async () => {
    const { body } = await get(diagnose, 'diagnose');
    const targets = body.targets as Record<string, unknown>[];
    const row = targets.find(({ target }) => target === 'web-api');
    assert.equal(row?.verdict, 'works');
    assert.equal(row?.subject, groupUrl('rg-app'));
  });

  it('that lets the identity not in: ACCESS_DENIED with principal and address', async () => {
    const { problem, row } = await bothSay({ WEB_API_URL: groupUrl('rg-other') });
    assert.equal(problem.code, 'ACCESS_DENIED');
    const [principalId] = azure.directory
      .all()
      .flatMap(({ clientId, principalId }) =>
        clientId === app.settings.AZURE_CLIENT_ID ? [principalId] : [],
      );
    assert.equal(problem.principalId, principalId);
    assert.equal(problem.scope, groupUrl('rg-other'));
    assert.doesNotMatch(String(row?.nextStep), /az role assignment/);
  });

  it('that is of another audience: ACCESS_DENIED, and the scope is to be looked at', async () => {
    const { problem } = await bothSay({ WEB_API_SCOPE: `${GRAPH}/.default` });
    assert.equal(problem.code, 'ACCESS_DENIED');
    assert.match(String(problem.message), /did not accept the app's token/);
    assert.match(String(problem.nextStep), /WEB_API_SCOPE/);
  });

  it('that Entra does not know: IDENTITY_UNAVAILABLE, and nobody is called', async () => {
    const { position } = azure.journal;
    const { problem } = await bothSay({
      WEB_API_URL: `${GRAPH}/v1.0/servicePrincipals`,
      WEB_API_SCOPE: 'api://99999999-9999-9999-9999-999999999999/.default',
    });
    assert.equal(problem.code, 'IDENTITY_UNAVAILABLE');
    assert.match(String(problem.nextStep), /WEB_API_SCOPE/);
    const asked = azure.journal
      .since(position)
      .filter((entry) => entry.kind === 'request' && entry.door === 'graph');
    assert.deepEqual(asked, []);
  });

  it('that is not there: NOT_FOUND', async () => {
    const { problem } = await bothSay({
      WEB_API_URL: `${GRAPH}/v1.0/servicePrincipals/99999999-9999-9999-9999-999999999999`,
      WEB_API_SCOPE: `${GRAPH}/.default`,
    });
    assert.equal(problem.code, 'NOT_FOUND');
    assert.match(String(problem.nextStep), /WEB_API_URL/);
  });

  it('without its settings says both', async () => {
    const off = { WEB_API_URL: undefined, WEB_API_SCOPE: undefined };
    const { status, body } = await get(callWebApi, 'web-api', off);
    assert.equal(status, 500);
    assert.match(String(body.message), /WEB_API_URL is missing.*WEB_API_SCOPE is missing/);
    const { body: diagnosis } = await get(diagnose, 'diagnose', off);
    const targets = diagnosis.targets as { target: string }[];
    assert.ok(targets.every(({ target }) => target !== 'web-api'));
  });
});
