// What each role assignment of the template is for: without it exactly the calls that need it are refused, in Azure's
// words, and the app says who may not do what where, and which role is missing. Put back, the running app works again.
import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import type { RestError } from '@azure/core-rest-pipeline';
import type { Principal } from '../../local/azure/directory.ts';
import { buildApp } from '../../local/build-app.ts';
import { projectDirectory, readOwnTemplate, useLocalAzure } from '../support/local-azure.ts';
import { expectedRefusals, type Targets, targetsIn } from './expected-refusals.ts';
import {
  type FoundAssignment,
  findRoleAssignments,
  withoutAssignment,
} from './find-role-assignments.ts';
import { type AppOnAzure, deploySite, startDeployedApp } from './start-deployed-app.ts';
import { diagnose, everythingWorks, tryEverything } from './try-everything.ts';

const azure = await useLocalAzure();
const template = readOwnTemplate();
const expectations = expectedRefusals(azure);

/** Not served locally: nothing here takes telemetry. */
const EXEMPT = 'Monitoring Metrics Publisher';

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

/** No run but by hand while a test looks. */
const scanSchedule = '0 0 3 1 1 *';

/** Only made with the parameter `messaging`, which these deployments leave off. */
const WITH_MESSAGING = 'messagingGrants';

const assignments = findRoleAssignments(template).filter(({ module }) => module !== WITH_MESSAGING);
const roleOf = ({ role }: FoundAssignment) => azure.access.findDefinition(role)?.roleName ?? role;

async function proveOnTheApp(t: TestContext, assignment: FoundAssignment): Promise<void> {
  const role = roleOf(assignment);
  const expected = expectations[role];
  assert.ok(expected, `no expectation for ${role}: say what fails without it`);
  const group = `rg-${assignment.module}-${assignment.symbol}`;
  const parameters = { ...modules[assignment.module], scanSchedule };
  const reduced = withoutAssignment(template, assignment);
  const since = azure.journal.position;
  const app = await startDeployedApp(azure, { group, template: reduced, parameters });
  t.after(app.stop);
  const targets = targetsIn(azure, group);

  assert.deepEqual(await tryEverything(app), { ...everythingWorks, ...expected.refused });
  const refusals = refusalsSince(since);
  assert.ok(refusals.length > 0);
  for (const { door, code } of refusals) {
    assert.deepEqual({ door, code }, { door: expected.door, code: expected.code });
  }
  await assert.rejects(expected.ask(app.identity, targets), (error: RestError) => {
    assert.equal(error.statusCode, 403);
    assert.equal(error.code, expected.code);
    assert.match(error.message, expected.words(app.identity, targets));
    return true;
  });
  if (expected.denied) await assertAppTells(app, role, expected.denied(targets));
  else await assertHostTells(app, role, targets);

  const granted = azure.journal.position;
  await deploySite(azure, { group, parameters });
  await timerStarts(targets, expected.denied ? since : granted);
  assert.deepEqual(await tryEverything(app), everythingWorks);
  assert.equal(app.process.exitCode, null, 'it is still the same process');
}

function refusalsSince(since: number) {
  return azure.journal
    .since(since)
    .flatMap((entry) => (entry.kind === 'request' && entry.status === 403 ? [entry] : []));
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

/** Answers, the scan's log and the diagnosis say who may not do what where, and the role. */
async function assertAppTells(
  app: AppOnAzure,
  role: string,
  { action, scope }: { readonly action: string; readonly scope: string },
): Promise<void> {
  const { principalId } = app.identity;
  const [diagnosed, ...others] = (await diagnose(app)).filter(
    ({ verdict }) => verdict === 'ACCESS_DENIED',
  );
  assert.deepEqual(others, []);
  assert.match(diagnosed?.nextStep ?? '', new RegExp(`Grant it the role ${role} on that scope`));
  const answers = await Promise.all(
    ['/api/secrets/demo', '/api/scans/latest'].map((path) => app.get(path)),
  );
  const refused = answers.filter(({ status }) => status === 403).map(({ body }) => body);
  for (const access of [diagnosed?.access ?? {}, ...refused]) {
    assert.equal(access.principalId, principalId);
    assert.equal(access.action, action);
    assert.equal(String(access.scope).slice(0, scope.length), scope);
    assert.equal(access.role, role);
  }
  const said = [
    ...refused.map(({ message, nextStep }) => `${message} ${nextStep}`),
    (await app.scan()).log,
  ];
  assert.match(
    said.join('\n'),
    new RegExp(
      `The identity ${principalId} may not [a-z ]+: ${RegExp.escape(action)} was refused on ${RegExp.escape(scope)}.*Grant it the role ${role} on that scope or above\\.`,
    ),
  );
}

/** The real host keeps silent; this one names identity, role and account, also to whom runs the timer by hand. */
async function assertHostTells(app: AppOnAzure, role: string, targets: Targets): Promise<void> {
  const identity = app.settings.AZURE_CLIENT_ID
    ? `the identity with client id ${app.identity.clientId}`
    : "the app's identity";
  const said = `AuthorizationPermissionMismatch: ${identity} lacks the role '${role}' on the storage account '${targets.hostAccount}'`;
  await app.printed(new RegExp(`'Functions\\.scanResources' was unable to start: ${said}`));
  await app.printed(new RegExp(`Executed 'Functions\\.scanResources' \\(Failed\\): ${said}`));
}

/** A person has no identity endpoint here, so the decider itself is asked. */
async function proveForTheDeveloper(assignment: FoundAssignment): Promise<void> {
  const group = `rg-${assignment.module}-${assignment.symbol}`;
  const parameters = modules[assignment.module] ?? {};
  await deploySite(azure, { group, parameters, template: withoutAssignment(template, assignment) });
  const targets = targetsIn(azure, group);
  const { principalId } = developer;
  const allowed = () =>
    Object.entries(expectations).flatMap(([role, { decision }]) =>
      azure.access.authorize({ principalId, ...decision(targets) }).allowed ? [role] : [],
    );
  const ofTheApp = ['Reader', 'Key Vault Secrets User', 'Storage Blob Data Contributor'];
  const role = roleOf(assignment);
  const without = ofTheApp.filter((one) => one !== role);
  assert.deepEqual(allowed(), without);
  await deploySite(azure, { group, parameters });
  assert.deepEqual(allowed(), ofTheApp);
}

describe('T7 the role assignments of the template', () => {
  before(() => buildApp(projectDirectory));

  it('are all tried here, but for the one that nothing local needs', () => {
    assert.ok(assignments.length >= 15);
    const roles = new Set(assignments.map(roleOf));
    assert.deepEqual([...roles].sort(), [...Object.keys(expectations), EXEMPT].sort());
    const makers = new Set(assignments.map(({ module }) => module));
    assert.deepEqual([...makers].sort(), Object.keys(modules).sort());
  });

  for (const assignment of assignments.filter((one) => roleOf(one) !== EXEMPT)) {
    const role = roleOf(assignment);
    if (assignment.module === 'developerGrants') {
      it(`(developer) without ${role}: what needs it is refused, with it allowed, where the host's is never given`, () =>
        proveForTheDeveloper(assignment));
      continue;
    }
    const kind = modules[assignment.module]?.identityKind;
    const { stops } = expectations[role] ?? { stops: 'who knows what' };
    it(`(${kind}) without ${role}: ${stops} and nothing else is refused; with it the running app works`, (t) =>
      proveOnTheApp(t, assignment));
  }
});
