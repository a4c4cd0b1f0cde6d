// Which identities there are and what they may do: unmodified SDKs and their pipeline, over TLS, against our own template
// deployed on the embedded Azure, with nothing but the role that the template grants.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findIdentity } from '../../functions/find-identity.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { listIdentities } from '../../functions/list-identities.ts';
import type { FoundIdentity } from '../../shared/identity/find-identity.ts';
import type { IdentityPage } from '../../shared/identity/list-identities.ts';
import { roles } from '../../shared/operations.ts';
import { findRoleAssignments } from '../end-to-end/find-role-assignments.ts';
import { deploy } from '../faults/deploy-cases.ts';
import { deployApp } from '../shared/deployed-app.ts';
import {
  addIdentity,
  grant,
  readOwnTemplate,
  subscriptionId,
  useLocalAzure,
} from '../support/local-azure.ts';
import { call } from './functions-sdk.ts';

const MANY = 130;
/** There before: the template's two, two of storage accounts, one of another group. */
const OTHERS = 5;

const azure = await useLocalAzure();
const app = await deployApp(azure);
const services = app.createServices();

const get = (answer: Answer, path: string, params = {}) =>
  call(httpHandler(answer, { services: () => services }), path, params);
const page = async (query: Readonly<Record<string, string>> = {}) =>
  (await get(listIdentities, `identities?${new URLSearchParams(query)}`))
    .body as unknown as IdentityPage;
const find = (principalId: string) =>
  get(findIdentity, `identities/${principalId}`, { principalId });
const found = async (principalId: string) =>
  (await find(principalId)).body as unknown as FoundIdentity;

const own = azure.directory.findByClientId(app.settings.AZURE_CLIENT_ID ?? '') ?? assert.fail();
const sameIds = (ids: readonly string[], expected: readonly string[]) =>
  assert.deepEqual(
    ids.map((id) => id.toLowerCase()),
    expected.map((id) => id.toLowerCase()),
  );

