/** Types that ARM itself treats apart. */
export const resourceGroupType = 'Microsoft.Resources/resourceGroups';
export const deploymentType = 'Microsoft.Resources/deployments';
export const roleAssignmentType = 'Microsoft.Authorization/roleAssignments';
export const roleDefinitionType = 'Microsoft.Authorization/roleDefinitions';
export const userAssignedIdentityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';
