// Modules: in a loop, one fed by another's outputs, values known and not.
module first 'shared-module.bicep' = [for i in range(0, 2): {
  name: 'first-${i}'
  params: { name: 'm${i}', settings: { sku: { family: 'A', name: 'standard' } } }
}]

module second 'shared-module.bicep' = {
  name: 'second'
  params: {
    name: '${first[1].outputs.echoed}x'
    settings: {
      sku: { family: 'A', name: 'premium' }
      softDelete: false
      uri: 'https://${first[0].outputs.principalId}/'
    }
    tags: { from: first[0].outputs.vaultName }
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, 'reader')
  properties: {
    principalId: second.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
  }
}

output principals array = [for i in range(0, 2): first[i].outputs.principalId]
output name string = second.outputs.echoed