const identityResource = (name: string, more = {}) => ({
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  apiVersion: '2023-01-31',
  name,
  location: 'westeurope',
  ...more,
});
const identityId = (group: string, name: string) =>
  `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const accountWith = (name: string, identity: object) => ({
  type: 'Microsoft.Storage/storageAccounts',
  apiVersion: '2023-05-01',
  name,
  location: 'westeurope',
  kind: 'StorageV2',
  sku: { name: 'Standard_LRS' },
  identity,
});

describe('the identities of the deployed template', () => {
  it('are the user-assigned ones, each with its ids and what it is assigned to: ours to the function app', async () => {
    const { scopes, identities, cursor, notes } = await page();
    sameIds(scopes, [app.groupId]);
    // The other one runs the script that makes the database's user.
    const [identity, script, ...others] = identities;
    assert.deepEqual(others, []);
    assert.match(script?.name ?? '', /^id-sql-/);
    assert.match(script?.assignedTo.join() ?? '', /^[^,]+\/deploymentScripts\/[^,]+$/);
    assert.equal(identity?.kind, 'userAssigned');
    assert.equal(identity.name, own.displayName);
    sameIds([identity.resourceId], [own.resourceId ?? '']);
    assert.equal(identity.principalId, own.principalId);
    assert.equal(identity.clientId, own.clientId);
    assert.equal(identity.tenantId, azure.directory.tenantId);
    assert.equal(identity.isInScanScopes, true);
    assert.ok(identity.assignedTo.includes(app.siteId));
    const holders = azure.resourceManager
      .listResources()
      .filter((one) =>
        Object.keys(one.identity?.userAssignedIdentities ?? {}).some(
          (id) => id.toLowerCase() === own.resourceId?.toLowerCase(),
        ),
      );
    sameIds(identity.assignedTo.toSorted(), holders.map(({ id }) => id).toSorted());
    assert.deepEqual([cursor, notes], [undefined, []]);
  });

  it('have the roles that the template grants, each with its name and its place', async () => {
    const { matchedBy, identity, roleAssignments, notes } = await found(own.principalId);
    assert.equal(matchedBy, 'principalId');
    assert.deepEqual(identity, (await page()).identities[0]);
    const granted = azure.access
      .listAssignments()
      .filter(({ principalId }) => principalId === own.principalId);
    assert.ok(granted.length > 10);
    const nameOf = (id: string) =>
      azure.access.listDefinitions().find((one) => one.id === id)?.roleName;
    assert.deepEqual(
      roleAssignments
        .map(({ roleName, scope }) => `${roleName} on ${scope.toLowerCase()}`)
        .toSorted(),
      granted
        .map(
          ({ roleDefinitionId, scope }) => `${nameOf(roleDefinitionId)} on ${scope.toLowerCase()}`,
        )
        .toSorted(),
    );
    const inBicep = findRoleAssignments(readOwnTemplate())
      .filter(({ module }) => module === 'userAssignedGrants')
      .map(({ role }) => role);
    assert.deepEqual(
      roleAssignments.map(({ roleDefinitionId }) => roleDefinitionId).toSorted(),
      inBicep.toSorted(),
    );
    const [reader, ...others] = roleAssignments;
    assert.equal(reader?.roleName, 'Reader');
    assert.equal(reader.roleDefinitionId, roles.reader.id);
    assert.equal(reader.position, 'on');
    assert.deepEqual(new Set(others.map(({ position }) => position)), new Set(['within']));
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /hidden from the app, whose role Reader ends there/);
  });

  it('are found by client id too, in any case, and it is said so', async () => {
    const { matchedBy, identity } = await found(own.clientId.toUpperCase());
    assert.equal(matchedBy, 'clientId');
    assert.equal(identity.principalId, own.principalId);
  });

  it('show what is assigned above the scanned scope, and nothing of what is assigned beside it', async () => {
    const undo = [
      grant(azure, own, 'Contributor', `/subscriptions/${subscriptionId}`),
      grant(azure, own, 'Owner', `/subscriptions/${subscriptionId}/resourceGroups/rg-app-other`),
    ];
    const { roleAssignments } = await found(own.principalId);
    for (const step of undo) step();
    const { roleName, position, scope } = roleAssignments[0] ?? assert.fail();
    assert.deepEqual([roleName, position], ['Contributor', 'above']);
    assert.equal(scope, `/subscriptions/${subscriptionId}`);
    assert.ok(roleAssignments.every((one) => one.roleName !== 'Owner'));
  });

  it('have the roles of their groups too, and it is said through which', async () => {
    const team = { ...addIdentity(azure, 'team'), kind: 'Group' as const };
    azure.directory.add(team);
    azure.directory.addMember(team.principalId, own.principalId);
    const undo = grant(azure, team, 'Contributor', app.groupId);
    const { roleAssignments } = await found(own.principalId);
    undo();
    azure.directory.removeMember(team.principalId, own.principalId);
    assert.deepEqual(
      roleAssignments.flatMap(({ roleName, throughGroup }) =>
        throughGroup ? [[roleName, throughGroup]] : [],
      ),
      [['Contributor', team.principalId]],
    );
  });

  it('are none by an id that nobody has: 404 with what to do', async () => {
    for (const id of [crypto.randomUUID(), azure.deployer.principalId]) {
      const { status, body } = await find(id);
      assert.equal(status, 404);
      assert.equal(body.code, 'NOT_FOUND');
      assert.match(String(body.nextStep), /GET \/api\/identities/);
    }
  });

  it('are refused to an app without Reader, which is told who, what, where and the role; with it they are there again', async () => {
    const taken = azure.access
      .listAssignments()
      .filter(
        (one) => one.principalId === own.principalId && one.roleDefinitionId === roles.reader.id,
      );
    assert.equal(taken.length, 1);
    for (const { id } of taken) azure.access.removeAssignment(id);
    const refused = [await get(listIdentities, 'identities'), await find(own.principalId)];
    for (const assignment of taken) azure.access.addAssignment(assignment);
    for (const { status, body } of refused) {
      assert.equal(status, 403);
      assert.equal(body.code, 'ACCESS_DENIED');
      assert.equal(body.principalId, own.principalId);
      assert.equal(body.role, 'Reader');
      sameIds([String(body.scope)], [app.groupId]);
    }
    assert.equal((await get(listIdentities, 'identities')).status, 200);
    assert.equal((await find(own.principalId)).status, 200);
  });
});

describe('the identities of resources', () => {
  const inGroup = `${app.groupId}/providers/Microsoft.Storage/storageAccounts`;
  it('are listed: system-assigned ones, shared ones, and one of another group that a resource here has', async () => {
    await deploy(azure, 'rg-app-other', [
      identityResource('id-elsewhere'),
      identityResource('id-unseen'),
    ]);
    await deploy(azure, 'rg-app', [
      accountWith('stsystem', { type: 'SystemAssigned' }),
      accountWith('stboth', {
        type: 'SystemAssigned, UserAssigned',
        userAssignedIdentities: {
          [identityId('rg-app-other', 'id-elsewhere')]: {},
          [own.resourceId ?? '']: {},
        },
      }),
    ]);
    const { identities } = await page();
    sameIds(
      identities.map(({ resourceId }) => resourceId),
      [
        identityId('rg-app-other', 'id-elsewhere'),
        identityId('rg-app', own.displayName),
        identityId('rg-app', own.displayName.replace('id-', 'id-sql-')),
        `${inGroup}/stboth`,
        `${inGroup}/stsystem`,
      ],
    );
    const [elsewhere, ours, , both, system] = identities;
    sameIds(ours?.assignedTo ?? [], [`${inGroup}/stboth`, app.siteId]);
    for (const one of [both, system]) {
      assert.equal(one?.kind, 'systemAssigned');
      const principal = azure.directory.findByResourceId(one.resourceId);
      assert.equal(one.principalId, principal?.principalId);
      assert.deepEqual(one.assignedTo, [one.resourceId]);
    }
    assert.equal(elsewhere?.isInScanScopes, false);
    assert.equal(elsewhere.name, 'id-elsewhere');
    assert.ok(elsewhere.principalId && elsewhere.clientId);
    sameIds(elsewhere.assignedTo, [`${inGroup}/stboth`]);
  });

  it('are found by principal id and by client id, system-assigned ones with both', async () => {
    const system = azure.directory.findByResourceId(`${inGroup}/stsystem`) ?? assert.fail();
    const undo = grant(azure, system, 'Reader', app.groupId);
    const byPrincipal = await found(system.principalId);
    const byClient = await found(system.clientId);
    undo();
    assert.deepEqual([byPrincipal.matchedBy, byClient.matchedBy], ['principalId', 'clientId']);
    assert.deepEqual(byPrincipal.identity, byClient.identity);
    assert.equal(byPrincipal.identity.clientId, system.clientId);
    assert.equal(byPrincipal.identity.name, 'stsystem');
    assert.deepEqual(
      byClient.roleAssignments.map(({ roleName, position }) => [roleName, position]),
      [['Reader', 'on']],
    );
    assert.deepEqual((await found(system.principalId)).roleAssignments, []);
  });

  it('come in pages that hold each of many once, in one order, whatever ARM’s pages are', async () => {
    await deploy(azure, 'rg-app', [
      identityResource("[format('id-many-{0}', copyIndex())]", {
        copy: { name: 'many', count: MANY },
      }),
    ]);
    azure.behaviour.set({ listPageSize: 7 });
    const ids: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const next: IdentityPage = await page({ top: '50', ...(cursor && { cursor }) });
      ids.push(...next.identities.map(({ resourceId }) => resourceId));
      // What is added meanwhile, before the place, moves nothing.
      if (pages === 0) await deploy(azure, 'rg-app', [identityResource('id-aaa')]);
      ({ cursor } = next);
      pages += 1;
    } while (cursor);
    azure.behaviour.set({ listPageSize: 1000 });
    assert.equal(pages, Math.ceil((MANY + OTHERS) / 50));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, MANY + OTHERS);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    );
    const { identities: all } = await page({ top: '500' });
    assert.equal(all.length, MANY + OTHERS + 1);
  });
});
