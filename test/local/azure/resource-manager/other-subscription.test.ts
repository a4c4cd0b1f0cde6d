// A tenant with two subscriptions: what one of them grants counts for nothing in the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '../../../../local/azure/directory.ts';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const otherId = 'bbbb0b0b-cc1c-dd2d-ee3e-ffffff4f4f4f';
const other = `/subscriptions/${otherId}`;
const otherGroup = `${other}/resourceGroups/rg-other`;
arm.manager.addSubscription({ subscriptionId: otherId, displayName: 'Other' });
arm.manager.addResourceGroup({ subscriptionId: otherId, name: 'rg-other', location: 'eastus' });

const version = 'api-version=2025-04-01';
const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const owners = [subscription, other].map((scope) => ({ roleId: roles.owner, scope }));

/** A template that gives Reader on a group of the subscription `subscriptionId`, as a Bicep module does. */
function grantElsewhere(principalId: string, subscriptionId: string) {
  const assignment = {
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: '2022-04-01',
    name: `[guid(resourceGroup().id, '${principalId}')]`,
    properties: {
      principalId,
      principalType: 'ServicePrincipal',
      roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${roles.reader}')]`,
    },
  };
  const template = { $schema: schema, contentVersion: '1.0.0.0', resources: [assignment] };
  const nested = {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2025-04-01',
    name: 'reads-there',
    subscriptionId,
    resourceGroup: 'rg-other',
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      template,
    },
  };
  return {
    properties: {
      mode: 'Incremental',
      template: { $schema: schema, contentVersion: '1.0.0.0', resources: [nested] },
    },
  };
}

async function deploy(name: string, caller: Principal, body: unknown) {
  const path = `${group}/providers/Microsoft.Resources/deployments/${name}?${version}`;
  const put = await arm.call('PUT', path, { caller, body });
  if (put.status !== 201) return put;
  for (;;) {
    const shown = await arm.call('GET', path);
    const { provisioningState } = shown.body.properties;
    if (provisioningState !== 'Accepted' && provisioningState !== 'Running') return shown;
  }
}

const list = (scope: string, caller: Principal) =>
  arm.call('GET', `${scope}/resources?api-version=2021-04-01`, { caller });

test('a deployer with rights in both subscriptions grants in the one from a group of the other', async () => {
  const app = addIdentity(arm);
  assert.equal((await list(otherGroup, app)).status, 403);
  const done = await deploy(
    'both',
    addIdentity(arm, owners),
    grantElsewhere(app.principalId, otherId),
  );
  assert.equal(done.body.properties.provisioningState, 'Succeeded', done.text);
  const [assignment] = done.body.properties.outputResources;
  assert.ok(assignment.id.startsWith(`${otherGroup}/providers/Microsoft.Authorization/`));
  const { body } = await arm.call('GET', `${assignment.id}?api-version=2022-04-01`, {
    caller: addIdentity(arm, owners),
  });
  assert.equal(
    body.properties.roleDefinitionId,
    `${other}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
  );
  assert.equal((await list(otherGroup, app)).status, 200);
  const refused = await list(group, app);
  assert.equal(refused.status, 403);
  assert.ok(refused.body.error.message.includes(`over scope '${group}'`));
});

test('a deployer without rights in the other subscription is refused there, and nothing is granted', async () => {
  const app = addIdentity(arm);
  const deployer = addIdentity(arm, owners.slice(0, 1));
  const refused = await deploy('one', deployer, grantElsewhere(app.principalId, otherId));
  assert.equal(refused.status, 403);
  assert.equal(refused.body.error.code, 'InvalidTemplateDeployment');
  assert.ok(
    refused.body.error.message.includes(
      `perform action 'Microsoft.Authorization/roleAssignments/write' at scope '${otherGroup}/`,
    ),
    refused.text,
  );
  assert.equal((await list(otherGroup, app)).status, 403);
});

test('a deployment into a subscription that the tenant does not have is a 404', async () => {
  const unknown = '00000000-0000-0000-0000-000000000000';
  const app = addIdentity(arm);
  const refused = await deploy('none', arm.owner, grantElsewhere(app.principalId, unknown));
  assert.equal(refused.status, 404);
  assert.deepEqual(refused.body.error, {
    code: 'SubscriptionNotFound',
    message: `The subscription '${unknown}' could not be found.`,
  });
});

