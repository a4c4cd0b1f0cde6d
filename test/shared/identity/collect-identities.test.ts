// What is made of Azure's lists: of the identities themselves, and of the resources that have some.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../../shared/errors.ts';
import { collectIdentities } from '../../../shared/identity/collect-identities.ts';
import { positionOf } from '../../../shared/identity/role-assignments-of.ts';
import type { UserAssignedIdentity } from '../../../shared/managed-identities.ts';
import { operations } from '../../../shared/operations.ts';
import { accessDenied } from '../../../shared/refusals/access-denied.ts';
import type { ListedIdentity } from '../../../shared/resource-manager.ts';

const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const SCOPE = `${SUBSCRIPTION}/resourceGroups/rg-app`;
const identityId = (group: string, name: string) =>
  `${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const resourceId = (name: string) => `${SCOPE}/providers/Microsoft.Web/sites/${name}`;

/** An Azure in which these are, for who may read there. */
function tools(
  userAssigned: readonly UserAssignedIdentity[],
  resources: Readonly<Record<string, ListedIdentity>>,
  mayRead = true,
) {
  return {
    managedIdentities: {
      listUserAssigned: async () => userAssigned,
      findSystemAssignedClientId: async () => undefined,
    },
    resourceManager: {
      async probe(scope: string) {
        const operation = operations.readScope(scope);
        if (mayRead) return operation;
        throw accessDenied(operation, {}, { principalId: 'oid', cause: undefined });
      },
      async listPage() {
        const listed = Object.entries(resources).map(([name, identity]) => ({
          ...{ id: resourceId(name), name, identity },
        }));
        return { resources: mayRead ? listed : [] };
      },
    },
  };
}

const collect = async (...args: Parameters<typeof tools>) =>
  (await collectIdentities([SCOPE], tools(...args))).identities;

describe('the identities that are collected', () => {
  const mine = { id: identityId('rg-app', 'id-a'), name: 'id-a', principalId: 'p', clientId: 'c' };

  it('know their resources in any case that Azure answers', async () => {
    const listed = { ...mine, id: mine.id.replace('resourceGroups', 'resourcegroups') };
    const [identity, ...others] = await collect([listed], {
      one: { userAssignedIdentities: { [mine.id]: { principalId: 'p', clientId: 'c' } } },
      two: { userAssignedIdentities: { [mine.id.toUpperCase()]: {} } },
    });
    assert.deepEqual(others, []);
    assert.deepEqual(identity, {
      kind: 'userAssigned',
      name: 'id-a',
      resourceId: listed.id,
      principalId: 'p',
      clientId: 'c',
      isInScanScopes: true,
      assignedTo: [resourceId('one'), resourceId('two')],
    });
  });

  it('are there without ids, if they are of another group and Azure does not tell them', async () => {
    const id = identityId('rg-other', 'id-x');
    assert.deepEqual(await collect([], { one: { userAssignedIdentities: { [id]: {} } } }), [
      {
        kind: 'userAssigned',
        name: 'id-x',
        resourceId: id,
        isInScanScopes: false,
        assignedTo: [resourceId('one')],
      },
    ]);
  });

  it('are none of a resource whose identity is of the kind None, or was taken away', async () => {
    assert.deepEqual(await collect([], { one: {}, two: { userAssignedIdentities: {} } }), []);
  });

  it('are each one, and so are their resources, where scopes lie in one another', async () => {
    const { identities } = await collectIdentities(
      [SUBSCRIPTION, SCOPE],
      tools([mine], {
        one: { principalId: 's', userAssignedIdentities: { [mine.id]: {} } },
      }),
    );
    assert.deepEqual(
      identities.map(({ kind, assignedTo }) => [kind, assignedTo]),
      [
        ['userAssigned', [resourceId('one')]],
        ['systemAssigned', [resourceId('one')]],
      ],
    );
  });

  it('are refused where a list would be empty only because its reader may read nothing', async () => {
    await assert.rejects(collect([mine], {}, false), (error: AppError) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.access?.role], ['ACCESS_DENIED', 'Reader']);
      return true;
    });
  });
});

describe('the place of a role assignment', () => {
  for (const [scope, position] of [
    [SCOPE.toLowerCase(), 'on'],
    [`${SCOPE.toUpperCase()}/providers/x`, 'within'],
    [SUBSCRIPTION, 'above'],
    ['/providers/Microsoft.Management/managementGroups/root', 'above'],
    ['/', 'above'],
  ] as const) {
    it(`${scope.slice(-20)} is ${position}`, () => {
      assert.equal(positionOf(scope, [SCOPE]), position);
    });
  }

  it('is the nearest of several scopes', () => {
    assert.equal(positionOf(SCOPE, [SUBSCRIPTION, SCOPE]), 'on');
    assert.equal(positionOf(SCOPE, [SUBSCRIPTION]), 'within');
  });

  it('is told by whole segments: rg-app2 is not within rg-app', () => {
    assert.equal(positionOf(`${SCOPE}2`, [SCOPE]), 'above');
  });
});
