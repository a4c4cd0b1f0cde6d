// What an API of anyone's making may answer, over TLS under its name, through the pipeline of the SDKs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { within } from '../../shared/deadline.ts';
import type { AppError } from '../../shared/errors.ts';
import { errorResponse } from '../../shared/http-response.ts';
import { createWebApi } from '../../shared/web-api.ts';
import { CANARY_TOKEN, canaryCredential, json, openScriptedDoor } from './scripted-door.ts';

const URL_OF_API = new URL('https://graph.microsoft.com/v1.0/organization?top=1');
const SCOPE = 'https://graph.microsoft.com/.default';
const door = await openScriptedDoor('graph.microsoft.com:443');
const elsewhere = await openScriptedDoor('login.microsoftonline.com:443');
const asked: string[] = [];
const credential = {
  getToken: async (scopes: string | string[]) => {
    asked.push([scopes].flat().join(' '));
    return canaryCredential.getToken();
  },
};
const api = createWebApi({ url: URL_OF_API, scope: SCOPE }, credential, () => 'oid-in-hand');

/** Gives the refusal, and checks that nothing of it gives the token or the answer's text away. */
async function refusal(): Promise<AppError> {
  try {
    await within(3_000, 'app', () => api.call());
  } catch (error) {
    for (const shown of [inspect(error), String(error), JSON.stringify(errorResponse(error))]) {
      assert.ok(!shown.includes(CANARY_TOKEN) && !shown.includes('text of the API'), shown);
    }
    return error as AppError;
  }
  throw new Error('no refusal');
}

describe('a web API', () => {
  it('gets a token for its own scope, and nothing is told of its answer but its shape', async () => {
    let authorization: string | undefined;
    door.answer = (request, response) => {
      authorization = request.headers.authorization;
      json(response, 200, { said: 'text of the API' });
    };
    assert.deepEqual(await api.call(), {
      url: URL_OF_API.href,
      status: 200,
      contentType: 'application/json; charset=utf-8',
      length: JSON.stringify({ said: 'text of the API' }).length,
    });
    assert.equal(authorization, `Bearer ${CANARY_TOKEN}`);
    assert.deepEqual(asked, [SCOPE]);
    assert.equal(door.requests.at(-1), 'GET /v1.0/organization?top=1');
  });

  const refusals = [
    { status: 401, code: 'ACCESS_DENIED', says: /did not accept the app's token/ },
    { status: 403, code: 'ACCESS_DENIED', says: /The identity oid-in-hand may not call the API/ },
    { status: 404, code: 'NOT_FOUND', says: /nothing at https:\/\/graph\.microsoft\.com\// },
    { status: 429, code: 'THROTTLED', says: /fewer calls/ },
    { status: 503, code: 'TARGET_UNAVAILABLE', says: /answered 503/ },
    { status: 418, code: 'UNEXPECTED', says: /answered 418/ },
  ];
  for (const { status, code, says } of refusals) {
    it(`that answers ${status} is ${code}`, async () => {
      const headers = status === 429 ? { 'retry-after': '60' } : {};
      door.answer = (_, response) => json(response, status, { said: 'text of the API' }, headers);
      const error = await refusal();
      assert.equal(error.code, code);
      assert.equal(error.target, 'web-api');
      assert.equal(error.status, status);
      assert.match(error.message, says);
    });
  }

  it('that refuses names principal, address and what is missing', async () => {
    door.answer = (_, response) => json(response, 403, {});
    const { access, nextStep } = await refusal();
    assert.deepEqual(access, {
      principalId: 'oid-in-hand',
      action: 'GET',
      scope: URL_OF_API.href,
      role: "a place among the API's allowed principals",
    });
    assert.match(nextStep, /principal id \(not the client id\)/);
  });

  it('[T8] that points to another address gets no token there', async () => {
    for (const location of [
      'https://login.microsoftonline.com/common/oauth2',
      '/.auth/login/aad',
    ]) {
      const before = door.requests.length;
      door.answer = (_, response) => json(response, 302, {}, { location });
      const error = await refusal();
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.match(error.message, /answered 302 and points elsewhere/);
      assert.match(error.nextStep, /Return401/);
      assert.equal(door.requests.length, before + 1);
    }
    assert.deepEqual(elsewhere.requests, []);
  });

  it('that fails once is asked again; silent, it is given up in time', async () => {
    let count = 0;
    door.answer = (_, response) => json(response, ++count === 1 ? 503 : 200, {});
    assert.equal((await api.call()).status, 200);
    assert.equal(count, 2);
    door.answer = () => {};
    const { code, message } = await refusal();
    assert.equal(code, 'TARGET_UNAVAILABLE');
    assert.match(message, /graph\.microsoft\.com did not answer/);
  });
});
