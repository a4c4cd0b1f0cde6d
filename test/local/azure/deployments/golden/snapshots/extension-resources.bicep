// Role assignments and locks on a vault, on a secret, and on an existing account of another group.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'app'
  location: resourceGroup().location
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'vault-extended'
  location: resourceGroup().location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true }

  resource secret 'secrets' = {
    name: 'demo'
    properties: { value: 'x', contentType: 'text/plain' }
  }
}

resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::secret
  name: guid(vault::secret.id, identity.id, 'user')
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: vault
  name: 'keep'
  properties: { level: 'CanNotDelete' }
}

resource other 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'other-vault'
  scope: resourceGroup('other-group')
}

output otherUri string = other.properties.vaultUri
output otherId string = other.id
output assignment string = secretsUser.id
