// Rows about time and grants. The process's Date is moved, and the app and the embedded Azure with it; where their
// clocks must differ, that of the embedded Azure is moved alone.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { RoleAssignment } from '../../local/azure/access/access.ts';
import { MovableClock } from '../../local/azure/clock.ts';
import type { DeniedAccess } from '../../shared/errors.ts';
import { openFaultLab } from './fault-lab.ts';
import type { WatchedApp } from './watched-app.ts';

/** Grants and resources are made in a past to which Azure's clock can be set back. */
const PAST_MS = 700_000;
const clock = new MovableClock();
clock.advanceMs(-PAST_MS);
const lab = await openFaultLab(13, { clock });
clock.advanceMs(PAST_MS);
const { azure } = lab;
const DAY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;

/** Stops the process's clock; gives what moves it, by milliseconds. */
function moveDate(t: TestContext): (milliseconds: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (milliseconds) => t.mock.timers.setTime(Date.now() + milliseconds);
}

/** How far Azure's clock is ahead of the worker's, until the test ends. */
function setSkew(t: TestContext, milliseconds: number): void {
  clock.advanceMs(milliseconds);
  t.after(() => clock.advanceMs(-milliseconds));
}

function setTokenLifetime(t: TestContext, seconds: number): void {
  azure.setTokenLifetimeSeconds(seconds);
  t.after(() => azure.setTokenLifetimeSeconds(DAY_SECONDS));
}

