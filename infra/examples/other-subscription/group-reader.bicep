// Reader on the resource group that this is deployed to.

import { roles } from '../../roles.bicep'

@description('Required. Object id of the identity.')
param principalId string

resource readsResources 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, roles.reader)
  properties: {
    description: 'An app of another subscription lists the resources of this group.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    // Of the subscription that this is deployed to, not of the app's.
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.reader)
  }
}

@description('Resource id of the group.')
output scope string = resourceGroup().id
