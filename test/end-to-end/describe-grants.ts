// What each role assignment of the template is for: without it exactly the calls that need it are refused, in Azure's
// words, and the app says who may not do what where, and which role is missing. Put back, the running app works again.
import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import type { RestError } from '@azure/core-rest-pipeline';
import type { Principal } from '../../local/azure/directory.ts';
import { buildApp } from '../../local/build-app.ts';
import { projectDirectory, readOwnTemplate, useLocalAzure } from '../support/local-azure.ts';
import { expectedMessagingRefusals } from './expected-messaging-refusals.ts';
import {
  type DeniedCall,
  type ExpectedRefusal,
  expectedRefusals,
  type Targets,
  targetsIn,
} from './expected-refusals.ts';
import {
  type FoundAssignment,
  findRoleAssignments,
  withoutAssignment,
} from './find-role-assignments.ts';
import { type AppOnAzure, deploySite, startDeployedApp } from './start-deployed-app.ts';
import { diagnose, everythingWorks, tryEverything } from './try-everything.ts';
import { messagingWorks, tryMessaging } from './try-messaging.ts';

const azure = await useLocalAzure();
const template = readOwnTemplate();
/** By symbolic name of the assignment. */
const expectations: Readonly<Record<string, ExpectedRefusal>> = {
  ...expectedRefusals(azure),
  ...expectedMessagingRefusals(azure),
};

/** Not served locally: nothing here takes telemetry. */
const EXEMPT = 'sendsTelemetry';

const developer: Principal = {
  principalId: 'dddddddd-0000-1111-2222-eeeeeeeeeeee',
  clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  kind: 'User',
  displayName: 'A developer',
};
azure.directory.add(developer);

/** By the module that makes the grants: the parameters with which it is deployed. */
const modules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  userAssignedGrants: { identityKind: 'userAssigned' },
  systemAssignedGrants: { identityKind: 'systemAssigned' },
  developerGrants: { developerPrincipalId: developer.principalId },
};

/** Most of a case is waiting: for the host's locks, for retries of what is refused. */
const CASES_AT_ONCE = 3;

/** No run but by hand while a test looks. */
const scanSchedule = '0 0 3 1 1 *';

const assignments = findRoleAssignments(template);
const tried = assignments.filter(({ symbol }) => symbol !== EXEMPT);

const allWorks = {
  ...everythingWorks,
  'diagnose event-hubs': 'works',
  'diagnose service-bus': 'works',
  'diagnose database': 'works',
  ...messagingWorks,
};

async function tryAll(app: AppOnAzure): Promise<Readonly<Record<string, string>>> {
  const core = await tryEverything(app);
  return { ...core, ...(await tryMessaging(app)) };
}

function parametersOf({ module }: FoundAssignment): Readonly<Record<string, string | boolean>> {
  return { ...modules[module], scanSchedule, messaging: true };
}

async function proveOnTheApp(t: TestContext, assignment: FoundAssignment): Promise<void> {
  const expected = expectationOf(assignment);
  const group = `rg-${assignment.module}-${assignment.symbol}`;
  const parameters = parametersOf(assignment);
  const reduced = withoutAssignment(template, assignment);
  const since = azure.journal.position;
  const app = await startDeployedApp(azure, { group, template: reduced, parameters });
  t.after(app.stop);
  const targets = targetsIn(azure, group);

  assert.deepEqual(await tryAll(app), { ...allWorks, ...expected.refused });
  const wasDenied = azure.journal
    .since(since)
    .some(
      (entry) =>
        entry.kind === 'decision' &&
        !entry.allowed &&
        entry.principalId === app.identity.principalId,
    );
  assert.ok(wasDenied);
  // A peek is refused inside of a link that is open, which leaves no entry of its own.
  for (const { door, code } of refusalsSince(since, app.identity)) {
    assert.deepEqual({ door, code }, { door: expected.door, code: expected.code });
  }
  await assert.rejects(expected.ask(app.identity, targets), (error: RestError) => {
    assert.equal(error.code, expected.sdkCode ?? expected.code);
    assert.match(error.message, expected.words(app.identity, targets));
    return true;
  });
  if (expected.denied) await assertAppTells(app, expected.role, expected.denied(targets));
  if (expected.hostSays) await app.printed(expected.hostSays(targets));

  const granted = { position: azure.journal.position, printed: app.output().length };
  await deploySite(azure, { group, parameters });
  await timerStarts(targets, assignment.symbol === 'runsOnHostStorage' ? granted.position : since);
  if (expected.recovers) await app.printed(expected.recovers, granted.printed);
  assert.deepEqual(await tryAll(app), allWorks);
  assert.equal(app.process.exitCode, null, 'it is still the same process');
}

function expectationOf({ symbol }: FoundAssignment): ExpectedRefusal {
  const expected = expectations[symbol];
  assert.ok(expected, `no expectation for ${symbol}: say what fails without it`);
  return expected;
}

/** Of this app's calls: others are tried meanwhile. */
function refusalsSince(since: number, { principalId }: Principal) {
  return azure.journal
    .since(since)
    .flatMap((entry) =>
      ((entry.kind === 'request' && entry.status === 403) ||
        (entry.kind === 'message' && entry.code !== undefined)) &&
      entry.principalId === principalId
        ? [entry]
        : [],
    );
}

