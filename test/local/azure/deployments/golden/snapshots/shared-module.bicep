param name string
param settings object
param tags object = resourceGroup().tags
@secure()
param secret string = newGuid()

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-${uniqueString(resourceGroup().id, deployment().name)}'
  location: resourceGroup().location
  tags: tags
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${name}'
  location: resourceGroup().location
  properties: {
    tenantId: subscription().tenantId
    sku: settings.sku
    enableSoftDelete: settings.?softDelete ?? true
    vaultUri: settings.?uri
  }
}

resource stored 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'sample'
  properties: { value: secret }
}

output principalId string = identity.properties.principalId
output echoed string = name
output vaultName string = vault.name
@secure()
output secretUri string = stored.properties.secretUri
