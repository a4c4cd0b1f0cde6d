import type { ResourceId } from '../resource-id.ts';

/**
 * `Microsoft.KeyVault/vaults/read`. Azure: groups and subscriptions have action names of their own, with a small g
 * [pulumi/pulumi-azure-native#1511, microsoft/startstopv2-deployments#21].
 */
export function actionFor(id: Pick<ResourceId, 'type'>, verb: string): string {
  return `${actionType(id.type)}/${verb}`;
}

function actionType(type: string): string {
  switch (type.toLowerCase()) {
    case 'microsoft.resources/resourcegroups':
      return 'Microsoft.Resources/subscriptions/resourcegroups';
    case 'microsoft.resources/subscriptions':
      return 'Microsoft.Resources/subscriptions';
    default:
      return type;
  }
}
