import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAccess } from '../../../../local/azure/access/authorize.ts';
import { systemClock } from '../../../../local/azure/clock.ts';
import { Journal } from '../../../../local/azure/journal.ts';

const journal = new Journal(systemClock);
const access = createAccess({ journal });
const principalId = '11111111-aaaa-4bbb-8ccc-000000000001';
const scope = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';

/** Whether the role alone allows the action. */
function allows(roleName: string, action: string, isDataAction: boolean): boolean {
  const role = access.listDefinitions().find((definition) => definition.roleName === roleName);
  assert.ok(role, roleName);
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/one`;
  access.addAssignment({ id, scope, principalId, roleDefinitionId: role.id });
  const { allowed } = access.authorize({ principalId, action, isDataAction, scope });
  access.removeAssignment(id);
  return allowed;
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const SECRETS = 'Microsoft.KeyVault/vaults/secrets';

describe('the built-in roles', () => {
  test('have well-formed, different ids and names', () => {
    const roles = access.listDefinitions();
    assert.ok(roles.length > 150);
    assert.equal(new Set(roles.map(({ id }) => id)).size, roles.length);
    assert.equal(new Set(roles.map(({ roleName }) => roleName)).size, roles.length);
    for (const { id, roleName, permissions } of roles) {
      assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, roleName);
      const granted = permissions.flatMap(({ actions, dataActions }) => [
        ...actions,
        ...dataActions,
      ]);
      assert.ok(granted.length > 0, roleName);
      for (const action of granted) assert.match(action, /^(\*|[A-Za-z.*]+\/.+)$/, roleName);
    }
  });

  test('have the ids that templates name', () => {
    for (const [id, roleName] of Object.entries({
      '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
      'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
      'acdd72a7-3385-48ef-bd42-f606fba81ae7': 'Reader',
      'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
      'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
      '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
      '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
      '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
      '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
      'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
      '2b629674-e913-4c01-ae53-ef4638d8f975': 'Azure Event Hubs Data Sender',
      'f526a384-b230-433a-b45c-95f59c4a2dec': 'Azure Event Hubs Data Owner',
      '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
      '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
      '090c5cfd-751d-490a-894a-3ce6f1109419': 'Azure Service Bus Data Owner',
      '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
      'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
      'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba': 'Key Vault Certificate User',
      'a4417e6f-fecd-4de8-b567-7b0420556985': 'Key Vault Certificates Officer',
      '00482a5a-887f-4fb3-b363-3b7fe8e74483': 'Key Vault Administrator',
      'de139f84-1756-47ae-9be6-808fbbe84772': 'Website Contributor',
      '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
    })) {
      assert.equal(access.findDefinition(id)?.roleName, roleName);
      const fullId = `/providers/Microsoft.Authorization/roleDefinitions/${id.toUpperCase()}`;
      assert.equal(access.findDefinition(fullId)?.roleName, roleName);
    }
    assert.equal(access.findDefinition('99999999-0000-0000-0000-000000000000'), undefined);
  });

  const cases: readonly [role: string, action: string, isDataAction: boolean, allowed: boolean][] =
    [
      ['Owner', 'Microsoft.Authorization/roleAssignments/write', false, true],
      ['Contributor', 'Microsoft.Authorization/roleAssignments/write', false, false],
      ['Contributor', 'Microsoft.Authorization/roleAssignments/delete', false, false],
      ['Contributor', 'Microsoft.Authorization/roleAssignments/read', false, true],
      ['Contributor', 'Microsoft.Resources/deployments/write', false, true],
      ['Reader', 'Microsoft.Resources/subscriptions/resourceGroups/read', false, true],
      ['Reader', 'Microsoft.Storage/storageAccounts/listKeys/action', false, false],
      [
        'Role Based Access Control Administrator',
        'Microsoft.Authorization/roleAssignments/write',
        false,
        true,
      ],
      [
        'Role Based Access Control Administrator',
        'Microsoft.Authorization/roleDefinitions/write',
        false,
        false,
      ],
      ['Key Vault Secrets User', `${SECRETS}/getSecret/action`, true, true],
      ['Key Vault Secrets User', `${SECRETS}/readMetadata/action`, true, true],
      ['Key Vault Secrets User', `${SECRETS}/setSecret/action`, true, false],
      ['Key Vault Secrets Officer', `${SECRETS}/setSecret/action`, true, true],
      ['Key Vault Reader', `${SECRETS}/getSecret/action`, true, false],
      ['Key Vault Reader', `${SECRETS}/readMetadata/action`, true, true],
      ['Key Vault Contributor', `${SECRETS}/getSecret/action`, true, false],
      ['Key Vault Contributor', 'Microsoft.KeyVault/vaults/write', false, true],
      ['Key Vault Crypto User', 'Microsoft.KeyVault/vaults/keys/sign/action', true, true],
      ['Storage Blob Data Contributor', `${BLOBS}/blobs/write`, true, true],
      ['Storage Blob Data Contributor', `${BLOBS}/write`, false, true],
      ['Storage Blob Data Contributor', `${BLOBS}/blobs/tags/write`, true, false],
      ['Storage Blob Data Owner', `${BLOBS}/blobs/tags/write`, true, true],
      ['Storage Blob Data Reader', `${BLOBS}/blobs/read`, true, true],
      ['Storage Blob Data Reader', `${BLOBS}/blobs/write`, true, false],
      ['Storage Account Contributor', `${BLOBS}/blobs/read`, true, false],
      [
        'Storage Account Contributor',
        'Microsoft.Storage/storageAccounts/listkeys/action',
        false,
        true,
      ],
      [
        'Storage Queue Data Message Sender',
        'Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action',
        true,
        true,
      ],
      ['Azure Event Hubs Data Sender', 'Microsoft.EventHub/namespaces/eventhubs/read', false, true],
      [
        'Azure Event Hubs Data Sender',
        'Microsoft.EventHub/namespaces/messages/send/action',
        true,
        true,
      ],
      [
        'Azure Event Hubs Data Sender',
        'Microsoft.EventHub/namespaces/messages/receive/action',
        true,
        false,
      ],
      [
        'Azure Service Bus Data Receiver',
        'Microsoft.ServiceBus/namespaces/messages/receive/action',
        true,
        true,
      ],
      [
        'Azure Service Bus Data Receiver',
        'Microsoft.ServiceBus/namespaces/messages/send/action',
        true,
        false,
      ],
      [
        'Managed Identity Operator',
        'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
        false,
        true,
      ],
      [
        'Managed Identity Contributor',
        'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
        false,
        false,
      ],
      ['Website Contributor', 'Microsoft.Web/sites/config/list/action', false, true],
      ['Monitoring Metrics Publisher', 'Microsoft.Insights/Telemetry/Write', true, true],
    ];
  for (const [role, action, isDataAction, allowed] of cases) {
    test(`${role} ${allowed ? 'allows' : 'does not allow'} ${action}`, () => {
      assert.equal(allows(role, action, isDataAction), allowed);
    });
  }
});
