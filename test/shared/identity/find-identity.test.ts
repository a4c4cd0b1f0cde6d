// What Azure may answer and the embedded one doesn't: pages, groups, conditions, roles that hide, answers that are none.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { within } from '../../../shared/deadline.ts';
import type { AppError } from '../../../shared/errors.ts';
import { findIdentity } from '../../../shared/identity/find-identity.ts';
import { listIdentities } from '../../../shared/identity/list-identities.ts';
import { createManagedIdentities } from '../../../shared/managed-identities.ts';
import { createResourceManager } from '../../../shared/resource-manager.ts';
import { createRoleAssignments } from '../../../shared/role-assignments.ts';
import { canaryCredential, json, openScriptedDoor } from '../scripted-door.ts';

const HOST = 'https://management.azure.com';
const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const SCOPE = `${SUBSCRIPTION}/resourceGroups/rg-app`;
const PRINCIPAL = '11111111-0000-0000-0000-000000000001';
const GROUP = '22222222-0000-0000-0000-000000000002';
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const HIDDEN = '33333333-0000-0000-0000-000000000003';

const arm = await openScriptedDoor('management.azure.com:443');
const stranger = await openScriptedDoor('management.azure.com.evil.example:443');
const inHand = () => 'oid-in-hand';
const tools = {
  resourceManager: createResourceManager(canaryCredential, inHand),
  managedIdentities: createManagedIdentities(canaryCredential, inHand),
  roleAssignments: createRoleAssignments(canaryCredential, inHand),
};

const identity = (name: string, principalId: string) => ({
  id: `${SCOPE.replace('G', 'g')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  name,
  properties: { principalId, clientId: principalId.replace('1', 'c'), tenantId: 't' },
});
const assignment = (number: number, properties: Readonly<Record<string, unknown>>) => ({
  id: `${SCOPE}/providers/Microsoft.Authorization/roleAssignments/${number}`,
  properties: {
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${READER.toUpperCase()}`,
    principalId: PRINCIPAL,
    scope: SCOPE,
    condition: null,
    ...properties,
  },
});

type Answer = { readonly status?: number; readonly body: unknown };
/** By the part of the address that names it; the first that fits. */
let answers: [part: RegExp, answer: (url: string) => Answer][];

beforeEach(() => {
  answers = [
    [/\/userAssignedIdentities\?/, () => ({ body: { value: [identity('id-a', PRINCIPAL)] } })],
    [/\/resources\?/, () => ({ body: { value: [] } })],
    [/\/roleAssignments\?/, () => ({ body: { value: [] } })],
    [
      /\/roleDefinitions\//,
      (url) =>
        url.includes(READER)
          ? { body: { properties: { roleName: 'Reader' } } }
          : { status: 404, body: { error: { code: 'RoleDefinitionDoesNotExist', message: '' } } },
    ],
    [/\/identities\/default\?/, () => ({ status: 404, body: {} })],
    [/resourceGroups\/rg-app\?|tags\/default/i, () => ({ body: { properties: {} } })],
  ];
  arm.answer = (request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    const [, answer] = answers.find(([part]) => part.test(url)) ?? assert.fail(url);
    const { status = 200, body } = answer(url);
    json(response, status, body);
  };
});

const script = (part: RegExp, answer: (url: string) => Answer) => answers.unshift([part, answer]);
const find = () => within(3_000, 'app', () => findIdentity(PRINCIPAL, [SCOPE], tools));
const list = () => within(3_000, 'app', () => listIdentities({ top: 50 }, [SCOPE], tools));

describe('role assignments that Azure tells of', () => {
  it('are asked for by assignedTo, which knows groups, at the scope alone', async () => {
    const before = arm.requests.length;
    await find();
    assert.deepEqual(
      arm.requests.slice(before).filter((one) => one.includes('roleAssignments')),
      [
        `GET ${SCOPE}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=assignedTo('${PRINCIPAL}')`,
      ],
    );
  });

  it('are shown from the top down with group, condition and place; a role that can’t be read has no name, and it is said', async () => {
    const condition = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'";
    script(/\/roleAssignments\?/, () => ({
      body: {
        value: [
          assignment(1, { scope: `${SCOPE}/providers/Microsoft.KeyVault/vaults/kv`, condition }),
          assignment(2, { roleDefinitionId: `/x/roleDefinitions/${HIDDEN}` }),
          assignment(3, { scope: '/', principalId: GROUP }),
          assignment(4, { scope: '/providers/Microsoft.Management/managementGroups/root' }),
        ],
      },
    }));
    const { roleAssignments, notes } = await find();
    assert.deepEqual(
      roleAssignments.map(({ id, ...role }) => role),
      [
        {
          roleName: 'Reader',
          roleDefinitionId: READER,
          scope: '/',
          position: 'above',
          throughGroup: GROUP,
        },
        {
          roleName: 'Reader',
          roleDefinitionId: READER,
          scope: '/providers/Microsoft.Management/managementGroups/root',
          position: 'above',
        },
        { roleDefinitionId: HIDDEN, scope: SCOPE, position: 'on' },
        {
          roleName: 'Reader',
          roleDefinitionId: READER,
          scope: `${SCOPE}/providers/Microsoft.KeyVault/vaults/kv`,
          position: 'within',
          condition,
        },
      ],
    );
    assert.equal(notes.length, 2);
    assert.match(notes[1] ?? '', /role without a name/);
  });

  it('are seen once where scanned scopes lie in one another', async () => {
    script(/\/roleAssignments\?/, () => ({ body: { value: [assignment(1, {})] } }));
    const { roleAssignments, identity } = await findIdentity(
      PRINCIPAL,
      [SUBSCRIPTION, SCOPE],
      tools,
    );
    assert.deepEqual(
      roleAssignments.map(({ position }) => position),
      ['on'],
    );
    assert.equal(identity.name, 'id-a');
  });

  it('are refused as Azure refuses them, with action and role', async () => {
    script(/\/roleAssignments\?/, () => ({
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message: `The client 'c' with object id 'oid-1' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '${SCOPE}' or the scope is invalid.`,
        },
      },
    }));
    await assert.rejects(find(), (error: AppError) => {
      assert.deepEqual(error.access, {
        principalId: 'oid-1',
        action: 'Microsoft.Authorization/roleAssignments/read',
        scope: SCOPE,
        role: 'Reader',
      });
      return true;
    });
  });
});

