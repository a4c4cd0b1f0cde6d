// T4: nothing of what a target says reaches the caller or the log, whichever field it stands in.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { httpHandler } from '../../functions/http-handler.ts';
import type { Services } from '../../shared/services.ts';
import { call } from '../functions/functions-sdk.ts';
import { CHALLENGE, openScriptedTargets } from './scripted-targets.ts';

const CANARY = 'canary in a field';
const targets = await openScriptedTargets();

function jsonBody(): string {
  const error = { code: CANARY, message: CANARY, target: CANARY, canary: CANARY };
  const details = [error];
  const innererror = { ...error, innererror: error };
  return JSON.stringify({ error: { ...error, details, innererror }, value: CANARY, ...error });
}

const xmlBody = `\u{feff}<?xml version="1.0" encoding="utf-8"?><Error><Code>${CANARY}</Code><Message>${CANARY}</Message><AuthenticationErrorDetail>${CANARY}</AuthenticationErrorDetail></Error>`;

/** The refusal with a canary wherever one fits. */
function refuseWithCanaries(status: number, isXml: boolean) {
  return (request: IncomingMessage, response: ServerResponse) => {
    // The vault's client asks without a token first, for the challenge.
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': CHALLENGE }).end();
      return;
    }
    response.writeHead(status, CANARY, {
      'content-type': isXml ? 'application/xml' : 'application/json',
      'x-ms-error-code': CANARY,
      'x-ms-request-id': CANARY,
      'x-ms-failure-cause': CANARY,
      'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${CANARY}", resource="https://vault.azure.net", error="${CANARY}"`,
      'retry-after': '3600',
      server: CANARY,
      'x-canary': CANARY,
    });
    response.end(isXml ? xmlBody : jsonBody());
  };
}

describe('T4 a target that refuses with a canary in every field', () => {
  for (const { name, door, ask } of targets) {
    for (const status of [400, 401, 403, 404, 409, 412, 418, 429, 500, 503]) {
      it(`${name}, ${status}: is told of in our own words`, async () => {
        door.answer = refuseWithCanaries(status, name === 'blob storage');
        const since = door.requests.length;
        const handler = httpHandler(ask, { services: () => ({}) as Services, budgetMs: 3000 });
        const answer = await call(handler, 'x');
        assert.ok(door.requests.length > since, 'it was asked');
        assert.ok(!JSON.stringify(answer).includes('canary'), JSON.stringify(answer));
        assert.ok(answer.status >= 400, JSON.stringify(answer));
        const { code, target, message, nextStep, principalId, action, scope, role, ...more } =
          answer.body;
        assert.deepEqual(more, {});
        assert.ok(code && target && message && nextStep);
      });
    }
  }
});