test('a subscription is listed to whoever has a role in it, and refused to others by its own name', async () => {
  const app = addIdentity(arm, [{ roleId: roles.reader, scope: otherGroup }]);
  const listed = await arm.call('GET', '/subscriptions?api-version=2022-12-01', { caller: app });
  assert.deepEqual(
    listed.body.value.map(({ displayName }: { displayName: string }) => displayName),
    ['Other'],
  );
  const refused = await arm.call('GET', `${subscription}?api-version=2022-12-01`, { caller: app });
  assert.equal(refused.status, 403);
  assert.ok(
    refused.body.error.message.includes(
      `action 'Microsoft.Resources/subscriptions/read' over scope '${subscription}'`,
    ),
  );
});

test("a role definition's id may name any subscription: Azure shows the assignment's own", async () => {
  const app = addIdentity(arm);
  const answer = await arm.call(
    'PUT',
    `${otherGroup}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`,
    {
      caller: addIdentity(arm, owners),
      body: {
        properties: {
          principalId: app.principalId,
          principalType: 'ServicePrincipal',
          roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
        },
      },
    },
  );
  assert.equal(answer.status, 201, answer.text);
  assert.equal(
    answer.body.properties.roleDefinitionId,
    `${other}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
  );
});

test('a custom role is assigned only where it is assignable', async () => {
  const owner = addIdentity(arm, owners);
  const roleName = 'Lister of one subscription';
  const roleId = crypto.randomUUID();
  const definition = await arm.call(
    'PUT',
    `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}?api-version=2022-04-01`,
    {
      caller: owner,
      body: {
        properties: {
          roleName,
          permissions: [{ actions: ['*/read'], notActions: [] }],
          assignableScopes: [subscription],
        },
      },
    },
  );
  assert.equal(definition.status, 201, definition.text);
  const assign = (scope: string) =>
    arm.call(
      'PUT',
      `${scope}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`,
      {
        caller: owner,
        body: {
          properties: {
            principalId: addIdentity(arm).principalId,
            principalType: 'ServicePrincipal',
            roleDefinitionId: `/subscriptions/${otherId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
          },
        },
      },
    );
  assert.equal((await assign(group)).status, 201);
  const refused = await assign(otherGroup);
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.body.error, {
    code: 'RoleAssignmentScopeNotAssignableToRoleDefinition',
    message: `The role ${roleName} is not available for assignment at the requested scope.`,
  });
});

test('a resource may have the identity of another subscription, if its deployer may assign that one', async () => {
  const identity = `${otherGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shared`;
  const made = await arm.call('PUT', `${identity}?api-version=2024-11-30`, {
    caller: addIdentity(arm, owners),
    body: { location: 'eastus' },
  });
  assert.equal(made.status, 201, made.text);
  const put = (caller: Principal) =>
    arm.call(
      'PUT',
      `${group}/providers/Microsoft.Logic/workflows/with-identity?api-version=2019-05-01`,
      {
        caller,
        body: {
          location: 'eastus',
          identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
          properties: {},
        },
      },
    );
  const refused = await put(addIdentity(arm, owners.slice(0, 1)));
  assert.equal(refused.status, 403);
  assert.equal(refused.body.error.code, 'LinkedAuthorizationFailed');
  assert.ok(refused.body.error.message.includes(`linked scope(s) '${identity}'`), refused.text);
  const done = await put(addIdentity(arm, owners));
  assert.equal(done.status, 201, done.text);
  assert.equal(
    done.body.identity.userAssignedIdentities[identity].principalId,
    made.body.properties.principalId,
  );
});

test('groups of one name in two subscriptions are two groups', async () => {
  const twin = `${other}/resourcegroups/rg-test`;
  const made = await arm.call('PUT', `${twin}?api-version=2021-04-01`, {
    caller: addIdentity(arm, owners),
    body: { location: 'eastus' },
  });
  assert.equal(made.status, 201, made.text);
  const gone = await arm.call('DELETE', `${twin}?api-version=2021-04-01`, {
    caller: addIdentity(arm, owners),
  });
  assert.equal(gone.status, 202, gone.text);
  const own = await arm.call('GET', `${group}?api-version=2021-04-01`);
  assert.equal(own.status, 200);
});
