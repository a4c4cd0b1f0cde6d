// A virtual machine: no App Service endpoint in the environment, so the tokens come from 169.254.169.254.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openFaultLab } from './fault-lab.ts';
import { describeIdentityRows, IDENTITY_ROW_CASES } from './identity-rows.ts';
import { nameOf, wireFaults } from './wire-faults.ts';

/** The app's own limits are in force in row 2, and in W at App Service's endpoint. */
const identityLimits = { totalMs: 3_000, attemptMs: 1_000 };

const lab = await openFaultLab(wireFaults.length + IDENTITY_ROW_CASES, {
  machine: 'virtual machine',
});

describe('W', { concurrency: true }, () => {
  for (const fault of wireFaults) {
    it(`W imds: ${nameOf(fault)}`, async () => {
      const app = lab.app({}, { identityLimits });
      const always = lab.arm(app, 'imds', fault);
      const { target, message } = await app.refuses('readSecret', 'IDENTITY_UNAVAILABLE');
      assert.equal(target, 'identity');
      assert.match(message, /169\.254\.169\.254/);
      assert.ok(always.hits() >= 2, 'tried again');
      always.end();
      await app.recovers(() => app.works('readSecret'));
      const once = lab.arm(app, 'imds', fault, { times: 1 });
      await app.scanFinishes(); // two more audiences: nobody has a token for them yet
      assert.equal(once.hits(), 1);
      await app.keptItsPromises();
    });
  }
});

describeIdentityRows(lab, 'imds', identityLimits);
