// T8: whatever a target answers, the token goes to no other address. (A foreign nextLink: row 21.)
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { within } from '../../shared/deadline.ts';
import { json, openScriptedDoor } from '../shared/scripted-door.ts';
import { CHALLENGE, openScriptedTargets } from './scripted-targets.ts';

const strangers = [
  await openScriptedDoor('evil.example:443'),
  await openScriptedDoor('management.azure.com.evil.example:443'),
];
for (const stranger of strangers) {
  stranger.answer = (_, response) => json(response, 200, { value: 'anything' });
}

const targets = await openScriptedTargets();

const LOCATIONS = [
  'https://evil.example/x',
  'https://management.azure.com.evil.example/x',
  'https://user@evil.example/x',
  '//evil.example/x',
  'http://evil.example/x',
  'http://169.254.169.254/metadata/identity/oauth2/token',
];

describe('T8 a target that redirects', () => {
  for (const { name, door, ask } of targets) {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`${name}, ${status}: is an error, and nobody else is asked`, async () => {
        for (const location of LOCATIONS) {
          door.answer = (request, response) => {
            if (request.headers.authorization === undefined) {
              response.writeHead(401, { 'www-authenticate': CHALLENGE }).end();
            } else response.writeHead(status, { location }).end();
          };
          const since = door.requests.length;
          await assert.rejects(
            within(3000, 'app', ask),
            { name: 'AppError', code: /^(UNEXPECTED|TARGET_UNAVAILABLE|ACCESS_DENIED)$/ },
            location,
          );
          assert.ok(door.requests.length > since, 'it was asked');
          assert.deepEqual(
            strangers.flatMap(({ requests }) => requests),
            [],
          );
        }
      });
    }
  }
});