/** The host has its lock, and starts the timer by keeping its status in its own account. */
function timerStarts({ hostAccount }: Targets, since: number): Promise<unknown> {
  return azure.journal.waitFor(
    `the timer's status in ${hostAccount}`,
    (entry) =>
      entry.kind === 'request' &&
      entry.method === 'PUT' &&
      entry.status === 201 &&
      entry.host.startsWith(hostAccount) &&
      /\/timers\/.*scanResources\/status/.test(entry.target),
    { since, timeoutMs: 10_000 },
  );
}

/** Answers, the functions' log and the diagnosis say who may not do what where, and the role. */
async function assertAppTells(
  app: AppOnAzure,
  role: string,
  { action, scope, isDiagnosed = true }: DeniedCall,
): Promise<void> {
  const { principalId } = app.identity;
  const diagnosed = (await diagnose(app)).filter(({ verdict }) => verdict === 'ACCESS_DENIED');
  assert.equal(diagnosed.length, isDiagnosed ? 1 : 0);
  const paths = ['secrets/demo', 'scans/latest', 'subscriptions/inventory/messages'];
  const answers = await Promise.all(
    [...paths, 'subscriptions/vaults/messages'].map((path) => app.get(`/api/${path}`)),
  );
  const refused = answers.filter(({ status }) => status === 403).map(({ body }) => body);
  // The diagnosis has these members in one of its own, an answer beside the others.
  for (const access of [...diagnosed.map((target) => target.access ?? {}), ...refused]) {
    const { scope: told, ...rest } = access;
    const facts = [rest.principalId, rest.action, rest.role];
    assert.deepEqual(facts, [principalId, action, role]);
    assert.ok(sameStart(String(told), scope), `${told} is ${scope} or in it`);
  }
  for (const { nextStep } of [...diagnosed, ...refused]) {
    assert.match(String(nextStep), new RegExp(`Grant it the role ${role} on that scope`));
  }
  const said = [...refused, ...diagnosed].map(({ message, nextStep }) => `${message} ${nextStep}`);
  assert.match(
    [...said, app.output()].join('\n'),
    new RegExp(
      `The identity ${principalId} may not [a-z ]+: ${RegExp.escape(action)} was refused on ${RegExp.escape(scope)}.*Grant it the role ${role} on that scope or above\\.`,
      'i',
    ),
  );
}

function sameStart(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

/** A person has no identity endpoint here, so the decider itself is asked. */
async function proveForTheDeveloper(assignment: FoundAssignment): Promise<void> {
  const group = `rg-${assignment.module}-${assignment.symbol}`;
  const parameters = parametersOf(assignment);
  await deploySite(azure, { group, parameters, template: withoutAssignment(template, assignment) });
  const targets = targetsIn(azure, group);
  const { principalId } = developer;
  const allowed = () =>
    Object.entries(expectations).flatMap(([symbol, { decision }]) =>
      azure.access.authorize({ principalId, ...decision(targets) }).allowed ? [symbol] : [],
    );
  const ofTheApp = Object.keys(expectations).filter((symbol) => symbol !== 'runsOnHostStorage');
  assert.deepEqual(
    allowed(),
    ofTheApp.filter((symbol) => symbol !== assignment.symbol),
  );
  await deploySite(azure, { group, parameters });
  assert.deepEqual(allowed(), ofTheApp);
}

/** The tests of the assignments that one module makes, or of those that a person has; each file in a process of its own. */
export function describeGrants(wanted: 'userAssignedGrants' | 'systemAssignedGrants'): void {
  const isWanted = ({ module }: FoundAssignment) =>
    module === wanted || (module === 'developerGrants' && wanted === 'systemAssignedGrants');
  describe('T7 the role assignments of the template', { concurrency: CASES_AT_ONCE }, () => {
    before(() => buildApp(projectDirectory));

    it('are all tried here, but for the one that nothing local needs', () => {
      assert.ok(assignments.length >= 42);
      const symbols = new Set(assignments.map(({ symbol }) => symbol));
      assert.deepEqual([...symbols].sort(), [...Object.keys(expectations), EXEMPT].sort());
      const makers = new Set(assignments.map(({ module }) => module));
      assert.deepEqual([...makers].sort(), Object.keys(modules).sort());
      for (const assignment of tried) {
        const role = azure.access.findDefinition(assignment.role)?.roleName;
        assert.equal(role, expectationOf(assignment).role, assignment.symbol);
      }
    });

    for (const assignment of tried.filter(isWanted)) {
      const { symbol, module } = assignment;
      const { role, stops } = expectations[symbol] ?? { role: '?', stops: 'who knows what' };
      if (module === 'developerGrants') {
        // The host's own is not made for a person.
        const isMade = symbol !== 'runsOnHostStorage';
        it(`(developer) without ${symbol} (${role}): ${isMade ? 'what needs it is refused, with it allowed' : 'nothing changes, it is never given'}`, () =>
          proveForTheDeveloper(assignment));
        continue;
      }
      it(`(${modules[module]?.identityKind}) without ${symbol} (${role}): ${stops} and nothing else is refused; with it the running app works`, (t) =>
        proveOnTheApp(t, assignment));
    }
  });
}