/** Resolves when `isSo`; nothing tells of these facts but themselves. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + 5_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < endsAtMs, `never: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('tokens in time', () => {
  for (const lifetimeSeconds of [60, 120, 290]) {
    it(`Row 7: that live ${lifetimeSeconds} s are asked for at most every 30 s`, async (t) => {
      setTokenLifetime(t, lifetimeSeconds);
      const pass = moveDate(t);
      const app = lab.app();
      const [seconds, step] = [600, 5];
      for (let second = 0; second < seconds; second += step) {
        await app.works('readSecret');
        pass(step * 1000);
      }
      const given = lab.tokensGiven(app);
      assert.ok(given > seconds / lifetimeSeconds, 'none is used when it has ended');
      assert.ok(given <= seconds / 30 + 1, `${given} tokens in ${seconds} s`);
      await app.keptItsPromises();
    });
  }

  it('Row 8: 100 cold callers send one request, and 100 at half-life one more', async (t) => {
    const pass = moveDate(t);
    const app = lab.app();
    const callMany = () => Promise.all(Array.from({ length: 100 }, () => app.works('readSecret')));
    await callMany();
    assert.equal(lab.tokensGiven(app), 1);
    pass((DAY_SECONDS / 2 + 10) * 1000);
    await callMany();
    await until(() => lab.tokensGiven(app) === 2);
    await callMany();
    assert.equal(lab.tokensGiven(app), 2);
    await app.keptItsPromises();
  });

  it('Row 10: nobody notices an outage of 30 minutes while the token is good', async (t) => {
    const pass = moveDate(t);
    const app = lab.app({}, { identityLimits: { totalMs: 50, attemptMs: 50 } });
    await app.works('readSecret');
    pass((DAY_SECONDS / 2 + 10) * 1000);
    const outage = lab.arm(app, 'app-service-identity', { kind: 'status', status: 503 });
    for (let minute = 0; minute < 30; minute++) {
      await app.works('readSecret');
      pass(60_000);
    }
    assert.ok(outage.hits() >= 2 && outage.hits() <= 60, `${outage.hits()} in 30 minutes`);
    outage.end();
    await app.recovers(() => app.works('readSecret'));
    await until(async () => {
      pass(60_000);
      await app.works('readSecret');
      return lab.tokensGiven(app) === 2;
    });
    await app.keptItsPromises();
  });

  it('Row 12: that end in the middle of a scan are renewed once for each target', async (t) => {
    setTokenLifetime(t, 3_600);
    const pass = moveDate(t);
    const app = lab.app();
    await app.fault.createResources(800);
    await app.fault.createResources(800);
    await app.fault.createResources(500);
    let pages = 0;
    const { resourceManager } = app.services;
    const report = await app.scanFinishes({
      resourceManager: {
        probe: (scope) => resourceManager.probe(scope),
        listPage(scope, page) {
          if (++pages === 2) pass(2 * HOUR_MS);
          return resourceManager.listPage(scope, page);
        },
      },
    });
    assert.equal(report.pages, 3);
    assert.equal(lab.tokensGiven(app), 4, 'two for Resource Manager, two for storage');
    await app.keptItsPromises();
  });
});

describe('a list that is late', () => {
  it('Row 17: a resource that it shows 47 hours late is found, once', async (t) => {
    const pass = moveDate(t);
    const app = lab.app();
    app.listedLateMs = 48 * HOUR_MS;
    await app.fault.createResource('first');
    await app.scanFinishes();
    azure.behaviour.set({
      listDelayMs: ({ id }) => (id.endsWith('/late') ? 47 * HOUR_MS : 0),
    });
    t.after(() => azure.behaviour.set({ listDelayMs: 0 }));
    await app.fault.createResource('late');
    for (let hour = 0; hour < 47; hour += 10) {
      await app.fault.createResource(`hour-${hour}`);
      await app.scanFinishes();
      pass(10 * HOUR_MS);
    }
    await app.scanFinishes();
    await app.scanFinishes();
    assert.equal(app.published.at(-1)?.name, 'late');
    await app.keptItsPromises();
  });
});

describe("the worker's clock", () => {
  for (const [name, skewMs] of [
    ['10 minutes behind', 600_000],
    ['10 minutes ahead', -600_000],
  ] as const) {
    it(`Row 11: ${name}: everything works`, async (t) => {
      setSkew(t, skewMs);
      const app = lab.app();
      await app.fault.createResources(3);
      await app.works('readSecret');
      await app.works('getIdentity');
      await app.scanFinishes();
      await app.works('getScan');
      await app.fault.createResources(2);
      await app.scanFinishes();
      await app.scanFinishes();
      await app.keptItsPromises();
    });
  }

  it('Row 11: so far behind that it sends a token which has ended: says so, names the clock, and works again', async (t) => {
    setTokenLifetime(t, 300);
    setSkew(t, 600_000);
    const pass = moveDate(t);
    const app = lab.app();
    await app.fault.createResources(1);
    await app.scanFinishes();
    await app.works('readSecret');
    pass(640_000);
    const problems = [
      await app.refuses('readSecret', 'ACCESS_DENIED'),
      await app.refuses('getScan', 'ACCESS_DENIED'),
      await app.diagnosis('resource-manager', { alone: false }),
    ];
    for (const { code, message, nextStep } of problems) {
      assert.equal(code, 'ACCESS_DENIED');
      assert.match(message, /did not accept the app's token: it has expired\./);
      assert.match(nextStep, /clock/);
    }
    // The SDKs keep a token until two minutes before its end, as the worker's clock sees it.
    pass(150_000);
    await app.recovers(async () => {
      await app.works('readSecret');
      await app.works('getScan');
      await app.scanFinishes();
    });
    await app.keptItsPromises();
  });
});

describe('a role', () => {
  const uses = {
    Reader: { run: async (app: WatchedApp) => app.scan(), target: 'resource-manager' },
    'Key Vault Secrets User': {
      run: async (app: WatchedApp) => app.call('readSecret'),
      target: 'key-vault',
    },
    'Storage Blob Data Contributor': {
      run: async (app: WatchedApp) => app.call('getScan'),
      target: 'blobs',
    },
  } as const;

  for (const [roleName, { run, target }] of Object.entries(uses)) {
    it(`Row 13, Row 14: ${roleName} taken and given back 10 minutes late: ACCESS_DENIED names all, and it flows without restart`, async (t) => {
      const app = lab.app();
      await app.fault.createResources(1);
      await app.scanFinishes();
      const [assignment] = assignmentsOf(app, roleName);
      assert.ok(assignment);
      azure.access.removeAssignment(assignment.id);
      const denied = deniedAccess(await run(app));
      assert.deepEqual([denied.principalId, denied.role], [app.fault.principalId, roleName]);
      assert.match(denied.action, /^Microsoft\./);
      assert.ok(denied.scope.length > 10);

      // Row 14: a grant by a group shows only in a token that was issued after it.
      const { nextStep, verdict } = await app.diagnosis(target);
      assert.equal(verdict, 'ACCESS_DENIED');
      const { iat } = app.services.credential.claimsInHand(scopes[target]) ?? {};
      assert.ok(iat !== undefined && nextStep.includes(`This token was issued at ${iat}`));
      assert.match(nextStep, /up to 24 hours/);
      assert.ok(nextStep.includes(`--assignee ${app.fault.principalId}`));

      azure.behaviour.set({ grantDelayMs: 600_000 });
      t.after(() => azure.behaviour.set({ grantDelayMs: 0 }));
      azure.access.addAssignment(assignment);
      setSkew(t, 590_000);
      deniedAccess(await run(app));
      setSkew(t, 20_000);
      const since = azure.journal.position;
      await app.recovers(async () => {
        await app.scanFinishes();
        await app.works('getScan');
        await app.works('readSecret');
      });
      assert.equal(lab.tokensGiven(app, since) <= 1, true, 'with the tokens that it had');
      await app.keptItsPromises();
    });
  }

  const scopes = {
    'resource-manager': 'https://management.azure.com/.default',
    'key-vault': 'https://vault.azure.net/.default',
    blobs: 'https://storage.azure.com/.default',
  } as const;

  function assignmentsOf(app: WatchedApp, roleName: string): RoleAssignment[] {
    const role = azure.access.listDefinitions().find((one) => one.roleName === roleName);
    return azure.access
      .listAssignments()
      .filter(
        ({ principalId, roleDefinitionId }) =>
          principalId === app.fault.principalId && roleDefinitionId === role?.id,
      );
  }
});

/** Of a scan's error or of a function's body. */
function deniedAccess(outcome: unknown): DeniedAccess {
  const { access, body } = outcome as {
    access?: DeniedAccess;
    body?: DeniedAccess & { code: string };
  };
  const denied = body ?? access;
  assert.ok(denied, JSON.stringify(outcome));
  if (body) assert.equal(body.code, 'ACCESS_DENIED');
  return denied;
}