describe('lists in pages', () => {
  const nextLink = `${HOST}${SCOPE}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2024-11-30&$skiptoken=2`;

  it('are read to their end, empty pages too', async () => {
    script(/userAssignedIdentities\?/, () => ({ body: { value: [], nextLink } }));
    script(/skiptoken=2/, () => ({ body: { value: [identity('id-b', GROUP)] } }));
    const { identities } = await list();
    assert.deepEqual(
      identities.map(({ name }) => name),
      ['id-b'],
    );
  });

  it('send no token to a foreign host that a nextLink names', async () => {
    script(/userAssignedIdentities\?/, () => ({
      body: { value: [], nextLink: 'https://management.azure.com.evil.example/steal' },
    }));
    await assert.rejects(list(), { code: 'UNEXPECTED', message: /was not sent/ });
    assert.deepEqual(stranger.requests, []);
  });

  it('end where a nextLink leads back to itself', async () => {
    script(/userAssignedIdentities\?/, () => ({
      body: { value: [identity('x', GROUP)], nextLink },
    }));
    await assert.rejects(list(), { code: 'UNEXPECTED', message: /leads back to itself/ });
  });

  it('that are too long for the time of a request are cut, and the answer says so', async () => {
    let pages = 0;
    script(/\/resources\?/, () => {
      pages += 1;
      return {
        body: {
          value: [
            { id: `${SCOPE}/providers/X/y/${pages}`, identity: { principalId: `p${pages}` } },
          ],
          nextLink: `${HOST}${SCOPE}/resources?api-version=2025-04-01&$skiptoken=${pages}`,
        },
      };
    });
    const { identities, notes } = await within(3_000, 'app', () =>
      listIdentities({ top: 50 }, [SCOPE], tools),
    );
    assert.ok(identities.length > 1);
    assert.match(notes[0] ?? '', /rg-app are too many to look at within one request/);
    const lost = within(3_000, 'app', () => findIdentity(HIDDEN, [SCOPE], tools));
    await assert.rejects(lost, { code: 'NOT_FOUND', message: /too many to look at/ });
  });
});

describe('a list that falls silent', () => {
  const budgetMs = 3_000;
  const silent = (part: RegExp) => {
    const { answer } = arm;
    arm.answer = (request, response, count) => {
      if (!part.test(decodeURIComponent(request.url ?? ''))) answer(request, response, count);
    };
  };

  it('after a page is cut there, and the answer says so', async () => {
    script(/\/resources\?/, () => ({
      body: {
        value: [{ id: `${SCOPE}/providers/X/y/z`, name: 'z', identity: { principalId: GROUP } }],
        nextLink: `${HOST}${SCOPE}/resources?api-version=2025-04-01&$skiptoken=2`,
      },
    }));
    silent(/skiptoken=2/);
    const { identities, notes } = await within(budgetMs, 'app', () =>
      listIdentities({ top: 50 }, [SCOPE], tools),
    );
    assert.deepEqual(
      identities.map(({ name }) => name),
      ['id-a', 'z'],
    );
    assert.equal(notes.length, 1);
  });

  it('before any page is no list: TARGET_UNAVAILABLE', async () => {
    silent(/\/resources\?/);
    const lost = within(budgetMs, 'app', () => listIdentities({ top: 50 }, [SCOPE], tools));
    await assert.rejects(lost, { code: 'TARGET_UNAVAILABLE' });
  });
});

describe('answers that are none', () => {
  for (const [name, part, body] of [
    ['no list', /userAssignedIdentities\?/, {}],
    ['no identity', /userAssignedIdentities\?/, { value: [{ name: 'x' }] }],
    ['no assignment', /\/roleAssignments\?/, { value: [{ id: 'x', properties: {} }] }],
    ['null for an assignment', /\/roleAssignments\?/, { value: [null] }],
    ['null for a definition', /\/roleDefinitions\//, null],
  ] as const) {
    it(`${name}: TARGET_UNAVAILABLE`, async () => {
      script(/\/roleAssignments\?/, () => ({ body: { value: [assignment(1, {})] } }));
      script(part, () => ({ body }));
      await assert.rejects(find(), { code: 'TARGET_UNAVAILABLE' });
    });
  }
});
