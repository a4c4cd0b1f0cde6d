import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Access, AccessRequest } from '../../../../local/azure/access/access.ts';
import { createAccess } from '../../../../local/azure/access/authorize.ts';
import { systemClock } from '../../../../local/azure/clock.ts';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
import { Journal } from '../../../../local/azure/journal.ts';

const subscription = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const group = `${subscription}/resourceGroups/rg`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
const secret = `${vault}/secrets/demo`;
const principalId = '11111111-aaaa-4bbb-8ccc-000000000001';

const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const SECRETS_USER = '4633458b-17de-408a-b874-0445c86b69e6';
const WRITE_ASSIGNMENT = 'Microsoft.Authorization/roleAssignments/write';

let journal: Journal;
let access: Access;

beforeEach(() => {
  journal = new Journal(systemClock);
  access = createAccess({ journal });
});

let count = 0;
function grant(roleDefinitionId: string, scope: string, to = principalId): string {
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${++count}`;
  access.addAssignment({ id, scope, principalId: to, roleDefinitionId });
  return id;
}

const getSecret: AccessRequest = {
  principalId,
  action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  isDataAction: true,
  scope: secret,
};

function manages(action: string, scope: string): boolean {
  return access.authorize({ principalId, action, isDataAction: false, scope }).allowed;
}

function defineRole(
  id: string,
  permission: {
    actions?: string[];
    notActions?: string[];
    dataActions?: string[];
    notDataActions?: string[];
  },
) {
  const { actions = [], notActions = [], dataActions = [], notDataActions = [] } = permission;
  access.addDefinition({
    id,
    roleName: `Role ${id}`,
    type: 'CustomRole',
    description: '',
    assignableScopes: ['/'],
    permissions: [{ actions, notActions, dataActions, notDataActions }],
  });
}

describe('authorize', () => {
  test('denies by default', () => {
    assert.equal(access.authorize(getSecret).allowed, false);
    assert.equal(manages('*/read', subscription), false);
  });

  test('allows by an assignment at the scope and at each scope above it', () => {
    for (const scope of [
      secret,
      vault,
      group,
      subscription,
      '/',
      '',
      group.toUpperCase(),
      `${group}/`,
    ]) {
      const id = grant(SECRETS_USER, scope);
      const decision = access.authorize(getSecret);
      assert.equal(decision.allowed, true, scope);
      assert.equal(decision.assignment?.id, id);
      access.removeAssignment(id);
      assert.equal(access.authorize(getSecret).allowed, false, `${scope} removed`);
    }
  });

  test('does not allow by an assignment below, beside or at a name that only begins alike', () => {
    for (const scope of [
      `${secret}/versions/1`,
      `${vault}/secrets/dem`,
      `${vault}/secrets/demo2`,
      `${vault}2`,
      `${group}2`,
      vault.replace('/kv', '/k'),
    ]) {
      grant(SECRETS_USER, scope);
    }
    assert.equal(access.authorize(getSecret).allowed, false);
  });

  test('is about the principal and no other, whatever the case of its id', () => {
    grant(SECRETS_USER, vault, 'AAAAAAAA-aaaa-4bbb-8ccc-000000000002');
    assert.equal(access.authorize(getSecret).allowed, false);
    const other = { ...getSecret, principalId: 'aaaaaaaa-AAAA-4bbb-8ccc-000000000002' };
    assert.equal(access.authorize(other).allowed, true);
  });

  test('management rights open no data, and data rights manage nothing', () => {
    grant(OWNER, subscription);
    assert.equal(access.authorize(getSecret).allowed, false);
    assert.equal(access.authorize({ ...getSecret, isDataAction: false }).allowed, true);
    access = createAccess({ journal });
    grant(SECRETS_USER, subscription);
    assert.equal(access.authorize(getSecret).allowed, true);
    assert.equal(access.authorize({ ...getSecret, isDataAction: false }).allowed, false);
  });

  test('notActions take away from their own role only', () => {
    grant(CONTRIBUTOR, subscription);
    assert.equal(manages('Microsoft.KeyVault/vaults/write', vault), true);
    assert.equal(manages(WRITE_ASSIGNMENT, vault), false);
    const id = grant('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', group); // User Access Administrator
    assert.equal(manages(WRITE_ASSIGNMENT, vault), true);
    access.removeAssignment(id);
    assert.equal(manages(WRITE_ASSIGNMENT, vault), false);
  });

  test('notDataActions likewise', () => {
    defineRole('r', { dataActions: ['X/*'], notDataActions: ['X/secret/*'] });
    grant('r', group);
    const data = (action: string) =>
      access.authorize({ principalId, action, isDataAction: true, scope: group }).allowed;
    assert.equal(data('X/plain/read'), true);
    assert.equal(data('X/SECRET/read'), false);
  });

  test('a wildcard stands for any characters, anywhere, in any case; everything else for itself', () => {
    defineRole('r', { actions: ['*/read', 'A.B/*/c/action', 'X/(y)+/z'] });
    grant('r', group);
    for (const [action, allowed] of [
      ['Microsoft.Web/sites/read', true],
      ['microsoft.web/sites/config/READ', true],
      ['Microsoft.Web/sites/readonly', false],
      ['read', false],
      ['A.B/x/c/action', true],
      ['a.b/x/y/C/Action', true],
      ['AxB/x/c/action', false],
      ['A.B/c/action', true],
      ['A.Bc/action', false],
      ['X/(y)+/z', true],
      ['X/y/z', false],
      ['A.B/x/c/action\n', false],
      ['', false],
    ] as const) {
      assert.equal(manages(action, group), allowed, action);
    }
  });

  test('an assignment of an unknown role allows nothing', () => {
    grant('99999999-0000-0000-0000-000000000000', '/');
    assert.equal(access.authorize(getSecret).allowed, false);
  });

  test('adding an assignment again replaces it, in any case of its id', () => {
    const id = grant(SECRETS_USER, vault);
    access.addAssignment({
      id: id.toUpperCase(),
      scope: vault,
      principalId,
      roleDefinitionId: READER,
    });
    assert.equal(access.listAssignments().length, 1);
    assert.equal(access.authorize(getSecret).allowed, false);
    assert.equal(manages('Microsoft.KeyVault/vaults/read', vault), true);
  });

  test('an assignment given to another principal is taken from the first', () => {
    const id = grant(SECRETS_USER, vault);
    const other = '11111111-aaaa-4bbb-8ccc-000000000002';
    access.addAssignment({ id, scope: vault, principalId: other, roleDefinitionId: SECRETS_USER });
    assert.equal(access.authorize(getSecret).allowed, false);
    assert.equal(access.authorize({ ...getSecret, principalId: other }).allowed, true);
  });

  test('takes a role by its full id at any scope', () => {
    grant(
      `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${SECRETS_USER.toUpperCase()}`,
      vault,
    );
    assert.equal(access.authorize(getSecret).allowed, true);
    assert.equal(access.listAssignments()[0]?.roleDefinitionId, SECRETS_USER);
  });

  test('a changed definition counts at once', () => {
    defineRole('r', { actions: ['X/read'] });
    grant('r', group);
    assert.equal(manages('X/read', group), true);
    defineRole('r', { actions: ['X/write'] });
    assert.equal(manages('X/read', group), false);
  });
});

describe('the reason', () => {
  const why = () => access.authorize(getSecret).why;

  test('names the role and the scope that allow', () => {
    grant(SECRETS_USER, vault);
    assert.equal(why(), `Key Vault Secrets User on ${vault} allows it.`);
  });

  test('says what is missing, the nearest miss first', () => {
    assert.match(why(), /no role assignment at all/);
    grant(READER, `${group}2`);
    assert.match(why(), /No role assignment reaches .*demo, only Reader on .*rg2/);
    grant(OWNER, group);
    assert.match(why(), /it is a data action, and these roles only manage: Owner on/);
    defineRole('r', { dataActions: ['X/read'] });
    grant('r', group);
    assert.match(why(), /No role that reaches the scope allows the action: Owner on .*, Role r on/);
    grant(SECRETS_USER, `${vault}/secrets/other`);
    assert.match(why(), /The role fits but not the scope: Key Vault Secrets User on .*other/);
  });

  test('is in the journal, for every decision', () => {
    access.authorize(getSecret);
    grant(SECRETS_USER, vault);
    access.authorize(getSecret);
    const decisions = journal.since().filter((entry) => entry.kind === 'decision');
    assert.deepEqual(
      decisions.map(({ allowed, action, scope, principalId: who }) => ({
        allowed,
        action,
        scope,
        who,
      })),
      [false, true].map((allowed) => ({
        allowed,
        action: getSecret.action,
        scope: secret,
        who: principalId,
      })),
    );
  });
});

describe('require', () => {
  test('returns what allows, or throws what the door makes of the denial', () => {
    const refuse = (why: string) => new ServiceError(403, 'Forbidden', why);
    assert.throws(() => access.require(getSecret, (denial) => refuse(denial.why)), {
      status: 403,
      code: 'Forbidden',
      message: /no role assignment/,
    });
    grant(SECRETS_USER, vault);
    assert.equal(access.require(getSecret, (denial) => refuse(denial.why)).allowed, true);
  });
});
