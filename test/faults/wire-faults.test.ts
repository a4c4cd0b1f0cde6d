// W: the 13 of Azure's http-fault-injector at the doors of the app's targets and at App Service's identity endpoint
// (IMDS: imds.test.ts). Each kind on every call until the fault ends, and again on one call only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../shared/errors.ts';
import { openFaultLab } from './fault-lab.ts';
import { isSilent, nameOf, wireFaults } from './wire-faults.ts';

const lab = await openFaultLab(4 * wireFaults.length);

/** Most of it is waiting; more at once would make the machine the fault. */
describe('W', { concurrency: 30 }, () => {
  for (const fault of wireFaults) {
    it(`W resource-manager: ${nameOf(fault)}`, async () => {
      const app = lab.app();
      await app.fault.createResources(3);
      const always = lab.arm(app, 'resource-manager', fault);
      const [diagnosis, outcome] = await Promise.all([
        app.diagnosis('resource-manager'),
        app.scan({ timeLimitMs: 3_000 }),
      ]);
      assert.equal(diagnosis.code, 'TARGET_UNAVAILABLE');
      const error = outcome instanceof AppError ? outcome : outcome.scopes[0]?.error;
      assert.equal(error?.code, 'TARGET_UNAVAILABLE');
      assert.ok(always.hits() >= 2);
      assert.deepEqual(app.published, []);
      always.end();
      await app.recovers(() => app.scanFinishes());

      await app.fault.createResources(2);
      const once = lab.arm(app, 'resource-manager', fault, { nth: 2 });
      // A silent page is waited for 10 s, so that run has no time for another try and leaves it to the next.
      if (isSilent(fault)) await app.scan({ timeLimitMs: 2_000 });
      else await app.scanFinishes();
      await app.scanFinishes();
      assert.equal(once.hits(), 1);
      await app.keptItsPromises();
    });

    it(`W key-vault: ${nameOf(fault)}`, async () => {
      const app = lab.app();
      const always = lab.arm(app, 'key-vault', fault);
      const { target } = await app.refuses('readSecret', 'TARGET_UNAVAILABLE');
      assert.equal(target, 'key-vault');
      assert.ok(always.hits() >= 2, 'tried again');
      always.end();
      await app.recovers(() => app.works('readSecret'));
      const once = lab.arm(app, 'key-vault', fault, { times: 1 });
      await app.works('readSecret');
      assert.equal(once.hits(), 1);
      await app.keptItsPromises();
    });

    it(`W blob: ${nameOf(fault)}`, async () => {
      const app = lab.app();
      await app.fault.createResources(2);
      await app.scanFinishes();
      await app.fault.createResources(2);
      const always = lab.arm(app, 'blob', fault);
      const [{ target }, outcome] = await Promise.all([
        app.refuses('getScan', 'TARGET_UNAVAILABLE'),
        app.scan(),
      ]);
      assert.equal(target, 'blobs');
      assert.ok(outcome instanceof AppError);
      assert.equal(outcome.code, 'TARGET_UNAVAILABLE');
      assert.ok(always.hits() >= 2);
      always.end();
      await app.recovers(async () => {
        await app.works('getScan');
        await app.scanFinishes();
      });
      await app.keptItsPromises();
    });

    it(`W app-service-identity: ${nameOf(fault)}`, async () => {
      const app = lab.app();
      const door = 'app-service-identity';
      const always = lab.arm(app, door, fault);
      const { target } = await app.refuses('readSecret', 'IDENTITY_UNAVAILABLE');
      assert.equal(target, 'identity');
      assert.ok(always.hits() >= 2, 'tried again');
      always.end();
      await app.recovers(() => app.works('readSecret'));
      const once = lab.arm(app, door, fault, { times: 1 });
      await app.scanFinishes(); // two more audiences: nobody has a token for them yet
      assert.equal(once.hits(), 1);
      await app.keptItsPromises();
    });
  }
});
