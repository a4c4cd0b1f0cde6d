// W: the 13 of Azure's http-fault-injector at the doors of the app's targets and at App Service's identity endpoint.
// Each kind on every call until the fault ends, and again on one call only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Door } from '../../local/azure/doors.ts';
import { AppError } from '../../shared/errors.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { deployCases, type FaultCase } from './deploy-cases.ts';
import { WatchedApp } from './watched-app.ts';
import { isSilent, nameOf, wireFaults } from './wire-faults.ts';

const azure = await useLocalAzure();
const cases = await deployCases(azure, 4 * wireFaults.length + 1);
const nextCase = () => cases.pop() as FaultCase;
const faultsHit = (fault: FaultCase, door: Door, since: number) => {
  const path = fault.operationAt(door).replaceAll('*', '').toLowerCase();
  return azure.journal
    .since(since)
    .filter((entry) => entry.kind === 'fault' && entry.operation.toLowerCase().includes(path))
    .length;
};

/** The SDKs are loaded once, which takes a second of a cold machine. */
await warmUp(new WatchedApp(azure, nextCase()));

describe('W', { concurrency: true }, () => {
  describe('W at Resource Manager', { concurrency: true }, () => {
    for (const fault of wireFaults) {
      it(`W resource-manager: ${nameOf(fault)}`, async () => {
        const app = new WatchedApp(azure, nextCase());
        await app.fault.createResources(3);
        const operation = app.fault.operationAt('resource-manager');
        const since = azure.journal.position;
        const id = azure.faults.arm({
          door: 'resource-manager',
          operation,
          times: 'always',
          fault,
        });
        const [diagnosis, outcome] = await Promise.all([
          app.diagnosis('resource-manager'),
          app.scan({ timeLimitMs: 3_000 }),
        ]);
        assert.equal(diagnosis.code, 'TARGET_UNAVAILABLE');
        if (outcome instanceof AppError) assert.equal(outcome.code, 'TARGET_UNAVAILABLE');
        else assert.equal(outcome.scopes[0]?.error?.code, 'TARGET_UNAVAILABLE');
        assert.ok(faultsHit(app.fault, 'resource-manager', since) >= 2);
        assert.deepEqual(app.published, []);
        azure.faults.withdraw(id);
        await app.recovers(() => app.scanFinishes());

        await app.fault.createResources(2);
        azure.faults.arm({ door: 'resource-manager', operation, nth: 2, fault });
        // A silent page is waited for 10 s, so that run has no time for another try and leaves it to the next.
        if (isSilent(fault)) await app.scan({ timeLimitMs: 2_000 });
        else await app.scanFinishes();
        await app.scanFinishes();
        await app.keptItsPromises();
      });
    }
  });

  describe('W at Key Vault', { concurrency: true }, () => {
    for (const fault of wireFaults) {
      it(`W key-vault: ${nameOf(fault)}`, async () => {
        const app = new WatchedApp(azure, nextCase());
        const operation = app.fault.operationAt('key-vault');
        const since = azure.journal.position;
        const id = azure.faults.arm({ door: 'key-vault', operation, times: 'always', fault });
        const { target } = await app.refuses('readSecret', 'TARGET_UNAVAILABLE');
        assert.equal(target, 'key-vault');
        assert.ok(faultsHit(app.fault, 'key-vault', since) >= 2, 'tried again');
        azure.faults.withdraw(id);
        await app.recovers(() => app.works('readSecret'));
        azure.faults.arm({ door: 'key-vault', operation, fault });
        await app.works('readSecret');
        await app.keptItsPromises();
      });
    }
  });

  describe('W at Blob Storage', { concurrency: true }, () => {
    for (const fault of wireFaults) {
      it(`W blob: ${nameOf(fault)}`, async () => {
        const app = new WatchedApp(azure, nextCase());
        await app.fault.createResources(2);
        await app.scanFinishes();
        await app.fault.createResources(2);
        const operation = app.fault.operationAt('blob');
        const id = azure.faults.arm({ door: 'blob', operation, times: 'always', fault });
        const [{ target }, outcome] = await Promise.all([
          app.refuses('getScan', 'TARGET_UNAVAILABLE'),
          app.scan({ timeLimitMs: 6_000 }),
        ]);
        assert.equal(target, 'blobs');
        assert.ok(outcome instanceof AppError);
        assert.equal(outcome.code, 'TARGET_UNAVAILABLE');
        azure.faults.withdraw(id);
        await app.recovers(async () => {
          await app.works('getScan');
          await app.scanFinishes();
        });
        await app.keptItsPromises();
      });
    }
  });

  describe("W at App Service's identity endpoint", { concurrency: true }, () => {
    for (const fault of wireFaults) {
      it(`W app-service-identity: ${nameOf(fault)}`, async () => {
        const app = new WatchedApp(azure, nextCase());
        const door = 'app-service-identity';
        const operation = app.fault.operationAt(door);
        const since = azure.journal.position;
        const id = azure.faults.arm({ door, operation, times: 'always', fault });
        const { target } = await app.refuses('readSecret', 'IDENTITY_UNAVAILABLE');
        assert.equal(target, 'identity');
        assert.ok(faultsHit(app.fault, door, since) >= 2, 'tried again');
        azure.faults.withdraw(id);
        await app.recovers(() => app.works('readSecret'));
        azure.faults.arm({ door, operation, fault });
        await app.scanFinishes(); // of another audience: a token that nobody has yet
        await app.keptItsPromises();
      });
    }
  });
});

async function warmUp(app: WatchedApp) {
  await app.fault.createResources(1);
  await app.scanFinishes();
  await app.works('diagnose');
}
