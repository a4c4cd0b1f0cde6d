/** The embedded tenant. The ids are those that Microsoft's documentation uses for its examples. */
export const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';

/** The one that is always there. */
export const subscription = {
  subscriptionId: 'aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e',
  displayName: 'Local Azure',
} as const;

/** The person who deploys: Owner of each subscription, as somebody who runs `az deployment group create` may be. */
export const deployer = {
  principalId: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
  clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', // the Azure CLI's public client id, as in a user's own token
  kind: 'User',
  displayName: 'Local deployer',
} as const;

export const ownerRoleId = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
