// Rows 1 to 5, the same at both identity endpoints.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LadderLimits, LIMITS } from '../../shared/identity/request-token.ts';
import type { FaultLab } from './fault-lab.ts';
import { assertProblem } from './promises.ts';
import { isUsed } from './watched-app.ts';

type IdentityDoor = 'app-service-identity' | 'imds';

/** Cases that `describeIdentityRows` uses. */
export const IDENTITY_ROW_CASES = 13;

const MANY = 100;

/** `identityLimits`: for the rows that are not about the app's own. */
export function describeIdentityRows(
  lab: FaultLab,
  door: IdentityDoor,
  identityLimits: LadderLimits = LIMITS,
): void {
  describe(`${door} that nobody listens at`, () => {
    it('Row 1: is IDENTITY_UNAVAILABLE in time and names the address; who still asks when it is back has a token', async () => {
      const [refused, waiting] = [lab.app({}, { identityLimits }), lab.app()];
      await lab.azure.closeDoor(door);
      const refusal = refused.refuses('readSecret', 'IDENTITY_UNAVAILABLE');
      const later = new Promise((resolve) => setTimeout(resolve, identityLimits.totalMs - 2_000));
      const answer = later.then(() => waiting.works('readSecret'));
      try {
        const { message } = await refusal;
        assert.match(message, /endpoint [\d.:]+ can't be reached \(ECONNREFUSED\)/);
      } finally {
        await lab.azure.openDoor(door);
      }
      await answer;
      assert.equal(lab.tokensGiven(waiting), 1);
      await refused.recovers(() => refused.works('readSecret'));
      await refused.keptItsPromises();
      await waiting.keptItsPromises();
    });
  });

  describe(`${door} that asks for patience`, () => {
    for (const [name, retryAfter] of [
      ['without Retry-After', {}],
      ['with Retry-After', { retryAfter: '1' }],
    ] as const) {
      it(`Row 3: 429 ${name}: one ladder for ${MANY} callers, none fails`, async () => {
        const app = lab.app();
        const busy = lab.arm(
          app,
          door,
          { kind: 'status', status: 429, ...retryAfter },
          { times: 3 },
        );
        await Promise.all(Array.from({ length: MANY }, () => app.works('readSecret')));
        assert.equal(busy.hits(), 3);
        assert.equal(lab.tokensGiven(app), 1);
        await app.keptItsPromises();
      });
    }
  });

  describe(`${door} that misbehaves`, { concurrency: true }, () => {
    it('Row 2: accepts and stays silent: IDENTITY_UNAVAILABLE within 10 s', async () => {
      const app = lab.app();
      const silent = lab.arm(app, door, { kind: 'hang' });
      const [{ message }, identity, diagnosis] = await Promise.all([
        app.refuses('readSecret', 'IDENTITY_UNAVAILABLE'),
        app.works('getIdentity'),
        app.works('diagnose'),
      ]);
      assert.match(message, /did not answer/);
      assert.ok(silent.hits() >= 2, 'each attempt ends');
      const tokens = Object.values(identity.body.tokens as Record<string, { error: unknown }>);
      for (const { error } of tokens) assertProblem(error, 'IDENTITY_UNAVAILABLE');
      const targets = diagnosis.body.targets as readonly { verdict: string; target: string }[];
      const used = targets.filter(({ target }) => isUsed(target));
      for (const { verdict, ...rest } of used) {
        assertProblem({ ...rest, code: verdict }, 'IDENTITY_UNAVAILABLE');
      }
      assert.ok(tokens.length >= 3 && used.length === 3);
      silent.end();
      await app.recovers(() => app.works('readSecret'));
      await app.keptItsPromises();
    });

    it('Row 3: 429 with a Retry-After beyond the time: told at once, with its seconds', async () => {
      const app = lab.app();
      const busy = lab.arm(app, door, { kind: 'status', status: 429, retryAfter: '60' });
      const { status, body, headers, elapsedMs } = await app.call('readSecret');
      assert.equal(status, 503);
      assert.equal(body.code, 'IDENTITY_UNAVAILABLE');
      assert.equal(headers['Retry-After'], '60');
      assert.ok(elapsedMs < 2_000);
      assert.equal(busy.hits(), 1);
      busy.end();
      await app.recovers(() => app.works('readSecret'));
      await app.keptItsPromises();
    });

    for (const status of [404, 410, 500, 502, 503, 504]) {
      it(`Row 4: ${status}: retried, then IDENTITY_UNAVAILABLE with the status`, async () => {
        const app = lab.app({}, { identityLimits });
        const failing = lab.arm(app, door, { kind: 'status', status });
        const { message } = await app.refuses('readSecret', 'IDENTITY_UNAVAILABLE');
        assert.match(message, new RegExp(`answered ${status}`));
        assert.ok(failing.hits() >= 3);
        failing.end();
        await app.recovers(() => app.works('readSecret'));
        const passing = lab.arm(app, door, { kind: 'status', status }, { times: 2 });
        await app.scanFinishes();
        assert.equal(passing.hits(), 2);
        await app.keptItsPromises();
      });
    }

    it('Row 5: an identity that is not assigned: at once, naming its id and the setting', async () => {
      const clientId = crypto.randomUUID();
      const app = lab.app({ AZURE_CLIENT_ID: clientId });
      const since = lab.azure.journal.position;
      const answer = await app.call('readSecret');
      assert.equal(answer.body.code, 'IDENTITY_UNAVAILABLE');
      assert.ok(answer.elapsedMs < 2_000);
      assert.match(
        String(answer.body.message),
        new RegExp(`${clientId} that AZURE_CLIENT_ID names`),
      );
      assert.match(String(answer.body.nextStep), /correct AZURE_CLIENT_ID/);
      const asked = lab.azure.journal
        .since(since)
        .filter((entry) => entry.kind === 'request' && entry.target.includes(clientId));
      assert.equal(asked.length, 1, 'asked once: it would not help');
      await app.keptItsPromises();
    });
  });
}
