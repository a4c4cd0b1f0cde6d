// Subscription scope: a group, a module in it, a module in another subscription, a role assignment.
targetScope = 'subscription'
param location string = deployment().location
param groupName string = 'made-here'

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName
  location: location
  tags: { 'azd-env-name': 'test' }
}

module inside 'shared-module.bicep' = {
  scope: group
  name: 'inside'
  params: { name: 'inside', settings: { sku: { family: 'A', name: 'standard' } }, tags: group.tags }
}

module elsewhere 'shared-module.bicep' = {
  scope: resourceGroup('bbbb0b0b-cc1c-dd2d-ee3e-ffffff4f4f4f', 'elsewhere')
  name: 'elsewhere'
  params: { name: 'elsewhere', settings: { sku: { family: 'A', name: 'standard' } }, tags: {} }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, groupName)
  properties: {
    principalId: inside.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
  }
}

output id string = group.id
output principalId string = inside.outputs.principalId
output other string = elsewhere.outputs.echoed
